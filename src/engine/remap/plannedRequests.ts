import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from '../block/blockDevice';
import { mergeRanges, sliceSectors } from '../block/range';
import {
  BlockError,
  type ErrorCode,
  type ErrorDetails,
  fullnessOf,
  isHostFull,
  isMediumFailure,
  reasonOf,
  type SectorRange,
} from '../errors';
import { gatherPieces, joinRuns, type RequestPlan, type SpareRequest, toRequest } from './requestPlan';
import { giveScratchBack, takeScratch } from './scratch';
import type { SparePool } from './sparePool';
import { type Failure, type OutcomeListener, SubRequests } from './subRequests';

/** Up to this many unwanted sectors between two wanted ones are read: cheaper than another request. */
const READ_ALONG_SECTORS = 64;

/** Reads a planned request into `buffer`, which begins at sector `base`, and tells the listener. */
export function readPlanned(
  main: BlockDevice,
  pool: SparePool,
  plan: RequestPlan,
  base: number,
  buffer: Uint8Array,
  listener: OutcomeListener,
): void {
  if (plan.pieces.length === 1) {
    readWithPiece(main, pool, plan, base, buffer, listener);
    return;
  }
  const parts = new SubRequests();
  for (const { run, skip } of joinRuns(plan.mainRuns, READ_ALONG_SECTORS)) {
    parts.readMain(main, run[0], sliceSectors(buffer, base, run[0], run[1]), skip && { skip });
  }
  const scratches = gatherPieces(plan.pieces, READ_ALONG_SECTORS).map((request) => {
    const bytes = takeScratch(request.count);
    addSpareRead(parts, pool, request, bytes);
    return { request, bytes };
  });
  parts.tell({
    allAnswered: (failure, refusal) => {
      for (const { request, bytes } of scratches) {
        if (!refusal) scatter(request, bytes, base, buffer);
        giveScratchBack(bytes);
      }
      listener.allAnswered(failure, refusal);
    },
  });
}

/** {@link readPlanned} for the most frequent plan by far: one piece of the request is on a spare. */
function readWithPiece(
  main: BlockDevice,
  pool: SparePool,
  { mainRuns, pieces }: RequestPlan,
  base: number,
  buffer: Uint8Array,
  listener: OutcomeListener,
): void {
  const parts = new SubRequests();
  const piece = pieces[0]!;
  const request = toRequest(piece);
  const isReadAlong = mainRuns.length === 2 && piece.count <= READ_ALONG_SECTORS;
  if (!isReadAlong) {
    for (const [first, count] of mainRuns) {
      parts.readMain(main, first, sliceSectors(buffer, base, first, count));
    }
    addSpareRead(parts, pool, request, sliceSectors(buffer, base, piece.original, piece.count));
    parts.tell(listener);
    return;
  }
  // The read of main fills the piece's place too, so the bytes of the spare come in a buffer of their own first.
  parts.readMain(main, base, buffer, { skip: [[piece.original, piece.count]] });
  const bytes = takeScratch(piece.count);
  addSpareRead(parts, pool, request, bytes);
  parts.tell({
    allAnswered: (failure, refusal) => {
      if (!refusal) buffer.set(bytes, (piece.original - base) * SECTOR_SIZE);
      giveScratchBack(bytes);
      listener.allAnswered(failure, refusal);
    },
  });
}

function addSpareRead(parts: SubRequests, pool: SparePool, request: SpareRequest, bytes: Uint8Array): void {
  const { device } = pool.member(request.member);
  if (device) parts.readSpare(device, request, bytes, spareReadOptions(request));
  else parts.addMissing(request, bytes);
}

/** Writes a planned request from `buffer`, which begins at sector `base`. Resolves to the sectors that failed on the medium. */
export function writePlanned(
  main: BlockDevice,
  pool: SparePool,
  plan: RequestPlan,
  base: number,
  buffer: Uint8Array,
): Promise<Failure | null> {
  const parts = new SubRequests();
  for (const [first, count] of plan.mainRuns) {
    parts.addMain(main.write(first, sliceSectors(buffer, base, first, count)));
  }
  const scratches: Uint8Array[] = [];
  for (const request of gatherPieces(plan.pieces, 0)) {
    const device = pool.member(request.member).device;
    if (!device) {
      parts.addMissing(request);
      continue;
    }
    const bytes = gatherBytes(request, base, buffer);
    if (request.pieces.length > 1) scratches.push(bytes);
    parts.addSpare(device.write(request.first, bytes), request);
  }
  const outcome = parts.outcome(refusalOf('write'));
  return scratches.length === 0 ? outcome : outcome.finally(() => scratches.forEach(giveScratchBack));
}

