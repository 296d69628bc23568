import type { SectorRange } from '../errors';
import type { RemapTable } from './remapTable';
import { NOWHERE } from './sparePool';

/** A run that is contiguous on the device and on one spare. */
export interface SparePiece {
  /** Its first sector on the device. */
  readonly original: number;
  readonly count: number;
  readonly member: number;
  /** Its first sector on the spare. */
  readonly at: number;
}

interface GrowingPiece extends SparePiece {
  count: number;
}

/** How one request is served. Both lists ascend by sector on the device and together cover it exactly. */
export interface RequestPlan {
  readonly mainRuns: readonly SectorRange[];
  readonly pieces: readonly SparePiece[];
}

/**
 * Splits a request where a remapped sector makes it necessary, and nowhere else (R1).
 * @returns null if no sector of it is remapped: it goes to main whole
 */
export function planRequest(table: RemapTable, first: number, count: number): RequestPlan | null {
  const end = first + count;
  const cursor = table.index.firstIn(first, end);
  return cursor === -1 ? null : split(table, first, end, cursor);
}

/** @param foundAt the cursor of the first remapped sector of the request in the table's index */
function split(table: RemapTable, first: number, end: number, foundAt: number): RequestPlan {
  const { index } = table;
  const mainRuns: SectorRange[] = [];
  const pieces: GrowingPiece[] = [];
  let last: GrowingPiece | undefined;
  let at = first;
  for (let cursor = foundAt; cursor !== -1; cursor = index.nextIn(cursor, end)) {
    const original = index.keyAt(cursor);
    const slot = index.slotAt(cursor);
    const spare = table.spareOf(slot);
    const member = table.isStray(slot) ? NOWHERE : table.memberOf(slot);
    if (original > at) mainRuns.push([at, original - at]);
    at = original + 1;
    const extendsLast =
      last?.member === member && last.original + last.count === original && last.at + last.count === spare;
    if (last && extendsLast) {
      last.count++;
    } else {
      last = { original, count: 1, member, at: spare };
      pieces.push(last);
    }
  }
  if (at < end) mainRuns.push([at, end - at]);
  return { mainRuns, pieces };
}

/** Pieces of one spare that one request to it serves: `[first, first + count)` on the spare. */
export interface SpareRequest {
  readonly member: number;
  readonly first: number;
  readonly count: number;
  readonly pieces: readonly SparePiece[];
}

/**
 * Gathers pieces into requests to the spares. Pieces that lie close on a spare become one, even if they lie far apart on the
 * device.
 * @param maxGap how many unwanted sectors between two pieces may be read to save a request; 0 for writes
 */
export function gatherPieces(pieces: readonly SparePiece[], maxGap: number): SpareRequest[] {
  if (pieces.length === 1) return [toRequest(pieces[0]!)];
  const sorted = isAscending(pieces) ? pieces : pieces.toSorted((a, b) => a.member - b.member || a.at - b.at);
  const requests: GrowingRequest[] = [];
  let last: GrowingRequest | undefined;
  for (const piece of sorted) {
    const gap = last && last.member === piece.member ? piece.at - (last.first + last.count) : -1;
    if (last && gap >= 0 && gap <= maxGap) {
      last.pieces.push(piece);
      last.count = piece.at + piece.count - last.first;
    } else {
      last = toRequest(piece);
      requests.push(last);
    }
  }
  return requests;
}

interface GrowingRequest extends SpareRequest {
  count: number;
  readonly pieces: SparePiece[];
}

/** The request that serves one piece. */
export function toRequest(piece: SparePiece): GrowingRequest {
  return { member: piece.member, first: piece.at, count: piece.count, pieces: [piece] };
}

/** Whether pieces ascend on their spares, as they usually do: sectors that failed in order were remapped in order. */
function isAscending(pieces: readonly SparePiece[]): boolean {
  for (let i = 1; i < pieces.length; i++) {
    const previous = pieces[i - 1]!;
    const { member, at } = pieces[i]!;
    if (member < previous.member || (member === previous.member && at < previous.at)) return false;
  }
  return true;
}

/** A run of main that is read in one request, and the holes in it that the caller doesn't need. */
export interface JoinedRun {
  readonly run: SectorRange;
  readonly skip?: SectorRange[];
}

/** Joins runs of main where reading the remapped sectors between them is cheaper than another request. */
export function joinRuns(runs: readonly SectorRange[], maxGap: number): JoinedRun[] {
  const joined: JoinedRun[] = [];
  let last: { readonly run: [number, number]; skip?: SectorRange[] } | undefined;
  for (const [first, count] of runs) {
    const end = last ? last.run[0] + last.run[1] : 0;
    if (last && first - end <= maxGap) {
      last.skip ??= [];
      last.skip.push([end, first - end]);
      last.run[1] = first + count - last.run[0];
    } else {
      last = { run: [first, count] };
      joined.push(last);
    }
  }
  return joined;
}
