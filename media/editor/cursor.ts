import type { Fold } from './foldLayout';
import type { Geometry } from './geometry';

/** The two columns that show the same bytes. */
export type Column = 'hex' | 'text';

/** The byte that keys act on (`byteOffset`), and the byte at the other end of the selection (`anchor`). */
export interface Cursor {
  readonly byteOffset: number;
  readonly anchor: number;
  readonly column: Column;
  /** True after the first digit of a byte was typed in the hex column: the next digit is its second. */
  readonly secondDigit: boolean;
}

/** How a key can move the cursor. */
export type Motion =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'rowStart'
  | 'rowEnd'
  | 'pageUp'
  | 'pageDown'
  | 'previousSector'
  | 'nextSector'
  | 'start'
  | 'end';

export const INITIAL_CURSOR: Cursor = { byteOffset: 0, anchor: 0, column: 'hex', secondDigit: false };

/** The cursor on a byte, with nothing else selected. */
export function placedAt(cursor: Cursor, byteOffset: number): Cursor {
  return { ...cursor, byteOffset, anchor: byteOffset, secondDigit: false };
}

/** The selected bytes `[start, end)`: at least the one under the cursor. */
export function selectionOf(cursor: Cursor): { start: number; end: number } {
  return {
    start: Math.min(cursor.byteOffset, cursor.anchor),
    end: Math.max(cursor.byteOffset, cursor.anchor) + 1,
  };
}

/** Where a motion leads; it may lie outside the view. */
function destination(from: number, motion: Motion, geometry: Geometry, pageRows: number): number {
  const { byteCount } = geometry;
  const rowStart = from - geometry.indexInRow(from);
  const { sectorSize } = geometry;
  const sectorStart = from - (from % sectorSize);
  const fold = geometry.foldAt(from);
  const beyond = fold && beyondFold(fold, motion, sectorSize);
  if (beyond !== undefined) return beyond < byteCount ? beyond : from;
  switch (motion) {
    case 'left':
      return from - 1;
    case 'right':
      return from + 1;
    case 'up':
      return geometry.byteRowsFrom(from, -1);
    case 'down':
      return geometry.byteRowsFrom(from, 1);
    case 'rowStart':
      return rowStart;
    case 'rowEnd':
      return Math.min(rowStart + geometry.bytesPerRow, sectorStart + sectorSize) - 1;
    case 'pageUp':
      return geometry.byteRowsFrom(from, -pageRows);
    case 'pageDown':
      return geometry.byteRowsFrom(from, pageRows);
    case 'previousSector':
      return from > sectorStart ? sectorStart : sectorStart - sectorSize;
    case 'nextSector':
      return sectorStart + sectorSize < byteCount ? sectorStart + sectorSize : from;
    case 'start':
      return 0;
    case 'end':
      return byteCount - 1;
  }
}

/** Where a motion by bytes or sectors leads from a fold: out of it. Undefined for other motions. */
function beyondFold({ first, count }: Fold, motion: Motion, sectorSize: number): number | undefined {
  if (motion === 'left') return first * sectorSize - 1;
  if (motion === 'previousSector') return (first - 1) * sectorSize;
  return motion === 'right' || motion === 'nextSector' ? (first + count) * sectorSize : undefined;
}

/** The cursor after a motion, kept inside the view; `extend` leaves the anchor where it is. */
export function move(
  cursor: Cursor,
  motion: Motion,
  extend: boolean,
  geometry: Geometry,
  pageRows: number,
): Cursor {
  const aimed = destination(cursor.byteOffset, motion, geometry, pageRows);
  const byteOffset = Math.min(Math.max(aimed, 0), Math.max(0, geometry.byteCount - 1));
  return { ...cursor, byteOffset, anchor: extend ? cursor.anchor : byteOffset, secondDigit: false };
}

const MOTIONS: Record<string, Motion> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'rowStart',
  End: 'rowEnd',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
};

const CONTROL_MOTIONS: Record<string, Motion> = {
  ArrowUp: 'previousSector',
  ArrowDown: 'nextSector',
  Home: 'start',
  End: 'end',
};

/** The motion a key stands for, or null; `control` is Ctrl, or Cmd on a Mac. */
export function motionOfKey(key: string, control: boolean): Motion | null {
  return (control ? CONTROL_MOTIONS[key] : MOTIONS[key]) ?? null;
}
