import { performance } from 'node:perf_hooks';

/** Threads that Node does file I/O with, unless told otherwise: more requests than that only wait in its queue. */
const THREAD_COUNT = 4;
/** So many are worth waking threads for before the turn is done, when they have no more than this left to do. */
const BATCH_SIZE = 8;

/**
 * Hands requests to Node's threads. Those that no thread is free for anyway are handed over together, once the turn of the
 * event loop is done or the threads are running out of work: handing them over one by one, each wakes a thread that has
 * just gone to sleep, which takes longer than a small read.
 */
export class TurnQueue {
  #inFlight = 0;
  #waiting: (() => void)[] = [];
  /** When the first of those that wait came. */
  #turnAt = 0;

  /** Starts a request now, or later, at the end of this turn at the latest. Call {@link end} when it is answered. */
  begin(start: () => void): void {
    if (this.#inFlight++ < THREAD_COUNT) {
      start();
      return;
    }
    const waitingCount = this.#waiting.push(start);
    if (waitingCount === 1) {
      this.#turnAt = performance.now();
      setImmediate(this.#startWaiting);
    } else if (waitingCount >= BATCH_SIZE && this.#inFlight - waitingCount <= BATCH_SIZE) {
      this.#startWaiting();
    }
  }

  /**
   * The time in milliseconds as `performance.now()` has it; read once a turn while requests wait for its end, since those
   * are started together.
   */
  now(): number {
    return this.#waiting.length === 0 ? performance.now() : this.#turnAt;
  }

  end(): void {
    this.#inFlight--;
  }

  readonly #startWaiting = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const start of waiting) start();
  };
}

/** The one for Node's threads, which all images share. */
export const nodeThreads = new TurnQueue();
