import type { NamedPlace } from '../../src/shared/bookmarks';
import type { Display } from '../../src/shared/display';
import { type Origin, PLAIN_KINDS, SECTOR_SIZE } from '../../src/shared/protocol';
import { type Cursor, selectionOf } from './cursor';
import type { Geometry, Row, ScrollModel } from './geometry';
import { offsetDigits, offsetText } from './numberTexts';
import type { Placeholder } from './placeholders';
import type { SectorState } from './sectorCache';
import type { FieldMarks } from './structureFields';
import { type TextCell, textCells } from './textCells';
import { ViewBookmarks } from './viewBookmarks';

const NO_BOOKMARKS = new ViewBookmarks();

type ReadySector = Extract<SectorState, { state: 'ready' }>;

/** What a cell shows of a byte besides its value. */
interface ByteMarks {
  readonly selected: boolean;
  readonly unsaved: boolean;
  /** Bits of `FieldMark`. */
  readonly field: number;
  /** Differs from the byte of the other side of a comparison. */
  readonly differs: boolean;
  readonly bookmark: NamedPlace | undefined;
}

/** What a row of bytes shows. */
export interface RowBytes {
  /** The byte offset of the row, as text. */
  readonly offset: string;
  /** How many bytes the row has: fewer than there are cells at the end of a view. */
  readonly byteCount: number;
  /** Null while they are loading, and when they can't be read. */
  readonly bytes: readonly (number | undefined)[] | Uint8Array | null;
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
  bookmarks = NO_BOOKMARKS,
): RowBytes {
  const { offsets, sectorSize } = display;
  const { start, end } = selectionOf(cursor);
  const unsaved = state.state === 'ready' ? overlapping(state.unsaved, byteOffset, byteCount) : [];
  const isReadable = state.state === 'ready' && state.unreadable === null;
  const within = byteOffset - sector * SECTOR_SIZE;
  const named = bookmarks.within(byteOffset, byteOffset + byteCount);
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
        bookmark: named.find((each) => each.byteOffset === at),
      };
    },
  };
}

/** The parts of a row, each within one sector of 512 bytes. */
export function sectorParts(row: Extract<Row, { kind: 'bytes' }>): Extract<Row, { kind: 'bytes' }>[] {
  const { sector, byteOffset, byteCount } = row;
  const inFirst = (sector + 1) * SECTOR_SIZE - byteOffset;
  if (byteCount <= inFirst) return [row];
  const rest = { sector: sector + 1, byteOffset: byteOffset + inFirst, byteCount: byteCount - inFirst };
  return [{ ...row, byteCount: inFirst }, ...sectorParts({ ...row, ...rest })];
}

/** A row of several parts. Bytes of one that can't be read are left out. */
export function joinedRow(parts: readonly RowBytes[]): RowBytes {
  const [first] = parts;
  const bytes = parts.flatMap(({ bytes, byteCount }) =>
    Array.from({ length: byteCount }, (_, i) => bytes?.[i]),
  );
  const partOf = (index: number): readonly [RowBytes, number] => {
    let within = index;
    for (const part of parts) {
      if (within < part.byteCount) return [part, within];
      within -= part.byteCount;
    }
    return [parts.at(-1)!, index];
  };
  return {
    ...first!,
    byteCount: bytes.length,
    bytes,
    text: parts.flatMap(({ text, byteCount }) =>
      Array.from({ length: byteCount }, (_, i) => text[i] ?? null),
    ),
    inPlaceOf: parts.find((part) => part.inPlaceOf !== null)?.inPlaceOf ?? null,
    differs: parts.some(({ differs }) => differs),
    marksOf: (index) => {
      const [part, within] = partOf(index);
      return part.marksOf(within);
    },
  };
}

/** The sectors of 512 bytes `[first, end)` that are below a heading, or some of their bytes. */
export function headedSectors({ sectorSize }: Geometry, byteOffset: number): readonly [number, number] {
  return [Math.floor(byteOffset / SECTOR_SIZE), Math.ceil((byteOffset + sectorSize) / SECTOR_SIZE)];
}

/** The state that a heading says: of several sectors that of the first of which there is more to say than where it is. */
export function headedState(
  geometry: Geometry,
  byteOffset: number,
  stateOf: (sector: number) => SectorState,
): SectorState {
  const [first, end] = headedSectors(geometry, byteOffset);
  const last = Math.min(end, geometry.diskSectorCount);
  for (let sector = first; sector < last; sector++) {
    const state = stateOf(sector);
    if (state.state !== 'ready' || !PLAIN_KINDS.includes(state.origin.kind)) return state;
  }
  return stateOf(first);
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
  /** Counted as {@link Geometry} counts. */
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
    isFloating:
      geometry.row(geometry.headingRow(sector)).kind !== 'fold' &&
      scroll.top !== geometry.headingRow(sector) * scroll.rowHeight,
  };
}
