import type { Display } from '../../src/shared/display';
import { SECTOR_SIZE } from '../../src/shared/protocol';

/** How many bytes a row shows. The last row of a sector has fewer where they don't divide it: a row never ends in another sector. */
export type BytesPerRow = Exclude<Display['bytesPerRow'], 'auto'>;

/** What a row of the grid shows. */
export type Row =
  | { readonly kind: 'heading'; readonly sector: number }
  | {
      readonly kind: 'bytes';
      readonly sector: number;
      readonly byteOffset: number;
      readonly byteCount: number;
    };

/**
 * How a view's bytes are laid out as rows: each sector is a heading and its rows of bytes. Rows are counted from 0 over
 * the whole view, so a row number of a 16 TiB view is about 10^12: far from the limit of a double.
 */
export class Geometry {
  readonly sectorCount: number;
  readonly rowsPerSector: number;
  readonly rowCount: number;

  constructor(
    readonly byteCount: number,
    readonly bytesPerRow: BytesPerRow,
  ) {
    this.sectorCount = Math.ceil(byteCount / SECTOR_SIZE);
    this.rowsPerSector = 1 + Math.ceil(SECTOR_SIZE / bytesPerRow);
    const rest = byteCount % SECTOR_SIZE;
    const wholeSectors = this.sectorCount - (rest > 0 ? 1 : 0);
    const restRows = rest > 0 ? 1 + Math.ceil(rest / bytesPerRow) : 0;
    this.rowCount = wholeSectors * this.rowsPerSector + restRows;
  }

  /** What row number `row` (below `rowCount`) shows. */
  row(row: number): Row {
    const sector = Math.floor(row / this.rowsPerSector);
    const within = row - sector * this.rowsPerSector;
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

  /** The row of a sector's heading. */
  headingRow(sector: number): number {
    return sector * this.rowsPerSector;
  }

  /** The row that shows a byte. */
  rowOfByte(byteOffset: number): number {
    const sector = Math.floor(byteOffset / SECTOR_SIZE);
    return this.headingRow(sector) + 1 + Math.floor((byteOffset - sector * SECTOR_SIZE) / this.bytesPerRow);
  }

  /** How many bytes of its row are before a byte. */
  indexInRow(byteOffset: number): number {
    return (byteOffset % SECTOR_SIZE) % this.bytesPerRow;
  }

  /**
   * The byte in the same column as another, `rows` rows of bytes further down (negative: up), headings not counted, as
   * far as there are any. In a shorter row it is at most the last byte.
   */
  byteRowsFrom(byteOffset: number, rows: number): number {
    const sectorRows = this.rowsPerSector - 1;
    const from = this.rowOfByte(byteOffset);
    const counted = from - 1 - Math.floor(from / this.rowsPerSector);
    const last = this.rowCount - this.sectorCount - 1;
    const to = Math.min(Math.max(counted + rows, 0), last);
    const start = Math.floor(to / sectorRows) * SECTOR_SIZE + (to % sectorRows) * this.bytesPerRow;
    const sectorEnd = Math.min(start - (start % SECTOR_SIZE) + SECTOR_SIZE, this.byteCount);
    return Math.min(start + this.indexInRow(byteOffset), sectorEnd - 1);
  }

  sectorOfRow(row: number): number {
    return Math.floor(row / this.rowsPerSector);
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
