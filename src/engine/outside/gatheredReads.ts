import type { StartReader } from './readerThread';
import { ReadRing, type RingRead, readBy, SLOT_BYTES } from './readRing';
import type { Transfer } from './transfer';

/** So many small reads at the same time go to the reader. */
const BULK_READS = 8;
/** It is left alone again when there were never so many for a while: one by one, Node's threads are as fast. */
const FEW_READS = 4;
/** The reader is started once so many reads came in bulk. */
const LEAST_READS = 512;

/** How long a gathering waits for its reader, in milliseconds. */
interface Patience {
  /** Within once to twice this time the reader must have answered a read. */
  readonly answerMs: number;
  /** How long reads go another way after that, or after reads that had to wait for a disk. */
  readonly restMs: number;
  /** The longest that the asking thread sleeps for the reads of a turn of the event loop: nothing else is done meanwhile. */
  readonly sleepMs: number;
  /** How long it doesn't sleep again after that was too short. */
  readonly awakeMs: number;
}

const PATIENCE: Patience = { answerMs: 4, restMs: 200, sleepMs: 0.5, awakeMs: 20 };

/**
 * Makes small reads that come in bulk by a thread of our own, which is woken once for many: Node's own threads are woken
 * once for each read, which takes longer than a read from memory does. All other reads are made as ever, and so are
 *
 * * those that the reader hasn't begun when it takes long: a read that hangs stops no other. The reader is left alone until
 *   that read is answered.
 * * all for a while, when files turn out to be on a disk that has to be waited for: several threads wait better than one.
 * * those that fail, so that their errors are the system's.
 * * all from then on, when the reader has died, or where it can't be started.
 *
 * A read is answered once, and no thread uses its file after that: a file may be closed when its reads were answered.
 */
export class GatheredReads {
  readonly #transfer: Transfer;
  readonly #start: StartReader;
  readonly #patience: Patience;
  #userCount = 0;
  /** Small reads that are under way, while there may be a reader, and the most since it was looked at. */
  #inFlight = 0;
  #mostInFlight = 0;
  #isBulk = false;
  /** How many came in bulk while there was no reader. */
  #bulkCount = 0;
  #ring: ReadRing | null = null;
  #isReady = false;
  #isResting = false;
  #isBroken = false;
  #isTurn = false;
  /** The reads of a turn are waited for at its end: see {@link ReadRing.sleepUntilRead}. */
  #sleeps = true;
  #watch: NodeJS.Timeout | null = null;
  /** How far the reader was when it was looked at last. */
  #seen = { put: 0, passed: 0 };

  /** @param transfer makes a read as ever */
  constructor(transfer: Transfer, start: StartReader, patience = PATIENCE) {
    this.#transfer = transfer;
    this.#start = start;
    this.#patience = patience;
  }

