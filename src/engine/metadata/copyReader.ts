import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { isMediumFailure } from '../errors';
import { decodeScript } from './codec/script';
import { COPY_COUNT, copySector, MAGIC, STRUCTURE_SECTORS, v4Header } from './codec/v4';
import { type CopyStamp, type CopyVerdict, chooseWinner, validateCopy } from './validate';

/** One of the five copies as it was read: its sectors, and what they are worth. */
export interface CopyRead {
  readonly index: number;
  /** First sector on the spare. */
  readonly sector: number;
  /** {@link STRUCTURE_SECTORS} sectors; zeros where they couldn't be read. */
  readonly bytes: Uint8Array;
  readonly verdict: CopyVerdict;
  /** Why the copy couldn't be read in full. */
  readonly error?: unknown;
}

/** What a spare holds where the metadata belong. Only `metadata` can be opened. */
export type SpareKind = 'metadata' | 'damaged' | 'script' | 'unreadable' | 'blank' | 'foreign';

/** All five copies and the choice among them. */
export interface CopyCollection {
  readonly copies: readonly CopyRead[];
  /** Index of the copy that counts, or null. */
  readonly winner: number | null;
  readonly kind: SpareKind;
  /** The highest sequence number that any copy may ever be found with (R7). */
  readonly highestSequence: bigint;
}

/** A torn copy's sequence number is believed if it is no further ahead than this; else it is noise. */
const PLAUSIBLE_LEAD = 1n << 32n;

/**
 * Reads the five copies at once, each a single time. A copy with bad sectors is a verdict, not an error.
 * @param nowMs milliseconds since the epoch
 * @throws BlockError when the device fails as a whole, `ENODEV` for instance
 */
export async function readCopies(spare: BlockDevice, nowMs: number): Promise<CopyCollection> {
  const copies = await Promise.all(
    Array.from({ length: COPY_COUNT }, (_, index) => readCopy(spare, index, nowMs)),
  );
  const winner = chooseWinner(copies.map(({ verdict }) => (verdict.valid ? verdict.stamp : undefined)));
  return { copies, winner, kind: classify(copies, winner), highestSequence: highestSequence(copies, winner) };
}

async function readCopy(spare: BlockDevice, index: number, nowMs: number): Promise<CopyRead> {
  const sector = copySector(index);
  const bytes = new Uint8Array(STRUCTURE_SECTORS * SECTOR_SIZE);
  if (sector + STRUCTURE_SECTORS > spare.sectorCount) {
    const detail = `the spare ends at sector ${spare.sectorCount - 1}, before the copy does`;
    return { index, sector, bytes, verdict: { valid: false, reason: 'unreadable', detail } };
  }
  try {
    await spare.read(sector, bytes);
    return { index, sector, bytes, verdict: validateCopy(bytes, nowMs) };
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    for (const [first, count] of error.failed) {
      bytes.fill(0, (first - sector) * SECTOR_SIZE, (first - sector + count) * SECTOR_SIZE);
    }
    return { index, sector, bytes, verdict: unreadable(error.failed[0]![0], bytes, nowMs), error };
  }
}

function unreadable(firstFailed: number, bytes: Uint8Array, nowMs: number): CopyVerdict {
  const detail = `sector ${firstFailed} of the spare can't be read`;
  const { stamp } = validateCopy(bytes, nowMs);
  return { valid: false, reason: 'unreadable', detail, ...(stamp && { stamp }) };
}

function classify(copies: readonly CopyRead[], winner: number | null): SpareKind {
  if (winner !== null) return 'metadata';
  const marked = copies.filter(({ bytes }) => v4Header.get(bytes, 'magic') === MAGIC);
  if (marked.length > 0) return marked.every(({ bytes }) => decodeScript(bytes)) ? 'script' : 'damaged';
  if (copies.some(({ error }) => error !== undefined)) return 'unreadable';
  return copies.every(({ bytes }) => bytes.every((byte) => byte === 0)) ? 'blank' : 'foreign';
}

function highestSequence(copies: readonly CopyRead[], winner: number | null): bigint {
  const best = winner === null ? 0n : copies[winner]!.verdict.stamp!.sequence;
  let highest = best;
  for (const { verdict } of copies) {
    if (!verdict.stamp || verdict.stamp.sequence <= highest) continue;
    const isTrusted = verdict.valid || verdict.sealed;
    if (isTrusted || isPlausible(verdict.stamp, best)) highest = verdict.stamp.sequence;
  }
  return highest;
}

function isPlausible(stamp: CopyStamp, best: bigint): boolean {
  return stamp.sequence - best < PLAUSIBLE_LEAD;
}
