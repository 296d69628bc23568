import { SECTOR_SIZE } from '../block/blockDevice';
import { sliceSectors } from '../block/range';
import type { SectorRange } from '../errors';
import type { SectorExtent } from './sectorStates';

/** Zeros are looked for in blocks of this many sectors: file systems and sparse files have them in no smaller ones. */
const BLOCK_SECTORS = 8;
/** Shorter runs of zeros count as data: to tell them apart would cost clients more than to read them. */
const MIN_ZERO_SECTORS = 64;
/** So many sectors are read at a time. */
const CHUNK_SECTORS = 2048;
/** After so many sectors an answer ends: the client asks again for the rest. */
const MAX_SECTORS = 131_072;

/** A hole that reads as zeros, as `base:allocation` has it. Which zeros a file really has no blocks for Node can't tell. */
const ZEROS = 3;
const DATA = 0;

const NO_BYTES = Buffer.alloc(CHUNK_SECTORS * SECTOR_SIZE);

/**
 * Which runs of a disk are zeros, from `first` on: at least one run, at most `limit`, none beyond `sectorCount` sectors.
 * What can't be read is data.
 * @param read reads sectors of the disk below; rejects, or answers false, when they must count as data
 * @param isData says of the sectors that something else than the disk below decides what they read as
 */
export async function zerosOf(
  read: (sector: number, buffer: Uint8Array) => Promise<boolean>,
  [first, sectorCount]: SectorRange,
  limit: number,
  isData: (first: number, sectorCount: number) => boolean,
): Promise<SectorExtent[]> {
  const blocks = new BlockRuns();
  const end = first + Math.min(sectorCount, MAX_SECTORS);
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_SECTORS, end - first) * SECTOR_SIZE);
  for (let at = first; at < end && blocks.settledCount <= limit; at += CHUNK_SECTORS) {
    const count = Math.min(CHUNK_SECTORS, end - at);
    const bytes = sliceSectors(buffer, 0, 0, count) as Buffer;
    const isRead = await read(at, bytes).catch(() => false);
    if (!isRead) blocks.add(count, DATA);
    else if (isZero(bytes) && !isData(at, count)) blocks.add(count, ZEROS);
    else addBlocks(blocks, bytes, at, isData);
  }
  return blocks.finish().slice(0, limit);
}

function addBlocks(
  blocks: BlockRuns,
  bytes: Buffer,
  at: number,
  isData: (first: number, sectorCount: number) => boolean,
): void {
  const total = bytes.length / SECTOR_SIZE;
  // Blocks lie where file systems have them, wherever the request begins.
  for (let done = 0; done < total; ) {
    const count = Math.min(BLOCK_SECTORS - ((at + done) % BLOCK_SECTORS), total - done);
    const block = sliceSectors(bytes, 0, done, count) as Buffer;
    blocks.add(count, isZero(block) && !isData(at + done, count) ? ZEROS : DATA);
    done += count;
  }
}

function isZero(bytes: Buffer): boolean {
  return NO_BYTES.compare(bytes, 0, bytes.length, 0, bytes.length) === 0;
}

/** Joins blocks to runs. A run of zeros that is too short becomes part of the data around it. */
class BlockRuns {
  readonly #runs: { sectorCount: number; flags: number }[] = [];

  /** Runs that no later block changes. */
  get settledCount(): number {
    return this.#runs.length - 2;
  }

  add(sectorCount: number, flags: number): void {
    const last = this.#runs.at(-1);
    if (last?.flags === flags) {
      last.sectorCount += sectorCount;
      return;
    }
    const before = this.#runs.at(-2);
    if (flags === DATA && before && last && last.sectorCount < MIN_ZERO_SECTORS) {
      before.sectorCount += last.sectorCount + sectorCount;
      this.#runs.pop();
      return;
    }
    this.#runs.push({ sectorCount, flags });
  }

  finish(): SectorExtent[] {
    return this.#runs;
  }
}
