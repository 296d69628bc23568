import type { Display } from '../../src/shared/display';
import { type Origin, SECTOR_SIZE } from '../../src/shared/protocol';
import { type Cursor, selectionOf } from './cursor';
import type { Geometry, Row, ScrollModel } from './geometry';
import { offsetDigits, offsetText } from './numberTexts';
import type { Placeholder } from './placeholders';
import type { SectorState } from './sectorCache';
import type { FieldMarks } from './structureFields';
import { type TextCell, textCells } from './textCells';

type ReadySector = Extract<SectorState, { state: 'ready' }>;

/** What a cell shows of a byte besides its value. */
interface ByteMarks {
  readonly selected: boolean;
  readonly unsaved: boolean;
  /** Bits of `FieldMark`. */
  readonly field: number;
  /** Differs from the byte of the other side of a comparison. */
  readonly differs: boolean;
}

/** What a row of bytes shows. */
export interface RowBytes {
  /** The byte offset of the row, as text. */
  readonly offset: string;
  /** How many bytes the row has: fewer than there are cells at the end of a view. */
  readonly byteCount: number;
  /** Null while they are loading, and when they can't be read. */
  readonly bytes: Uint8Array | null;
  /** What the text column shows of each of the bytes. */
  readonly text: readonly TextCell[];
  /** Whether kinds of bytes have different colours. */
  readonly isColored: boolean;
  /** Whether the bytes stand in the place of some that were not read: of a bad sector, or of one not rescued. */
  readonly inPlaceOf: 'bad' | 'notRescued' | null;
  /** Whether any of the bytes differs from the other side of a comparison. */
  readonly differs: boolean;
  marksOf(index: number): ByteMarks;
}

/** What a row of bytes shows of a sector in this state. */
export function rowBytes(
  { sector, byteOffset, byteCount }: Extract<Row, { kind: 'bytes' }>,
  state: SectorState,
  cursor: Cursor,
  viewBytes: number,
  display: Display,
  fields: FieldMarks,
): RowBytes {
  const { offsets, sectorSize } = display;
  const { start, end } = selectionOf(cursor);
  const unsaved = state.state === 'ready' ? overlapping(state.unsaved, byteOffset, byteCount) : [];
  const isReadable = state.state === 'ready' && state.unreadable === null;
  const within = byteOffset - sector * SECTOR_SIZE;
  const differing = isReadable ? state.compared?.differing.subarray(within, within + byteCount) : undefined;
  return {
    offset: offsetText(byteOffset, offsetDigits(viewBytes, offsets, sectorSize), offsets, sectorSize),
    byteCount,
    bytes: isReadable ? state.bytes.subarray(within, within + byteCount) : null,
    text: isReadable ? textCells(state.bytes, within, within + byteCount, display.text) : [],
    isColored: display.colors,
    inPlaceOf: isReadable ? inPlaceOf(state.origin) : null,
    differs: differing?.includes(1) ?? false,
    marksOf: (index) => {
      const at = byteOffset + index;
      return {
        selected: at >= start && at < end,
        unsaved: unsaved.some(([from, count]) => at >= from && at < from + count),
        field: isReadable && display.structureColors ? fields.of(at) : 0,
        differs: differing?.[index] === 1,
      };
    },
  };
}

function inPlaceOf({ kind }: Origin): RowBytes['inPlaceOf'] {
  if (kind === 'listed') return 'bad';
  return kind === 'filling' ? 'notRescued' : null;
}

function overlapping(
  runs: ReadySector['unsaved'],
  byteOffset: number,
  byteCount: number,
): ReadySector['unsaved'] {
  return runs.filter(([from, count]) => from < byteOffset + byteCount && from + count > byteOffset);
}

/**
 * One placeholder for each sector that has no bytes to show, ascending.
 * @param isSuspended a read that got no answer waits for the device to be resumed, which is no failure
 */
export function placeholdersOf(
  states: ReadonlyMap<number, SectorState>,
  sectorCount: number,
  isSuspended = false,
): Placeholder[] {
  const placeholders: Placeholder[] = [];
  for (const [sector, state] of [...states].sort(([a], [b]) => a - b)) {
    if (sector >= sectorCount) continue;
    if (state.state === 'failed') {
      placeholders.push({ sector, kind: isSuspended ? 'waiting' : 'failed', message: state.message });
    } else if (state.state === 'ready' && state.unreadable !== null) {
      const kind = state.origin.kind === 'notRescued' ? 'notRescued' : 'unreadable';
      placeholders.push({ sector, kind, message: state.unreadable });
    }
  }
  return placeholders;
}

/** Where the pinned heading of the topmost sector is. */
export interface PinnedPlace {
  readonly sector: number;
  /** How far the next sector's heading pushes it out at the top, in pixels: 0 or less. */
  readonly push: number;
  /** False while the heading's own row is at the top, so that it looks like any other. */
  readonly isFloating: boolean;
}

/** Where the pinned heading is at this scroll position; the view has at least one row. */
export function pinnedPlace(geometry: Geometry, scroll: ScrollModel): PinnedPlace {
  const sector = geometry.sectorOfRow(scroll.firstRow);
  const nextTop = geometry.headingRow(sector + 1) * scroll.rowHeight - scroll.top;
  const hasNext = sector + 1 < geometry.sectorCount;
  return {
    sector,
    push: hasNext ? Math.min(0, nextTop - scroll.rowHeight) : 0,
    isFloating: !geometry.foldAt(sector) && scroll.top !== geometry.headingRow(sector) * scroll.rowHeight,
  };
}
