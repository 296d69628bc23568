import type { Display } from '../../src/shared/display';
import { SECTOR_SIZE } from '../../src/shared/protocol';
import { type Fold, FoldLayout } from './foldLayout';

/** How many bytes a row shows. The last row of a sector has fewer where they don't divide it: a row never ends in another sector. */
export type BytesPerRow = Exclude<Display['bytesPerRow'], 'auto'>;

/**
 * How many bytes lie below one heading: those of a sector that is shown where these aren't whole sectors of 512 bytes, so
 * that each begins a row.
 */
export function headedBytes(sectorSize: number): number {
  return sectorSize % SECTOR_SIZE === 0 ? SECTOR_SIZE : sectorSize;
}

/** What a row of the grid shows. `sector` is the sector of 512 bytes that its first byte is in. */
export type Row =
  | { readonly kind: 'heading'; readonly sector: number; readonly byteOffset: number }
  /** A run of equal sectors; `sector` lies in it whole. */
  | { readonly kind: 'fold'; readonly sector: number; readonly byteOffset: number; readonly fold: Fold }
  | {
      readonly kind: 'bytes';
      readonly sector: number;
      readonly byteOffset: number;
      readonly byteCount: number;
    };

/**
 * How a view's bytes are laid out as rows: each sector is a heading and its rows of bytes, and a fold is one row. Rows are
 * counted from 0 over the whole view, so a row number of a 16 TiB view is about 10^12: far from the limit of a double.
 *
 * These are sectors of `sectorSize` bytes. Where that isn't 512, sectors of 512 bytes, which all else counts in, begin and
 * end within rows.
 */
export class Geometry {
  readonly sectorCount: number;
  readonly rowsPerSector: number;
  readonly rowCount: number;
  readonly #folds: FoldLayout;

  /** @param folds runs of whole sectors of 512 bytes, ascending and disjoint */
  constructor(
    readonly byteCount: number,
    readonly bytesPerRow: BytesPerRow,
    folds: readonly Fold[] = [],
    readonly sectorSize = SECTOR_SIZE,
  ) {
    this.sectorCount = Math.ceil(byteCount / sectorSize);
    this.rowsPerSector = 1 + Math.ceil(sectorSize / bytesPerRow);
    this.#folds = new FoldLayout(foldsIn(sectorSize, folds), this.rowsPerSector);
    const rest = byteCount % sectorSize;
    const wholeSectors = this.sectorCount - (rest > 0 ? 1 : 0);
    const restRows = rest > 0 ? 1 + Math.ceil(rest / bytesPerRow) : 0;
    const foldRows = this.#folds.count;
    this.rowCount = (wholeSectors - this.#folds.hiddenSectors) * this.rowsPerSector + foldRows + restRows;
  }

  get hasFolds(): boolean {
    return this.#folds.count > 0;
  }

  /** How many sectors of 512 bytes there are: in these all counts but the rows. */
  get diskSectorCount(): number {
    return Math.ceil(this.byteCount / SECTOR_SIZE);
  }

  /** The fold that a byte is in, in sectors of `sectorSize` bytes. */
  foldAt(byteOffset: number): Fold | undefined {
    return this.#folds.at(Math.floor(byteOffset / this.sectorSize));
  }

  /** The fold that a sector of 512 bytes is in, or a part of it. */
  foldOfSector(sector: number): Fold | undefined {
    return this.foldAt(sector * SECTOR_SIZE) ?? this.foldAt((sector + 1) * SECTOR_SIZE - 1);
  }

  /** What row number `row` (below `rowCount`) shows. */
  row(row: number): Row {
    const place = this.#folds.ofRow(row);
    const { sectorSize } = this;
    if ('first' in place) {
      const start = place.first * sectorSize;
      return { kind: 'fold', sector: Math.ceil(start / SECTOR_SIZE), byteOffset: start, fold: place };
    }
    const { sector, within } = place;
    const start = sector * sectorSize;
    if (within === 0) return { kind: 'heading', sector: Math.floor(start / SECTOR_SIZE), byteOffset: start };
    const byteOffset = start + (within - 1) * this.bytesPerRow;
    const sectorEnd = Math.min(start + sectorSize, this.byteCount);
    return {
      kind: 'bytes',
      sector: Math.floor(byteOffset / SECTOR_SIZE),
      byteOffset,
      byteCount: Math.min(this.bytesPerRow, sectorEnd - byteOffset),
    };
  }

  /** The row of a sector's heading, or of the fold that it is in. */
  headingRow(sector: number): number {
    return this.#folds.rowOf(sector);
  }

  /** The row that shows a byte, or the fold that it is in. */
  rowOfByte(byteOffset: number): number {
    const sector = Math.floor(byteOffset / this.sectorSize);
    const row = this.headingRow(sector);
    if (this.foldAt(byteOffset)) return row;
    return row + 1 + Math.floor((byteOffset - sector * this.sectorSize) / this.bytesPerRow);
  }

  /** The rows `[first, end)` that show bytes `[start, end)` and no others, with the headings between them. */
  rowsWithin(start: number, end: number): { first: number; end: number } {
    const last = this.rowOfByte(Math.min(end, this.byteCount) - 1);
    const shown = this.row(last);
    const goesOn = shown.kind === 'bytes' && shown.byteOffset + shown.byteCount > end;
    return {
      first: this.rowOfByte(start) + (this.indexInRow(start) > 0 ? 1 : 0),
      end: goesOn ? last : last + 1,
    };
  }

  /** How many bytes of its row are before a byte. */
  indexInRow(byteOffset: number): number {
    return (byteOffset % this.sectorSize) % this.bytesPerRow;
  }

  /**
   * The byte in the same column as another, `rows` rows of bytes or folds further down (negative: up), headings not
   * counted, as far as there are any. In a shorter row it is at most the last byte; in a fold it is of its first row.
   */
  byteRowsFrom(byteOffset: number, rows: number): number {
    const from = this.#folds.stopOfRow(this.rowOfByte(byteOffset));
    const last = this.#folds.stopOfRow(this.rowCount - 1);
    const place = this.#folds.ofStop(Math.min(Math.max(from + rows, 0), last));
    const column = this.indexInRow(byteOffset);
    if ('first' in place) return place.first * this.sectorSize + column;
    const sectorStart = place.sector * this.sectorSize;
    const sectorEnd = Math.min(sectorStart + this.sectorSize, this.byteCount);
    return Math.min(sectorStart + place.within * this.bytesPerRow + column, sectorEnd - 1);
  }

  /** The sector of a row; of a fold, its first. */
  sectorOfRow(row: number): number {
    const place = this.#folds.ofRow(row);
    return 'first' in place ? place.first : place.sector;
  }

  /** The sectors of 512 bytes of which some of these rows show bytes or the heading: runs `[first, end)`, ascending. */
  sectorsOfRows(firstRow: number, endRow: number): [first: number, end: number][] {
    const runs: [number, number][] = [];
    for (let row = firstRow; row < endRow; row++) {
      const place = this.#folds.ofRow(row);
      if ('first' in place) continue;
      const last = runs[runs.length - 1];
      if (last && place.sector <= last[1]) last[1] = place.sector + 1;
      else runs.push([place.sector, place.sector + 1]);
    }
    return runs.map(([first, end]) => [
      Math.floor((first * this.sectorSize) / SECTOR_SIZE),
      Math.ceil((end * this.sectorSize) / SECTOR_SIZE),
    ]);
  }
}

/** Folds of sectors of 512 bytes as those of sectors of another size that lie in them whole. */
function foldsIn(sectorSize: number, folds: readonly Fold[]): readonly Fold[] {
  if (sectorSize === SECTOR_SIZE) return folds;
  return folds.flatMap(({ first, count, words }) => {
    const start = Math.ceil((first * SECTOR_SIZE) / sectorSize);
    const end = Math.floor(((first + count) * SECTOR_SIZE) / sectorSize);
    return end > start ? [{ first: start, count: end - start, words }] : [];
  });
}

/**
 * A scroll position in pixels from the top of row 0, kept within the content. It isn't the position of a native
 * scrollbar, because browsers limit the height of an element to some ten million pixels.
 */
export class ScrollModel {
  #top = 0;

