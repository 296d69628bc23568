import type { SectorRange } from '../errors';
import type { Transfer } from '../outside/transfer';
import { SECTOR_SIZE } from './blockDevice';
import { appendRange } from './range';

/** The largest single transfer: Node refuses lengths from 2 GiB on. */
export const MAX_TRANSFER_BYTES = 2 ** 30;

/** The outcome of a transfer. Fewer bytes than asked for, and no error: the file ends there. */
export interface TransferOutcome {
  readonly byteCount: number;
  readonly error?: NodeJS.ErrnoException;
}

/** Moves `buffer` from or to the file at `byteOffset`, in as many calls as that takes. */
export function transferFully(
  call: Transfer,
  fd: number,
  buffer: Uint8Array,
  byteOffset: number,
): Promise<TransferOutcome> {
  return new Promise((resolve) => {
    let done = 0;
    const next = (): void => {
      const length = Math.min(buffer.length - done, MAX_TRANSFER_BYTES);
      call(fd, buffer, done, length, byteOffset + done, (error, byteCount) => {
        if (error) return resolve({ byteCount: done, error });
        done += byteCount;
        if (byteCount === 0 || done === buffer.length) return resolve({ byteCount: done });
        next();
      });
    };
    next();
  });
}

export interface TransferFailure {
  /** Ascending and merged. */
  readonly failed: readonly SectorRange[];
  /** The errors that caused it. Empty if the file ended. */
  readonly errors: readonly NodeJS.ErrnoException[];
}

/**
 * Transfers runs of sectors, and finds exactly the sectors that can't be transferred. If a transfer fails after some
 * sectors, the sector at which it failed is tried by itself; if it fails before the first one is done, the run is halved.
 */
export async function transferRuns(
  runs: readonly SectorRange[],
  transfer: (first: number, count: number) => Promise<TransferOutcome>,
): Promise<TransferFailure | undefined> {
  const failed: [number, number][] = [];
  const errors: NodeJS.ErrnoException[] = [];
  const todo = runs.toReversed();
  for (let run = todo.pop(); run; run = todo.pop()) {
    const { byteCount, error } = await transfer(...run);
    const good = Math.floor(byteCount / SECTOR_SIZE);
    const first = run[0] + good;
    const count = run[1] - good;
    if (count === 0) continue;
    if (error) errors.push(error);
    if (count === 1 || !concernsSectors(error)) appendRange(failed, first, count);
    else {
      const head = good > 0 ? 1 : count >> 1;
      todo.push([first + head, count - head], [first, head]);
    }
  }
  return failed.length > 0 ? { failed, errors } : undefined;
}

/** Whether an error may concern only some sectors of a request; any other concerns the file as a whole. */
function concernsSectors(error: NodeJS.ErrnoException | undefined): boolean {
  return error?.code !== undefined && SECTOR_ERRORS.has(error.code);
}

const SECTOR_ERRORS: ReadonlySet<string> = new Set([
  'EIO',
  'EREMOTEIO',
  'ENODATA',
  'EBADMSG',
  'EILSEQ',
  'EUCLEAN',
  'ENOSPC',
  'EDQUOT',
]);

/** The runs of sectors in a buffer that are not all zeros, relative to its start. */
export function nonZeroRuns(buffer: Uint8Array): SectorRange[] {
  const runs: [number, number][] = [];
  for (let sector = 0; sector < buffer.length / SECTOR_SIZE; sector++) {
    const bytes = buffer.subarray(sector * SECTOR_SIZE, (sector + 1) * SECTOR_SIZE);
    if (Buffer.compare(bytes, ZERO_SECTOR) !== 0) appendRange(runs, sector, 1);
  }
  return runs;
}

const ZERO_SECTOR = new Uint8Array(SECTOR_SIZE);
