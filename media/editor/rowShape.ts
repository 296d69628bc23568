import type { Display } from '../../src/shared/display';
import type { BytesPerRow } from './geometry';

/** How the cells of a row stand beside each other. */
export interface RowShape {
  readonly bytesPerRow: BytesPerRow;
  readonly grouping: Display['grouping'];
  /** How many characters wide a cell of the hex column is. */
  readonly cellCharacters: number;
}

/** Characters that a row takes besides the digits of its offset, its cells and the gaps between groups. */
const OTHER_CHARACTERS = 10;

/** How wide a cell is that shows two digits: with room around them, tight, and in a group that reads as one number. */
const CELL = { wide: 3, tight: 2.5, joined: 2.25 };

/** The wider ones are never tight: there are narrower ones that fit better. */
const AUTOMATIC = [64, 48, 32, 24, 16] as const satisfies BytesPerRow[];

/** How many characters a row takes, without the digits of its offset. */
export function rowCharacters({ bytesPerRow, grouping, cellCharacters }: RowShape): number {
  return bytesPerRow * (cellCharacters + 1) + gaps(bytesPerRow, grouping) + OTHER_CHARACTERS;
}

/** How many characters the cells of the hex column take. */
export function hexCharacters({ bytesPerRow, grouping, cellCharacters }: RowShape): number {
  return bytesPerRow * cellCharacters + gaps(bytesPerRow, grouping);
}

/** Whether a gap is before a column of bytes. With groups of one all cells are apart already. */
export function beginsGroup(index: number, grouping: Display['grouping']): boolean {
  return grouping > 1 && index > 0 && index % grouping === 0;
}

/** The shape of the rows that is chosen, or of the widest ones that fit into that many characters beside the offset. */
export function fittingShape(
  characters: number,
  { bytesPerRow: chosen, grouping }: Pick<Display, 'bytesPerRow' | 'grouping'>,
): RowShape {
  const isJoined = grouping === 2 || grouping === 4;
  const shapeOf = (bytesPerRow: BytesPerRow, cell: keyof typeof CELL): RowShape => ({
    bytesPerRow,
    grouping,
    cellCharacters: isJoined ? CELL.joined : CELL[cell],
  });
  const fits = (shape: RowShape) => rowCharacters(shape) <= characters;
  if (chosen !== 'auto') {
    const wide = shapeOf(chosen, 'wide');
    return fits(wide) ? wide : shapeOf(chosen, 'tight');
  }
  const candidates = [...AUTOMATIC.map((count) => shapeOf(count, 'wide')), shapeOf(16, 'tight')];
  return candidates.find(fits) ?? shapeOf(8, 'wide');
}

function gaps(bytesPerRow: BytesPerRow, grouping: Display['grouping']): number {
  return grouping === 1 ? 0 : Math.ceil(bytesPerRow / grouping) - 1;
}
