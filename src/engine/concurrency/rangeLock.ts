import type { SectorRange } from '../errors';
import { type Deferred, deferred } from './deferred';
import { InFlight } from './inFlight';

/** A write under way; given back to {@link RangeLock.endWrite}. */
export interface WriteSpan {
  readonly first: number;
  readonly end: number;
  /** For each hold that waits for this write: the count of writes that the hold waits for. */
  readonly awaitedBy: InFlight[];
}

interface Hold {
  readonly ranges: readonly SectorRange[];
  readonly released: Deferred;
}

/**
 * Keeps a rescue and the writes to the same sectors apart: a rescue copies what it read to the spare, and must not
 * bring back bytes that a write has replaced meanwhile (R3). Writes don't exclude each other.
 */
export class RangeLock {
  readonly #writes = new Set<WriteSpan>();
  readonly #holds = new Set<Hold>();

  /** Resolves when a hold on the run ends, or null if there is none. Another hold may follow, so ask again. */
  holdOn(first: number, count: number): Promise<void> | null {
    for (const { ranges, released } of this.#holds) {
      if (touches(ranges, first, first + count)) return released.promise;
    }
    return null;
  }

  /** Notes a write to a run on which there is no hold. */
  beginWrite(first: number, count: number): WriteSpan {
    const span: WriteSpan = { first, end: first + count, awaitedBy: [] };
    this.#writes.add(span);
    return span;
  }

  endWrite(span: WriteSpan): void {
    this.#writes.delete(span);
    for (const writes of span.awaitedBy) writes.end();
  }

  /**
   * Takes the ranges for a rescue: resolves when no other hold and no write overlaps them; new writes wait until the
   * returned function is called.
   */
  async hold(ranges: readonly SectorRange[]): Promise<() => void> {
    for (let other = this.#holdOnAny(ranges); other; other = this.#holdOnAny(ranges)) await other;
    const hold: Hold = { ranges, released: deferred() };
    this.#holds.add(hold);
    await this.#writesTo(ranges).drained();
    return () => {
      this.#holds.delete(hold);
      hold.released.resolve();
    };
  }

  /** The writes under way that overlap the ranges. */
  #writesTo(ranges: readonly SectorRange[]): InFlight {
    const overlapping = new InFlight();
    for (const write of this.#writes) {
      if (!touches(ranges, write.first, write.end)) continue;
      overlapping.begin();
      write.awaitedBy.push(overlapping);
    }
    return overlapping;
  }

  #holdOnAny(ranges: readonly SectorRange[]): Promise<void> | null {
    for (const [first, count] of ranges) {
      const hold = this.holdOn(first, count);
      if (hold) return hold;
    }
    return null;
  }
}

/** Whether one of the ranges has a sector in `[start, end)`. */
function touches(ranges: readonly SectorRange[], start: number, end: number): boolean {
  return ranges.some(([first, count]) => first < end && start < first + count);
}