  /** From now on there may be a reader, which begins when reads come in bulk. @returns ends that */
  use(): () => void {
    this.#userCount++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#userCount--;
      this.#endIfUnused();
    };
  }

  /** Whether a read of that length goes to the reader: then it is best made at once, while the reader is awake. */
  gathers(byteLength: number): boolean {
    return this.#isBulk && this.#isReady && !this.#isResting && byteLength <= SLOT_BYTES;
  }

  readonly read: Transfer = (fd, buffer, offset, byteLength, byteOffset, done) => {
    if (this.#userCount === 0 || this.#isBroken || byteLength > SLOT_BYTES) {
      this.#transfer(fd, buffer, offset, byteLength, byteOffset, done);
      return;
    }
    this.#noteSmallRead();
    const read = {
      ...{ fd, buffer, offset, byteLength, byteOffset },
      done: (error: NodeJS.ErrnoException | null, byteCount: number): void => {
        this.#inFlight--;
        done(error, byteCount);
      },
    };
    const ring = this.#ring;
    if (ring?.hasRoom && this.gathers(byteLength)) {
      ring.put(read);
      this.#putInTurn(ring);
    } else this.#makeElsewhere(read);
  };

  #noteSmallRead(): void {
    const count = ++this.#inFlight;
    if (count > this.#mostInFlight) this.#mostInFlight = count;
    if (count < BULK_READS) return;
    this.#isBulk = true;
    if (!this.#ring && ++this.#bulkCount === LEAST_READS) this.#startReader();
  }

  #startReader(): void {
    const ring = new ReadRing();
    try {
      this.#start(ring.shared, { rang: () => this.#rang(ring), ended: () => this.#ended(ring) });
      this.#ring = ring;
    } catch {
      this.#isBroken = true;
    }
  }

  /**
   * Has the reads of a turn of the event loop made together at its end, and waits for them, as they take some microseconds
   * each. While that would take too long, the reader is woken for the first of them, and rings when it has answers.
   */
  #putInTurn(ring: ReadRing): void {
    this.#watch ??= this.#watched(ring);
    if (this.#isTurn) return;
    this.#isTurn = true;
    if (!this.#sleeps) ring.wake();
    setImmediate(() => {
      this.#isTurn = false;
      if (!this.#sleeps) ring.wake();
      else if (!ring.sleepUntilRead(this.#patience.sleepMs)) this.#stayAwake();
      this.#answer(ring);
    });
  }

  /** Sleeps no more for a while: that took too long. */
  #stayAwake(): void {
    this.#sleeps = false;
    setTimeout(() => {
      this.#sleeps = true;
    }, this.#patience.awakeMs).unref();
  }

  #rang(ring: ReadRing): void {
    if (ring === this.#ring) this.#isReady = true;
    this.#answer(ring);
  }

  #answer(ring: ReadRing): void {
    ring.answer(this.#makeElsewhere);
    if (ring.takeSlowness()) this.#rest(ring);
    this.#endIfUnused();
  }

  /** Looks at the reader until it has no reads. That keeps the process alive, as a read must. */
  #watched(ring: ReadRing): NodeJS.Timeout {
    this.#seen = { put: 0, passed: 0 };
    return setTimeout(() => this.#look(ring), this.#patience.answerMs);
  }

  #look(ring: ReadRing): void {
    this.#answer(ring);
    if (ring !== this.#ring) return;
    this.#isBulk = this.#mostInFlight >= FEW_READS;
    this.#mostInFlight = this.#inFlight;
    if (ring.isEmpty && !this.#isBulk) {
      this.#watch = null;
      return;
    }
    const { put, passed } = ring.progress;
    if (this.#seen.passed === passed && this.#seen.put !== passed) this.#standsStill(ring);
    this.#seen = { put, passed };
    this.#watch!.refresh();
  }

  /** A reader that has begun nothing waits for the processor, which says nothing of the files. */
  #standsStill(ring: ReadRing): void {
    if (ring.isReading) this.#rest(ring);
    else for (const read of ring.takeBack()) this.#makeElsewhere(read);
  }

  /** Leaves the reader alone for a while, and at least until it has passed all that it was given. */
  #rest(ring: ReadRing): void {
    for (const read of ring.takeBack()) this.#makeElsewhere(read);
    if (this.#isResting) return;
    this.#isResting = true;
    const timer = setTimeout(() => {
      if (ring === this.#ring && !ring.isEmpty) timer.refresh();
      else this.#isResting = false;
    }, this.#patience.restMs).unref();
  }

  #ended(ring: ReadRing): void {
    if (ring !== this.#ring) return;
    ring.answer(this.#makeElsewhere);
    this.#forget();
    this.#isBroken = true;
    for (const read of ring.abandon()) this.#makeElsewhere(read);
  }

  #endIfUnused(): void {
    const ring = this.#ring;
    if (this.#userCount > 0 || !ring?.isEmpty) return;
    this.#forget();
    ring.end();
  }

  #forget(): void {
    this.#ring = null;
    this.#isReady = false;
    this.#bulkCount = 0;
    if (this.#watch) clearTimeout(this.#watch);
    this.#watch = null;
  }

  readonly #makeElsewhere = (read: RingRead): void => readBy(this.#transfer, read);
}
