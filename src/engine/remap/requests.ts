import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { mergeRanges, sliceSectors } from '../block/range';
import { BlockError, isMediumFailure, type SectorRange } from '../errors';
import { gatherPieces, joinRuns, type RequestPlan, type SpareRequest } from './requestPlan';
import type { SparePool } from './sparePool';
import { type Failure, SubRequests } from './subRequests';

/** Up to so many unwanted sectors are read along between two wanted ones: cheaper than another request. */
const READ_ALONG_SECTORS = 64;

/** Reads a planned request into `buffer`, whose first byte is sector `base`. Returns what failed on the medium. */
export async function readPlanned(
  main: BlockDevice,
  pool: SparePool,
  plan: RequestPlan,
  base: number,
  buffer: Uint8Array,
): Promise<Failure | null> {
  const parts = new SubRequests();
  const scratches: { request: SpareRequest; bytes: Uint8Array }[] = [];
  for (const { run, skip } of joinRuns(plan.mainRuns, READ_ALONG_SECTORS)) {
    parts.addMain(main.read(run[0], sliceSectors(buffer, base, run[0], run[1]), { skip }));
  }
  for (const request of gatherPieces(plan.pieces, READ_ALONG_SECTORS)) {
    const device = pool.member(request.member).device;
    const bytes = Buffer.allocUnsafe(request.count * SECTOR_SIZE);
    scratches.push({ request, bytes });
    if (device) parts.addSpare(device.read(request.first, bytes, { skip: holesOf(request) }), request, bytes);
    else parts.addMissing(request, bytes);
  }
  const failure = await parts.settled();
  // Only now: a run of main that was read along has left other bytes at the remapped sectors.
  for (const { request, bytes } of scratches) scatter(request, bytes, base, buffer);
  return failure;
}

/** Writes a planned request from `buffer`, whose first byte is sector `base`. Returns what failed on the medium. */
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
  for (const request of gatherPieces(plan.pieces, 0)) {
    const device = pool.member(request.member).device;
    if (device) parts.addSpare(device.write(request.first, gatherBytes(request, base, buffer)), request);
    else parts.addMissing(request);
  }
  return parts.settled();
}

/** Discards a planned request. Returns what failed on the medium. */
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
  return parts.settled();
}

/** The sectors of the device that a failure covers, ascending and merged. */
export function failedSectors(failure: Failure): SectorRange[] {
  return mergeRanges([
    ...failure.main,
    ...failure.pieces.map((piece) => [piece.original, piece.count] as const),
  ]);
}

function holesOf(request: SpareRequest): SectorRange[] {
  const holes: SectorRange[] = [];
  let at = request.first;
  for (const piece of request.pieces) {
    if (piece.at > at) holes.push([at, piece.at - at]);
    at = piece.at + piece.count;
  }
  return holes;
}

function scatter(request: SpareRequest, bytes: Uint8Array, base: number, buffer: Uint8Array): void {
  for (const piece of request.pieces) {
    buffer.set(
      sliceSectors(bytes, request.first, piece.at, piece.count),
      (piece.original - base) * SECTOR_SIZE,
    );
  }
}

function gatherBytes(request: SpareRequest, base: number, buffer: Uint8Array): Uint8Array {
  const only = request.pieces.length === 1 ? request.pieces[0]! : null;
  if (only) return sliceSectors(buffer, base, only.original, only.count);
  const bytes = new Uint8Array(request.count * SECTOR_SIZE);
  for (const piece of request.pieces) {
    bytes.set(
      sliceSectors(buffer, base, piece.original, piece.count),
      (piece.at - request.first) * SECTOR_SIZE,
    );
  }
  return bytes;
}

/** The failure of a whole request that was sent to main alone, or the error itself if it isn't the medium's. */
export function mainFailure(error: unknown): Failure {
  if (!isMediumFailure(error)) throw error;
  return { main: error.failed, pieces: [] };
}

/** The one error of a request some of whose sectors stay unreadable or unwritten. */
export function requestError(
  operation: 'read' | 'write' | 'discard',
  code: 'EIO' | 'ENOSPC',
  sectors: readonly SectorRange[],
  cause?: unknown,
): BlockError {
  const [first, count] = sectors[0] ?? [0, 0];
  const more = sectors.length > 1 || count > 1 ? ' and others' : '';
  const verb = `cannot be ${PARTICIPLES[operation]}`;
  const why = code === 'ENOSPC' ? ': the spare is full' : '';
  return new BlockError(code, `sector ${first}${more} ${verb}${why}`, sectors, { sector: first }, { cause });
}

const PARTICIPLES = { read: 'read', write: 'written', discard: 'discarded' } as const;