/** Discards a planned request. Resolves to the sectors that failed on the medium. */
export function discardPlanned(
  main: BlockDevice,
  pool: SparePool,
  plan: RequestPlan,
): Promise<Failure | null> {
  const parts = new SubRequests();
  for (const [first, count] of plan.mainRuns) parts.addMain(main.discard(first, count));
  for (const request of gatherPieces(plan.pieces, 0)) {
    const device = pool.member(request.member).device;
    if (device) parts.addSpare(device.discard(request.first, request.count), request);
    else parts.addMissing(request);
  }
  return parts.outcome(refusalOf('discard'));
}

/** The sectors of the device that a failure covers, ascending and merged. */
export function failedSectors(failure: Failure): SectorRange[] {
  return mergeRanges([
    ...failure.main,
    ...failure.pieces.map((piece) => [piece.original, piece.count] as const),
  ]);
}

/**
 * Options to skip the sectors between a request's pieces. The pieces of the next request probably follow on the spare:
 * sectors that failed one after the other were remapped one after the other.
 */
function spareReadOptions(request: SpareRequest): ReadOptions {
  if (request.pieces.length === 1) return WILL_READ_ON;
  const holes: SectorRange[] = [];
  let at = request.first;
  for (const piece of request.pieces) {
    if (piece.at > at) holes.push([at, piece.at - at]);
    at = piece.at + piece.count;
  }
  return { skip: holes, willReadOn: true };
}

const WILL_READ_ON: ReadOptions = { willReadOn: true };

function scatter(request: SpareRequest, bytes: Uint8Array, base: number, buffer: Uint8Array): void {
  for (const piece of request.pieces) {
    const part = sliceSectors(bytes, request.first, piece.at, piece.count);
    buffer.set(part, (piece.original - base) * SECTOR_SIZE);
  }
}

function gatherBytes(request: SpareRequest, base: number, buffer: Uint8Array): Uint8Array {
  const only = request.pieces.length === 1 ? request.pieces[0]! : null;
  if (only) return sliceSectors(buffer, base, only.original, only.count);
  const bytes = takeScratch(request.count);
  for (const piece of request.pieces) {
    bytes.set(
      sliceSectors(buffer, base, piece.original, piece.count),
      (piece.at - request.first) * SECTOR_SIZE,
    );
  }
  return bytes;
}

/** The error of a request to main alone as a failure. Throws an error that isn't one of the medium. */
export function mainFailure(error: unknown): Failure {
  if (!isMediumFailure(error)) throw error;
  return { main: error.failed, pieces: [] };
}

/** The error of a request of which some sectors can't be read or written. `ENOSPC` without such a cause means the spare. */
export function requestError(
  operation: 'read' | 'write' | 'discard',
  code: ErrorCode,
  sectors: readonly SectorRange[],
  cause?: unknown,
): BlockError {
  const [first, count] = sectors[0] ?? [0, 0];
  const more = sectors.length > 1 || count > 1 ? ' and others' : '';
  const verb = `cannot be ${PARTICIPLES[operation]}`;
  const isSpareFull = code === 'ENOSPC' && !isHostFull(cause);
  const why = isSpareFull ? 'the spare is full' : code === 'EIO' ? '' : reasonOf(cause);
  const details: ErrorDetails = isSpareFull ? { full: 'spare' } : fullnessOf(cause);
  return new BlockError(
    code,
    `sector ${first}${more} ${verb}${why && `: ${why}`}`,
    sectors,
    { sector: first, ...details },
    { cause },
  );
}

/** A refusal of one of the disks as the error of a request: with sectors of the device. */
function refusalOf(operation: 'write' | 'discard') {
  return (failure: Failure, error: BlockError): BlockError =>
    requestError(operation, error.code, failedSectors(failure), error);
}

const PARTICIPLES = { read: 'read', write: 'written', discard: 'discarded' } as const;
