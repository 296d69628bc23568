import type { SectorBytes, ViewInfo } from '../../src/shared/protocol';
import { type Cursor, INITIAL_CURSOR } from './cursor';
import { type BytesPerRow, Geometry } from './geometry';
import { SectorCache } from './sectorCache';

/** The view that is shown: its layout, its bytes and the place in it. */
export class OpenView {
  geometry: Geometry;
  readonly cache: SectorCache;
  cursor: Cursor = INITIAL_CURSOR;

  constructor(
    readonly info: ViewInfo,
    bytesPerRow: BytesPerRow,
    fetch: (firstSector: number, sectorCount: number, signal: AbortSignal) => Promise<SectorBytes>,
    onUpdate: (changed: readonly (readonly [number, number])[]) => void,
  ) {
    this.geometry = new Geometry(info.byteCount, bytesPerRow);
    this.cache = new SectorCache(info.byteCount, fetch, onUpdate);
  }

  /** The byte at the top of the viewport, which stays there when rows get another width. */
  topByte(firstRow: number): number {
    if (this.geometry.rowCount === 0) return 0;
    const row = this.geometry.row(firstRow);
    return row.kind === 'bytes' ? row.byteOffset : row.sector * 512;
  }

  /** The row to put at the top for a byte: the heading for a sector's first one. */
  topRow(byteOffset: number): number {
    if (this.geometry.rowCount === 0) return 0;
    const within = Math.min(byteOffset, this.geometry.byteCount - 1);
    const row = this.geometry.rowOfByte(within);
    return within % 512 === 0 ? row - 1 : row;
  }

  clamp(cursor: Cursor): Cursor {
    const last = Math.max(0, this.info.byteCount - 1);
    return {
      ...cursor,
      byteOffset: Math.min(cursor.byteOffset, last),
      anchor: Math.min(cursor.anchor, last),
    };
  }
}
