import { performance } from 'node:perf_hooks';
import type { ReadRequest } from './blockDevice';
import type { Ticker } from './ticker';

/** Makes the system calls of requests. One object serves them all: a function for each request would be one more object. */
export interface Starter<Request> {
  start(request: Request): void;
}

/** How many threads Node does file I/O with by default. More requests than that wait in Node's queue. */
const THREAD_COUNT = 4;

/**
 * Hands requests to Node's threads. Requests for which no thread is free are handed over together at the end of the turn of
 * the event loop: handed over one by one, each would wake a thread that has just gone to sleep, which takes longer than
 * a small read.
 */
export class TurnQueue<Request> implements Ticker {
  #inFlight = 0;
  #starters: Starter<Request>[] = [];
  #waiting: Request[] = [];
  /** When the first of the waiting requests came. */
  #turnAt = 0;

  /**
   * Has a request started now or at the end of this turn. Call {@link end} when it is answered.
   * @param isForOthers it doesn't go to Node's threads, and is started now
   */
  begin(starter: Starter<Request>, request: Request, isForOthers = false): void {
    if (this.#inFlight++ < THREAD_COUNT || isForOthers) {
      starter.start(request);
      return;
    }
    this.#starters.push(starter);
    if (this.#waiting.push(request) === 1) {
      this.#turnAt = performance.now();
      setImmediate(this.#startWaiting);
    }
  }

  /**
   * The time, read once a turn while requests wait for its end: they are started together, and reading the clock for each
   * costs more than a few of the look-ups that a request makes.
   */
  now(): number {
    return this.#waiting.length === 0 ? performance.now() : this.#turnAt;
  }

  end(): void {
    this.#inFlight--;
  }

  readonly #startWaiting = (): void => {
    const starters = this.#starters;
    const waiting = this.#waiting;
    this.#starters = [];
    this.#waiting = [];
    for (let i = 0; i < waiting.length; i++) starters[i]!.start(waiting[i]!);
  };
}

/** The queue of Node's threads, which all images share. */
export const nodeThreads = new TurnQueue<ReadRequest>();
