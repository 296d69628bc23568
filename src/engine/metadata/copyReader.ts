import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { sliceSectors } from '../block/range';
import { isMediumFailure } from '../errors';
import { isZero } from './codec/fieldLayout';
import { decodeScript } from './codec/scriptFormat';
import { COPY_COUNT, copySector, MAGIC, STRUCTURE_SECTORS, v4Header } from './codec/v4';
import { type CopyStamp, type CopyVerdict, chooseWinner, validateCopy } from './validate';

/** One of the five copies as it was read: its sectors, and the verdict on them. */
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
  const reads = await Promise.all(Array.from({ length: COPY_COUNT }, (_, index) => readCopy(spare, index)));
  const copies: CopyRead[] = [];
  for (const { unreadable, ...read } of reads) {
    // The copies are mostly equal, and comparing is quicker than summing. Equal copies share their bytes.
    const twin = unreadable === undefined ? copies.find((other) => isTwin(other, read.bytes)) : undefined;
    const { bytes, verdict } = twin ?? { bytes: read.bytes, verdict: judge(read.bytes, unreadable, nowMs) };
    copies.push({ ...read, bytes, verdict });
  }
  const winner = chooseWinner(copies.map(({ verdict }) => (verdict.valid ? verdict.stamp : undefined)));
  return { copies, winner, kind: classify(copies, winner), highestSequence: highestSequence(copies, winner) };
}

type UnjudgedRead = Omit<CopyRead, 'verdict'> & { readonly unreadable?: string };

async function readCopy(spare: BlockDevice, index: number): Promise<UnjudgedRead> {
  const sector = copySector(index);
  const bytes = new Uint8Array(STRUCTURE_SECTORS * SECTOR_SIZE);
  // Of a spare that was cut short the beginning of a copy still says that it was one.
  const count = Math.min(STRUCTURE_SECTORS, spare.sectorCount - sector);
  const unreadable =
    count < STRUCTURE_SECTORS
      ? `the spare ends at sector ${spare.sectorCount - 1}, before the copy does`
      : undefined;
  try {
    if (count > 0) await spare.read(sector, sliceSectors(bytes, sector, sector, count));
    return { index, sector, bytes, ...(unreadable !== undefined && { unreadable }) };
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    for (const [first, count] of error.failed) sliceSectors(bytes, sector, first, count).fill(0);
    return {
      index,
      sector,
      bytes,
      error,
      unreadable: `sector ${error.failed[0]![0]} of the spare can't be read`,
    };
  }
}

function isTwin({ verdict, bytes }: CopyRead, others: Uint8Array): boolean {
  return verdict.valid && Buffer.compare(bytes, others) === 0;
}

function judge(bytes: Uint8Array, unreadable: string | undefined, nowMs: number): CopyVerdict {
  const verdict = validateCopy(bytes, nowMs);
  if (unreadable === undefined) return verdict;
  const { stamp } = verdict;
  return { valid: false, reason: 'unreadable', detail: unreadable, ...(stamp && { stamp }) };
}

function classify(copies: readonly CopyRead[], winner: number | null): SpareKind {
  if (winner !== null) return 'metadata';
  const marked = copies.filter(({ bytes }) => v4Header.get(bytes, 'magic') === MAGIC);
  if (marked.length > 0) return marked.every(({ bytes }) => decodeScript(bytes)) ? 'script' : 'damaged';
  if (copies.some(({ error }) => error !== undefined)) return 'unreadable';
  return copies.every(({ bytes }) => isZero(bytes)) ? 'blank' : 'foreign';
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
