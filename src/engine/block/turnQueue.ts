import { performance } from 'node:perf_hooks';
import type { ReadRequest } from './blockDevice';

/** Whoever makes the system call of a request; not a function for each, because that would be an object for each. */
export interface Starter<Request> {
  start(request: Request): void;
}

/** Threads that Node does file I/O with, unless told otherwise: more requests than that only wait in its queue. */
const THREAD_COUNT = 4;

/**
 * Hands requests to Node's threads. Those that no thread is free for anyway are handed over together once the turn of the
 * event loop is done: handing them over one by one, each wakes a thread that has just gone to sleep, which takes
 * longer than a small read.
 */
export class TurnQueue<Request> {
  #inFlight = 0;
  #starters: Starter<Request>[] = [];
  #waiting: Request[] = [];
  /** When the first of those that wait came. */
  #turnAt = 0;

  /** Has a request started now or at the end of this turn. Call {@link end} when it is answered. */
  begin(starter: Starter<Request>, request: Request): void {
    if (this.#inFlight++ < THREAD_COUNT) {
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
    const starters = this.#starters;
    const waiting = this.#waiting;
    this.#starters = [];
    this.#waiting = [];
    for (let i = 0; i < waiting.length; i++) starters[i]!.start(waiting[i]!);
  };
}

/** The one for Node's threads, which all images share. */
export const nodeThreads = new TurnQueue<ReadRequest>();