  constructor(
    public rowCount: number,
    public rowHeight: number,
    public viewportHeight: number,
  ) {}

  get top(): number {
    return this.#top;
  }

  set top(value: number) {
    this.#top = Math.min(Math.max(Number.isFinite(value) ? value : 0, 0), this.maxTop);
  }

  /** Leaves one empty row below the last, so that it is seen to be the last. */
  get maxTop(): number {
    return Math.max(0, (this.rowCount + 1) * this.rowHeight - this.viewportHeight);
  }

  /** Where the position is between the first and the last one, 0 to 1. */
  get fraction(): number {
    return this.maxTop === 0 ? 0 : this.#top / this.maxTop;
  }

  /** The topmost row of which a part is visible. */
  get firstRow(): number {
    return Math.min(Math.floor(this.#top / this.rowHeight), Math.max(0, this.rowCount - 1));
  }

  /** One past the last row of which a part is visible. */
  get endRow(): number {
    return Math.min(Math.ceil((this.#top + this.viewportHeight) / this.rowHeight), this.rowCount);
  }

  /** Whole rows that fit below the pinned heading. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.viewportHeight / this.rowHeight) - 1);
  }

  /** Takes over other sizes; the same row, and the same part of it, stays at the top. */
  resize(rowCount: number, rowHeight: number, viewportHeight: number): void {
    const row = this.#top / this.rowHeight;
    this.rowCount = rowCount;
    this.rowHeight = rowHeight;
    this.viewportHeight = viewportHeight;
    this.top = row * rowHeight;
  }

  /** Scrolls as little as possible so that `row` is whole and not under the pinned heading. */
  revealRow(row: number): void {
    const top = (row - 1) * this.rowHeight;
    const bottom = (row + 1) * this.rowHeight;
    if (top < this.top) this.top = top;
    else if (bottom > this.top + this.viewportHeight) this.top = bottom - this.viewportHeight;
  }

  /** True if `row` is whole and not under the pinned heading. */
  isVisible(row: number): boolean {
    return (
      (row - 1) * this.rowHeight >= this.top && (row + 1) * this.rowHeight <= this.top + this.viewportHeight
    );
  }
}
