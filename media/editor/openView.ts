import type { ByteSpan, SectorBytes, ViewInfo } from '../../src/shared/protocol';
import { type Cursor, INITIAL_CURSOR, selectionOf } from './cursor';
import { Folds } from './folds';
import { type BytesPerRow, Geometry } from './geometry';
import { SectorCache } from './sectorCache';
import { FieldMarks } from './structureFields';
import { ViewBookmarks } from './viewBookmarks';

/** The view that is shown: how its bytes are laid out as rows, those that have arrived, and the cursor. */
export class OpenView {
  /** Replaced when the rows get another width, or the folds are others. */
  geometry: Geometry;
  readonly folds = new Folds();
  /** Whether equal sectors are folded. */
  isFolded = false;
  readonly cache: SectorCache;
  cursor: Cursor = INITIAL_CURSOR;
  /** The owner of the sector under the cursor in words, once it is known. */
  owner: { readonly sector: number; readonly words: string } | null = null;
  /** The fields of the structures at the cursor. */
  fields = new FieldMarks();
  bookmarks = new ViewBookmarks();

  /** @param onUpdate told what arrived, as {@link SectorCache} does */
  constructor(
    readonly info: ViewInfo,
    bytesPerRow: BytesPerRow,
    fetch: (firstSector: number, sectorCount: number, signal: AbortSignal) => Promise<SectorBytes>,
    onUpdate: (changed: readonly (readonly [number, number])[]) => void,
  ) {
    this.geometry = new Geometry(info.byteCount, bytesPerRow);
    this.cache = new SectorCache(info.byteCount, fetch, onUpdate);
  }

  /** Lays the rows out anew, by the folds that there are now; below each heading are so many bytes. */
  shape(bytesPerRow: BytesPerRow, headedBytes = this.geometry.sectorSize): void {
    const folds = this.isFolded ? this.folds.closed : [];
    this.geometry = new Geometry(this.info.byteCount, bytesPerRow, folds, headedBytes);
  }

  /** The first byte of a row, or of its sector for a heading: what stays at the top when the rows get another width. */
  topByte(firstRow: number): number {
    if (this.geometry.rowCount === 0) return 0;
    return this.geometry.row(firstRow).byteOffset;
  }

  /** The row to put at the top for a byte: its own, or the heading for the first byte of a sector. */
  topRow(byteOffset: number): number {
    if (this.geometry.rowCount === 0) return 0;
    const within = Math.min(byteOffset, this.geometry.byteCount - 1);
    const row = this.geometry.rowOfByte(within);
    if (this.geometry.row(row).kind === 'fold') return row;
    return within % this.geometry.sectorSize === 0 ? row - 1 : row;
  }

  /** What is selected of how many bytes, for a page that counts in such sectors. */
  placeIn(sectorSize: number): { selection: ByteSpan; byteCount: number; sectorSize: number } {
    return { selection: selectionOf(this.cursor), byteCount: this.info.byteCount, sectorSize };
  }

  /** The owner of a sector in words; empty where it isn't known. */
  ownerOf(sector: number): string {
    return this.owner?.sector === sector ? this.owner.words : '';
  }

  /** The cursor, kept inside the view. */
  clamp(cursor: Cursor): Cursor {
    const last = Math.max(0, this.info.byteCount - 1);
    return {
      ...cursor,
      byteOffset: Math.min(cursor.byteOffset, last),
      anchor: Math.min(cursor.anchor, last),
    };
  }
}
