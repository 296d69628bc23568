import type { SectorRange } from '../errors';
import { sliceSectors, subtractRanges } from './range';
import { type Piece, RangeMap } from './rangeMap';

/** Memory in bytes for each sector of a discard: its places in the map. */
const ZERO_SECTOR_COST = 16;

/** A write that a cache has answered and the disk below doesn't have yet. */
export interface UnflushedWrite {
  /** Counts writes in the order in which they came. */
  readonly number: number;
  readonly sector: number;
  readonly sectorCount: number;
  /** Null for a discard, which brings zeros. */
  readonly bytes: Uint8Array | null;
  /** How many of its sectors have no later version. */
  newestCount: number;
}

/** The writes since the last flush, in order, and the latest version of each sector. */
export class Unflushed {
  readonly #newest = new RangeMap<UnflushedWrite>();
  #writes: UnflushedWrite[] = [];
  #nextNumber = 0;
  #byteCount = 0;

  /** How many sectors the disk below doesn't have in their latest version. */
  get sectorCount(): number {
    return this.#newest.size;
  }

  /** Memory in use, in bytes. */
  get byteCount(): number {
    return this.#byteCount;
  }

  /** All writes, the oldest first. */
  get writes(): readonly UnflushedWrite[] {
    return this.#writes;
  }

  /** Adds a write, or with null a discard. The bytes belong to this object from then on. */
  add(sector: number, sectorCount: number, bytes: Uint8Array | null): void {
    const number = this.#nextNumber++;
    const write = { number, sector, sectorCount, bytes, newestCount: sectorCount };
    this.#newest.set(sector, sectorCount, write, (old, count) => {
      old.newestCount -= count;
    });
    this.#writes.push(write);
    this.#byteCount += costOf(write);
  }

  /** The latest versions in a run of sectors. */
  pieces(sector: number, sectorCount: number): Piece<UnflushedWrite>[] {
    return this.#newest.pieces(sector, sectorCount);
  }

  /** Whether there is a version of any sector of a run. */
  touches(sector: number, sectorCount: number): boolean {
    return this.#newest.touches(sector, sectorCount);
  }

  /** Those parts of some writes that are the latest version of their sectors, ascending. */
  piecesOf(writes: Iterable<UnflushedWrite>): Piece<UnflushedWrite>[] {
    const pieces: Piece<UnflushedWrite>[] = [];
    for (const write of writes) {
      if (write.newestCount === 0) continue;
      for (const piece of this.#newest.pieces(write.sector, write.sectorCount)) {
        if (piece[2] === write) pieces.push(piece);
      }
    }
    return pieces.sort((a, b) => a[0] - b[0]);
  }

  /** Notes that the disk below now has these versions, or later ones, except in the sectors that it refused. */
  noteWrittenDown(pieces: Iterable<Piece<UnflushedWrite>>, refused: readonly SectorRange[]): void {
    for (const [first, sectorCount, write] of pieces) {
      for (const [from, count] of subtractRanges([[first, sectorCount]], refused)) {
        write.newestCount -= this.#newest.delete(from, count, write);
      }
    }
  }

  /** Drops writes that were written down, except those of which sectors were refused. */
  release(writes: readonly UnflushedWrite[]): void {
    const released = new Set(writes.filter((write) => write.newestCount === 0));
    for (const write of released) this.#byteCount -= costOf(write);
    this.#writes = this.#writes.filter((write) => !released.has(write));
  }

  /**
   * For each sector of which a power loss leaves an unflushed version: that version. Sectors whose latest version was
   * written down are not among them.
   */
  survivors(survives: (sector: number, write: number) => boolean): RangeMap<UnflushedWrite> {
    const survivors = new RangeMap<UnflushedWrite>();
    for (const write of this.#writes) {
      for (let sector = write.sector; sector < write.sector + write.sectorCount; sector++) {
        if (this.#newest.get(sector) && survives(sector, write.number)) survivors.set(sector, 1, write);
      }
    }
    return survivors;
  }
}

/** What a write costs in memory, in bytes. */
export function costOf(write: Pick<UnflushedWrite, 'bytes' | 'sectorCount'>): number {
  return write.bytes?.length ?? write.sectorCount * ZERO_SECTOR_COST;
}

/** Copies the bytes of a piece into a buffer that starts at sector `base`. */
export function copyPiece(
  target: Uint8Array,
  base: number,
  [first, sectorCount, write]: Piece<UnflushedWrite>,
): void {
  const place = sliceSectors(target, base, first, sectorCount);
  if (write.bytes) place.set(sliceSectors(write.bytes, write.sector, first, sectorCount));
  else place.fill(0);
}
