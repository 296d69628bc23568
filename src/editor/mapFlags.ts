import { bucketOf } from '../engine';

/** Collects the `MapFlag` bits of each bucket of a view. */
export class MapFlags {
  readonly flags: Uint8Array;

  constructor(
    bucketCount: number,
    private readonly sectorCount: number,
  ) {
    this.flags = new Uint8Array(bucketCount);
  }

  /** Sets `flag` in every bucket that has a sector of the run. */
  add(first: number, count: number, flag: number): void {
    const { length } = this.flags;
    if (count <= 0 || first >= this.sectorCount || length === 0) return;
    const last = Math.min(first + count, this.sectorCount) - 1;
    for (let bucket = this.#bucketOf(first); bucket <= this.#bucketOf(last); bucket++) {
      this.flags[bucket]! |= flag;
    }
  }

  /** Sets `flag` in every bucket whose count isn't zero. */
  addCounts(counts: Uint32Array, flag: number): void {
    for (let bucket = 0; bucket < this.flags.length; bucket++) {
      if (counts[bucket]) this.flags[bucket]! |= flag;
    }
  }

  #bucketOf(sector: number): number {
    return bucketOf(sector, this.sectorCount, this.flags.length);
  }
}
