import type { CopyReport } from './inspect';
import { MAX_SEQUENCE } from './stateMaker';

/** What is known of a spare's metadata that decides whether they may be written. */
interface Knowledge {
  /** The highest sequence number that any copy may be found with. */
  readonly highestSequence: bigint;
  /** The sequence number of the state in use. */
  readonly sequence: bigint;
  /** The copies as they were found. */
  readonly reports: readonly CopyReport[];
}

/**
 * Why a spare's metadata must not be written though they can be read; null when they may be. A commit gets a higher
 * sequence number than all before it, so there is none after the highest. A copy that is newer than the one in use, and
 * doesn't count only because the clock says that it is from the future, is not written over: it is the clock that may be
 * wrong.
 */
export function obstacleTo({ highestSequence, sequence, reports }: Knowledge): string | null {
  const newer = reports.find((report) => isFromTheFuture(report) && BigInt(report.sequence ?? 0) > sequence);
  if (newer)
    return `metadata copy ${newer.index} of the spare is newer than the one in use, but by this computer's clock it is from the future (${timeText(newer.timestamp!)}): set the clock right and assemble the device again, or repair the metadata to go on without what that copy holds`;
  if (highestSequence < MAX_SEQUENCE) return null;
  return 'the sequence number of the metadata on the spare is the highest that there is (2^64 - 1), so nothing can be committed any more: copy the data to another device to write again';
}

/** Whether a copy is damaged in nothing but its time stamp, which lies ahead of the clock. */
export function isFromTheFuture({ reason }: CopyReport): boolean {
  return reason === 'timestamp';
}

/** A time as ISO 8601; as seconds where no calendar has it. */
export function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} seconds after 1970` : date.toISOString();
}
