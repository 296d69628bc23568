import { BlockError, fullnessOf, isMediumFailure, reasonOf, type SectorRange } from '../errors';
import { type BlockDevice, SECTOR_SIZE } from './blockDevice';
import { mergeRanges } from './range';
import type { Piece } from './rangeMap';
import { copyPiece, type UnflushedWrite } from './unflushed';

/** Larger requests are no faster, and would take as much memory as the cache itself. */
const MAX_REQUEST_SECTORS = 2048;
const REQUESTS_IN_FLIGHT = 8;

interface Request {
  readonly sector: number;
  sectorCount: number;
  readonly pieces: Piece<UnflushedWrite>[];
}

export interface WriteDownOptions {
  /** Called for each request that was answered, with its pieces and those of its sectors that were refused. */
  readonly onAnswer: (pieces: readonly Piece<UnflushedWrite>[], refused: readonly SectorRange[]) => void;
  /** Asked before each request; false ends the writing. */
  readonly goOn: () => boolean;
}

/**
 * Writes pieces, given ascending, to a device in the largest runs. Goes on after an error.
 * @returns the refused sectors as one error, or undefined when there are none. Its code and cause are those of the first
 * error that a remap can't mend, or else of the first one
 */
export async function writeDown(
  device: BlockDevice,
  pieces: readonly Piece<UnflushedWrite>[],
  { onAnswer, goOn }: WriteDownOptions,
): Promise<BlockError | undefined> {
  const requests = toRequests(pieces).values();
  const refused: SectorRange[] = [];
  let first: unknown;
  const work = async (): Promise<void> => {
    for (const request of requests) {
      if (!goOn()) return;
      const error = await send(device, request);
      const failed = error ? failedSectors(error, request) : [];
      if (error !== undefined) first = graver(first, error);
      for (const run of failed) refused.push(run);
      onAnswer(request.pieces, failed);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_IN_FLIGHT }, work));
  return first === undefined ? undefined : summarize(first, mergeRanges(refused));
}

function toRequests(pieces: readonly Piece<UnflushedWrite>[]): Request[] {
  const requests: Request[] = [];
  let last: Request | undefined;
  for (const piece of pieces) {
    const [first, sectorCount, write] = piece;
    const joins =
      last !== undefined &&
      last.sector + last.sectorCount === first &&
      last.sectorCount + sectorCount <= MAX_REQUEST_SECTORS &&
      isZeros(last) === (write.bytes === null);
    if (last && joins) {
      last.sectorCount += sectorCount;
      last.pieces.push(piece);
    } else {
      last = { sector: first, sectorCount, pieces: [piece] };
      requests.push(last);
    }
  }
  return requests;
}

function isZeros(request: Request): boolean {
  return request.pieces[0]![2].bytes === null;
}

async function send(device: BlockDevice, request: Request): Promise<unknown> {
  const { sector, sectorCount } = request;
  try {
    if (isZeros(request)) await device.discard(sector, sectorCount);
    else await device.write(sector, gather(request));
    return undefined;
  } catch (error) {
    return error;
  }
}

function gather({ sector, sectorCount, pieces }: Request): Uint8Array {
  const [first, count, write] = pieces[0]!;
  if (pieces.length === 1 && write.bytes) {
    return write.bytes.subarray(
      (first - write.sector) * SECTOR_SIZE,
      (first - write.sector + count) * SECTOR_SIZE,
    );
  }
  const buffer = Buffer.allocUnsafeSlow(sectorCount * SECTOR_SIZE);
  for (const piece of pieces) copyPiece(buffer, sector, piece);
  return buffer;
}

/** The error to report: one that a remap can't mend comes before one of the medium. */
function graver(first: unknown, next: unknown): unknown {
  const isGraver = first === undefined || (isMediumFailure(first) && !isMediumFailure(next));
  return isGraver ? next : first;
}

/** An error that names no sectors concerns the whole request. */
function failedSectors(error: unknown, request: Request): readonly SectorRange[] {
  if (error instanceof BlockError && error.failed.length > 0) return error.failed;
  return [[request.sector, request.sectorCount]];
}

function summarize(first: unknown, refused: readonly SectorRange[]): BlockError {
  const code = first instanceof BlockError ? first.code : 'EIO';
  const details = { sector: refused[0]![0], ...fullnessOf(first) };
  const message = `the write cache could not be written down: ${reasonOf(first)}`;
  return new BlockError(code, message, refused, details, { cause: first });
}
