import type { Transfer, TransferDone } from './transfer';

/** How many reads wait at most; a power of two. */
const SLOT_COUNT = 128;
/** The longest read that goes through the ring: longer ones gain less by it, and cost memory. */
export const SLOT_BYTES = 16 * 1024;

/** Numbers that both threads use, each in a cache line of its own. The two counts go round at 2^32. */
const Word = {
  /** How many reads were put into the ring. */
  put: 0,
  /** How many the reader has passed. */
  passed: 16,
  /** 1: the reader sleeps, or is about to. */
  sleeps: 32,
  /** 1: it is to ring when it has answers; 0: it has rung. */
  bell: 48,
  /** 1: reads take so long that they must have waited for a disk. */
  isSlow: 64,
  /** 1: the reader is to end. */
  ends: 80,
  /** 1: the asking thread sleeps until all is read; 0: it doesn't, or is to wake up. */
  asks: 96,
} as const;

/** What has become of a read in the ring. The thread that changes `queued` has the read: no file is read for one taken back. */
const State = { queued: 1, taken: 2, takenBack: 3 } as const;

/** The numbers of a read, which begin at four times its slot. `byteCount` is the outcome, or `FAILED`. */
const Field = { fd: 0, byteLength: 1, byteOffset: 2, byteCount: 3 } as const;
const FIELD_COUNT = 4;
const FAILED = -1;

/** The memory that the reader shares, and how it lies there: its program has no other names than these. */
export interface SharedRing {
  readonly words: Int32Array;
  readonly states: Int32Array;
  readonly fields: Float64Array;
  readonly bytes: Uint8Array;
  readonly layout: typeof layout;
}

const layout = {
  ...{ Word, State, Field, FIELD_COUNT, FAILED, SLOT_COUNT, SLOT_BYTES },
  /** The bell is rung after this many reads, if more are queued: some answers go out while the others are read. */
  BELL_READS: 32,
  /** A read from memory takes microseconds; one of a disk takes more than this. */
  SLOW_MS: 0.05,
  /** A slow read counts as much as so many fast ones: that is how much longer it keeps the others waiting. */
  SLOW_WEIGHT: 8,
  /** Four slow reads, and nearly no fast ones between them. One alone may be a thread that had to wait for the processor. */
  SLOW_LIMIT: 30,
};

/** A read that waits for its answer. */
export interface RingRead {
  readonly fd: number;
  readonly buffer: Uint8Array;
  readonly offset: number;
  readonly byteLength: number;
  readonly byteOffset: number;
  readonly done: TransferDone;
}

/** Makes a read in another way. */
export function readBy(transfer: Transfer, read: RingRead): void {
  transfer(read.fd, read.buffer, read.offset, read.byteLength, read.byteOffset, read.done);
}

/**
 * The asking side of a ring of reads. The reader (`serveReads`) takes them in order, reads into the memory of the ring, and
 * a read is answered from there: what is taken back or abandoned can't write to a buffer any more.
 */
export class ReadRing {
  readonly shared: SharedRing = {
    words: new Int32Array(new SharedArrayBuffer(112 * 4)),
    states: new Int32Array(new SharedArrayBuffer(SLOT_COUNT * 4)),
    fields: new Float64Array(new SharedArrayBuffer(SLOT_COUNT * FIELD_COUNT * 8)),
    bytes: new Uint8Array(new SharedArrayBuffer(SLOT_COUNT * SLOT_BYTES)),
    layout,
  };
  readonly #words = this.shared.words;
  readonly #reads: (RingRead | null)[] = new Array(SLOT_COUNT).fill(null);
  /** The memory of each slot, as long as its last read was: mostly the next one is as long. */
  readonly #slots: Uint8Array[] = this.#reads.map((_, slot) => this.#room(slot, 0));
  #put = 0;
  #answered = 0;

  constructor() {
    // The reader rings when it begins, too.
    this.#words[Word.bell] = 1;
  }

  /** Whether the reader has passed all reads, and they were answered. */
  get isEmpty(): boolean {
    return this.#put === this.#answered;
  }

