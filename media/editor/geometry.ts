import type { Display } from '../../src/shared/display';
import { SECTOR_SIZE } from '../../src/shared/protocol';
import { type Fold, FoldLayout } from './foldLayout';

/** How many bytes a row shows. The last row of a sector has fewer where they don't divide it: a row never ends in another sector. */
export type BytesPerRow = Exclude<Display['bytesPerRow'], 'auto'>;

/** What a row of the grid shows. */
export type Row =
  | { readonly kind: 'heading'; readonly sector: number }
  /** A run of equal sectors from `sector` on. */
  | { readonly kind: 'fold'; readonly sector: number; readonly fold: Fold }
  | {
      readonly kind: 'bytes';
      readonly sector: number;
      readonly byteOffset: number;
      readonly byteCount: number;
    };

/**
 * How a view's bytes are laid out as rows: each sector is a heading and its rows of bytes, and a fold is one row. Rows are
 * counted from 0 over the whole view, so a row number of a 16 TiB view is about 10^12: far from the limit of a double.
 */
export class Geometry {
  readonly sectorCount: number;
  readonly rowsPerSector: number;
  readonly rowCount: number;
  readonly #folds: FoldLayout;

  /** @param folds runs of whole sectors, ascending and disjoint */
  constructor(
    readonly byteCount: number,
    readonly bytesPerRow: BytesPerRow,
    folds: readonly Fold[] = [],
  ) {
    this.sectorCount = Math.ceil(byteCount / SECTOR_SIZE);
    this.rowsPerSector = 1 + Math.ceil(SECTOR_SIZE / bytesPerRow);
    this.#folds = new FoldLayout(folds, this.rowsPerSector);
    const rest = byteCount % SECTOR_SIZE;
    const wholeSectors = this.sectorCount - (rest > 0 ? 1 : 0);
    const restRows = rest > 0 ? 1 + Math.ceil(rest / bytesPerRow) : 0;
    const foldRows = this.#folds.count;
    this.rowCount = (wholeSectors - this.#folds.hiddenSectors) * this.rowsPerSector + foldRows + restRows;
  }

  get hasFolds(): boolean {
    return this.#folds.count > 0;
  }

  /** The fold that a sector is in. */
  foldAt(sector: number): Fold | undefined {
    return this.#folds.at(sector);
  }

  /** What row number `row` (below `rowCount`) shows. */
  row(row: number): Row {
    const place = this.#folds.ofRow(row);
    if ('first' in place) return { kind: 'fold', sector: place.first, fold: place };
    const { sector, within } = place;
    if (within === 0) return { kind: 'heading', sector };
    const byteOffset = sector * SECTOR_SIZE + (within - 1) * this.bytesPerRow;
    const sectorEnd = Math.min((sector + 1) * SECTOR_SIZE, this.byteCount);
    return {
      kind: 'bytes',
      sector,
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
    const sector = Math.floor(byteOffset / SECTOR_SIZE);
    const row = this.headingRow(sector);
    if (this.foldAt(sector)) return row;
    return row + 1 + Math.floor((byteOffset - sector * SECTOR_SIZE) / this.bytesPerRow);
  }

  /** How many bytes of its row are before a byte. */
  indexInRow(byteOffset: number): number {
    return (byteOffset % SECTOR_SIZE) % this.bytesPerRow;
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
    if ('first' in place) return place.first * SECTOR_SIZE + column;
    const sectorStart = place.sector * SECTOR_SIZE;
    const sectorEnd = Math.min(sectorStart + SECTOR_SIZE, this.byteCount);
    return Math.min(sectorStart + place.within * this.bytesPerRow + column, sectorEnd - 1);
  }

  /** The sector of a row; of a fold, its first. */
  sectorOfRow(row: number): number {
    const place = this.#folds.ofRow(row);
    return 'first' in place ? place.first : place.sector;
  }

  /** The sectors of which some of these rows show bytes or the heading: runs `[first, end)`, ascending. */
  sectorsOfRows(firstRow: number, endRow: number): [first: number, end: number][] {
    const runs: [number, number][] = [];
    for (let row = firstRow; row < endRow; row++) {
      const place = this.#folds.ofRow(row);
      if ('first' in place) continue;
      const last = runs[runs.length - 1];
      if (last && place.sector <= last[1]) last[1] = place.sector + 1;
      else runs.push([place.sector, place.sector + 1]);
    }
    return runs;
  }
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
