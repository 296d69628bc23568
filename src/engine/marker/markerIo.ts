import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { BlockError, isMediumFailure, RemapError } from '../errors';
import { compareMarker, decodeMarker, encodeMarker, markerText } from './markerText';

/** Requests in flight: enough for a device to commit many remaps at once. */
const CONCURRENCY = 32;

export interface MarkerOptions {
  /** Ends the work between two sectors with `ECANCELED`. */
  readonly signal?: AbortSignal;
  /** Called after each sector. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Why a marker isn't there: its sector was written with it and holds other bytes now, can't be read, or was never written
 * with it as far as is known.
 */
type MarkerFailure = 'lost' | 'unreadable' | 'neverWritten';

/** The verdict on one sector. */
export interface MarkerResult {
  readonly sector: number;
  readonly ok: boolean;
  readonly expected: string;
  /** What the sector begins with, made safe to show; null when it can't be read. */
  readonly actual: string | null;
  /** Where the bytes come from, as the caller describes it; empty when it doesn't. */
  readonly source: string;
  /** Why it is not ok; absent when it is. */
  readonly failure?: MarkerFailure;
  /** The same in one sentence. */
  readonly reason?: string;
}

/** What the caller of {@link verifyMarkers} knows of the sectors. */
export interface MarkerKnowledge {
  /** Says where a sector's bytes come from; asked after the sector was read. */
  readonly describeSource?: (sector: number) => string;
  /** Whether the sector was ever written with its marker; absent: each was. */
  readonly wasWritten?: (sector: number) => boolean;
}

export interface MarkerVerification {
  /** Sectors whose marker was found. */
  readonly verified: number;
  readonly total: number;
  /** In the order of the sectors asked for. */
  readonly results: readonly MarkerResult[];
}

/**
 * Writes each sector's marker and flushes. The whole sector is written, zeros after the text: keeping the rest would
 * mean reading a sector that may be bad. All sectors and texts are checked before the first is written. When a write
 * fails the others in flight are waited for, nothing is flushed, and its error is thrown, with how many were written.
 * @returns the sectors written
 * @throws RemapError `EINVAL` for a sector outside the device or an impossible text, `ECANCELED`, and the device's errors
 */
export async function writeMarkers(
  device: Pick<BlockDevice, 'sectorCount' | 'write' | 'flush'>,
  sectors: readonly number[],
  template: string,
  options: MarkerOptions = {},
): Promise<number[]> {
  checkSectors(device, sectors);
  for (const sector of sectors) encodeMarker(markerText(template, sector));
  let written = 0;
  try {
    await forEachSector(sectors, options, async (sector) => {
      await device.write(sector, encodeMarker(markerText(template, sector)));
      written++;
    });
    await device.flush();
  } catch (error) {
    throw partlyWritten(error, written, sectors.length);
  }
  return [...sectors];
}

/** The error of writing markers when some are written: they are in the device, and a power loss may take them back. */
function partlyWritten(error: unknown, written: number, total: number): unknown {
  if (!(error instanceof RemapError) || error.code === 'ECANCELED' || written === 0) return error;
  const message = `${written} of ${total} markers were written and not flushed: ${error.message}`;
  const details = { ...error.details, written, total };
  return error instanceof BlockError
    ? new BlockError(error.code, message, error.failed, details, { cause: error })
    : new RemapError(error.code, message, details, { cause: error });
}

/**
 * Reads each sector and compares it with its marker. A sector that can't be read is a result, not an error.
 * @throws RemapError `EINVAL` for a sector outside the device or an impossible text, `ECANCELED`, and errors of the
 * device other than unreadable sectors
 */
export async function verifyMarkers(
  device: Pick<BlockDevice, 'sectorCount' | 'read'>,
  sectors: readonly number[],
  template: string,
  options: MarkerOptions & MarkerKnowledge = {},
): Promise<MarkerVerification> {
  checkSectors(device, sectors);
  for (const sector of sectors) encodeMarker(markerText(template, sector));
  const results: MarkerResult[] = [];
  await forEachSector(sectors, options, async (sector, index) => {
    const { wasWritten = () => true } = options;
    const verdict = await readMarker(device, sector, markerText(template, sector), wasWritten);
    results[index] = { sector, ...verdict, source: options.describeSource?.(sector) ?? '' };
  });
  return { verified: results.filter(({ ok }) => ok).length, total: results.length, results };
}

async function readMarker(
  device: Pick<BlockDevice, 'read'>,
  sector: number,
  expected: string,
  wasWritten: (sector: number) => boolean,
): Promise<Omit<MarkerResult, 'sector' | 'source'>> {
  const bytes = new Uint8Array(SECTOR_SIZE);
  try {
    await device.read(sector, bytes, { onlyLooks: true });
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    return { ok: false, expected, actual: null, failure: 'unreadable', reason: error.message };
  }
  const actual = decodeMarker(bytes);
  if (compareMarker(expected, bytes)) return { ok: true, expected, actual };
  const found = bytes.every((byte) => byte === 0) ? 'zeros' : 'something else';
  const isLost = wasWritten(sector);
  const reason = isLost
    ? `the sector holds ${found} instead of the marker`
    : `the marker was never written here: the sector holds ${found}`;
  return { ok: false, expected, actual, failure: isLost ? 'lost' : 'neverWritten', reason };
}

function checkSectors(device: Pick<BlockDevice, 'sectorCount'>, sectors: readonly number[]): void {
  for (const sector of sectors) {
    if (Number.isSafeInteger(sector) && sector >= 0 && sector < device.sectorCount) continue;
    throw new RemapError(
      'EINVAL',
      `sector ${sector} is outside the device, which ends at sector ${device.sectorCount - 1}`,
      { sector, sectorCount: device.sectorCount },
    );
  }
}

/** Runs the work on all sectors, a bounded number at a time; after a failure no more are begun. */
async function forEachSector(
  sectors: readonly number[],
  { signal, onProgress }: MarkerOptions,
  work: (sector: number, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let done = 0;
  let hasFailed = false;
  const worker = async () => {
    while (next < sectors.length && !hasFailed) {
      if (signal?.aborted) throw canceled(done, sectors.length, signal);
      const index = next++;
      await work(sectors[index]!, index);
      onProgress?.(++done, sectors.length);
    }
  };
  const settled = await Promise.allSettled(
    Array.from({ length: Math.min(CONCURRENCY, sectors.length) }, () =>
      worker().catch((error: unknown) => {
        hasFailed = true;
        throw error;
      }),
    ),
  );
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
  if (signal?.aborted && done < sectors.length) throw canceled(done, sectors.length, signal);
}

function canceled(done: number, total: number, signal: AbortSignal): RemapError {
  return new RemapError(
    'ECANCELED',
    `canceled after ${done} of ${total} markers`,
    { done, total },
    {
      cause: signal.reason,
    },
  );
}