  /** Whether there is room for a read. */
  get hasRoom(): boolean {
    return ((this.#put - this.#answered) | 0) < SLOT_COUNT;
  }

  /** How many reads were put in, and how many of them the reader has passed; both go round at 2^32. */
  get progress(): { readonly put: number; readonly passed: number } {
    return { put: this.#put, passed: Atomics.load(this.#words, Word.passed) };
  }

  /** Whether the reader is amid a read. */
  get isReading(): boolean {
    const slot = this.progress.passed & (SLOT_COUNT - 1);
    return !this.isEmpty && Atomics.load(this.shared.states, slot) === State.taken;
  }

  /** Puts a read in, for which there must be room. The reader notices it while it is awake. */
  put(read: RingRead): void {
    const slot = this.#put & (SLOT_COUNT - 1);
    const at = slot * FIELD_COUNT;
    const { fields, states } = this.shared;
    fields[at + Field.fd] = read.fd;
    fields[at + Field.byteLength] = read.byteLength;
    fields[at + Field.byteOffset] = read.byteOffset;
    states[slot] = State.queued;
    this.#reads[slot] = read;
    this.#put = (this.#put + 1) | 0;
    Atomics.store(this.#words, Word.put, this.#put);
  }

  /** Wakes the reader if it sleeps. */
  wake(): void {
    if (Atomics.exchange(this.#words, Word.sleeps, 0) === 1) Atomics.notify(this.#words, Word.sleeps);
  }

  /**
   * Wakes the reader, and sleeps until it has passed all reads. That costs less than to be told, and meanwhile come the
   * requests that are put in next, together.
   * @param limitMs the longest sleep, in milliseconds
   * @returns whether it has passed them; false at once in a thread that may not sleep
   */
  sleepUntilRead(limitMs: number): boolean {
    const words = this.#words;
    Atomics.store(words, Word.bell, 0);
    Atomics.store(words, Word.asks, 1);
    this.wake();
    try {
      if (Atomics.load(words, Word.passed) !== this.#put) Atomics.wait(words, Word.asks, 1, limitMs);
    } catch {
      return false;
    } finally {
      Atomics.store(words, Word.asks, 0);
    }
    return Atomics.load(words, Word.passed) === this.#put;
  }

  /** Has the reader end once it has passed all that it was given. */
  end(): void {
    Atomics.store(this.#words, Word.ends, 1);
    this.wake();
  }

  /** Answers what was read, and has the bell rung for what is not. What failed is handed to `failed` instead. */
  answer(failed: (read: RingRead) => void): void {
    do {
      while (this.#answered !== Atomics.load(this.#words, Word.passed)) this.#answerNext(failed);
      Atomics.store(this.#words, Word.bell, 1);
      // It may have ended with what it had, and not rung, between the two.
    } while (Atomics.load(this.#words, Word.passed) !== this.#answered);
  }

  /** Whether reads have been slow since this was asked. */
  takeSlowness(): boolean {
    return Atomics.exchange(this.#words, Word.isSlow, 0) === 1;
  }

  /** Takes back the reads that the reader hasn't begun. */
  takeBack(): RingRead[] {
    const { states } = this.shared;
    return this.#take(
      (slot) => Atomics.compareExchange(states, slot, State.queued, State.takenBack) === State.queued,
    );
  }

  /** Takes back all reads. The reader must have died. */
  abandon(): RingRead[] {
    return this.#take(() => true);
  }

  #take(isTaken: (slot: number) => boolean): RingRead[] {
    const taken: RingRead[] = [];
    for (let at = this.#answered; at !== this.#put; at = (at + 1) | 0) {
      const slot = at & (SLOT_COUNT - 1);
      const read = this.#reads[slot];
      if (!read || !isTaken(slot)) continue;
      this.#reads[slot] = null;
      taken.push(read);
    }
    return taken;
  }

  #answerNext(failed: (read: RingRead) => void): void {
    const slot = this.#answered & (SLOT_COUNT - 1);
    const read = this.#reads[slot];
    const byteCount = this.shared.fields[slot * FIELD_COUNT + Field.byteCount]!;
    if (read && byteCount !== FAILED) this.#copy(slot, byteCount, read);
    this.#reads[slot] = null;
    this.#answered = (this.#answered + 1) | 0;
    if (!read) return;
    if (byteCount === FAILED) failed(read);
    else read.done(null, byteCount);
  }

  /** By `fill`, as that uses the C library: from shared memory `set` copies word by word, which takes five times as long. */
  #copy(slot: number, byteCount: number, { buffer, offset }: RingRead): void {
    if (byteCount === 0) return;
    if (this.#slots[slot]!.length !== byteCount) this.#slots[slot] = this.#room(slot, byteCount);
    Buffer.prototype.fill.call(buffer, this.#slots[slot]!, offset, offset + byteCount);
  }

  #room(slot: number, byteLength: number): Uint8Array {
    return this.shared.bytes.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + byteLength);
  }
}
