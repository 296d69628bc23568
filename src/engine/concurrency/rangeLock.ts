import type { SectorRange } from '../errors';

interface Span {
  readonly first: number;
  readonly end: number;
}

/** A write under way; given back to {@link RangeLock.endWrite}. */
export interface WriteSpan extends Span {
  whenDone: (() => void)[];
}

/**
 * Keeps a rescue and the writes to the same sectors apart: a rescue copies what it read to the spare, and must not
 * bring back bytes that a write has replaced meanwhile (R3). Writes don't exclude each other.
 */
export class RangeLock {
  readonly #writes = new Set<WriteSpan>();
  readonly #holds = new Set<{ ranges: readonly SectorRange[]; released: Promise<void> }>();

  /** The hold that a write to the run must wait for, if any. */
  holdOn(first: number, count: number): Promise<void> | null {
    for (const hold of this.#holds) {
      if (hold.ranges.some((range) => touches(range, first, first + count))) return hold.released;
    }
    return null;
  }

  beginWrite(first: number, count: number): WriteSpan {
    const span: WriteSpan = { first, end: first + count, whenDone: [] };
    this.#writes.add(span);
    return span;
  }

  endWrite(span: WriteSpan): void {
    this.#writes.delete(span);
    for (const done of span.whenDone) done();
  }

  /**
   * Takes the ranges for a rescue: resolves when no other hold and no write overlaps them; new writes wait until the
   * returned function is called.
   */
  async hold(ranges: readonly SectorRange[]): Promise<() => void> {
    for (let other = this.#holdOnAny(ranges); other; other = this.#holdOnAny(ranges)) await other;
    let release!: () => void;
    const hold = { ranges, released: new Promise<void>((resolve) => (release = resolve)) };
    this.#holds.add(hold);
    const overlapping = [...this.#writes].filter((write) =>
      ranges.some((range) => touches(range, write.first, write.end)),
    );
    await Promise.all(
      overlapping.map((write) => new Promise<void>((resolve) => write.whenDone.push(resolve))),
    );
    return () => {
      this.#holds.delete(hold);
      release();
    };
  }

  #holdOnAny(ranges: readonly SectorRange[]): Promise<void> | null {
    for (const [first, count] of ranges) {
      const hold = this.holdOn(first, count);
      if (hold) return hold;
    }
    return null;
  }
}

function touches([first, count]: SectorRange, start: number, end: number): boolean {
  return first < end && start < first + count;
}
