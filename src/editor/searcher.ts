import { RemapError } from '../engine';
import type { ByteRun, Direction } from '../shared/protocol';
import { type Part, PartSearch, type PartSearchPlan } from './partSearch';
import type { SearchMemory } from './searchMemory';
import { SearchThread, THREAD_PROGRAM, type ThreadAnswer } from './searchThread';

/** Searches parts that come in their order, in this thread or in another one. */
export interface Searcher {
  readonly direction: Direction;
  /** As {@link PartSearch.take}. The part's bytes must stay as they are until the answer. */
  take(part: Part): Promise<readonly ByteRun[]> | readonly ByteRun[];
  /** Ends it. Parts that wait have no matches. */
  dispose(): void;
}

/** A shorter search is over before a thread has begun. */
const MIN_THREAD_BYTES = 64 << 20;

/**
 * @param memory that the bytes of all parts are in
 * @param byteCount how many bytes are going to be searched at most
 * @param program that of the thread; null, or one that can't run, leaves all work to this thread
 * @throws RemapError `EINVAL` as {@link PartSearch}
 */
export function openSearcher(
  plan: PartSearchPlan,
  memory: SearchMemory,
  byteCount: number,
  program: string | null = THREAD_PROGRAM,
): Searcher {
  const here = new PartSearch(plan, memory);
  if (program !== null && byteCount >= MIN_THREAD_BYTES) {
    try {
      return new ThreadSearcher(plan, memory, here, program);
    } catch {
      // No thread can be had.
    }
  }
  return { direction: plan.direction, take: (part) => here.take(part), dispose: () => {} };
}

interface Waiting {
  readonly part: Part;
  readonly resolve: (matches: readonly ByteRun[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Searches in this thread until the other one runs, and then there. If that ends by itself, what it had and all that
 * follows is searched here: `here` knows how far the parts that were answered have come.
 */
class ThreadSearcher implements Searcher {
  readonly direction: Direction;
  readonly #thread: SearchThread;
  readonly #waiting: Waiting[] = [];
  #has: 'notBegun' | 'begun' | 'ended' = 'notBegun';

  constructor(
    private readonly plan: PartSearchPlan,
    private readonly memory: SearchMemory,
    private readonly here: PartSearch,
    program: string,
  ) {
    this.direction = plan.direction;
    this.#thread = SearchThread.open(program, {
      take: (answer) => this.#take(answer),
      lost: () => this.#goOnHere(),
    });
  }

  take(part: Part): Promise<readonly ByteRun[]> | readonly ByteRun[] {
    if (this.#has === 'notBegun' && this.#thread.isReady) {
      this.#has = 'begun';
      this.#thread.tell({
        kind: 'begin',
        plan: this.plan,
        shared: this.memory.shared,
        state: this.here.state,
      });
    }
    if (this.#has !== 'begun') return this.here.take(part);
    this.#thread.tell({ kind: 'part', part });
    return new Promise((resolve, reject) => this.#waiting.push({ part, resolve, reject }));
  }

  dispose(): void {
    if (this.#has === 'ended') return;
    this.#has = 'ended';
    this.memory.holdFor(this.#thread.release(this.#waiting.length > 0));
    for (const { resolve } of this.#waiting.splice(0)) resolve([]);
  }

  #take(answer: Exclude<ThreadAnswer, { kind: 'ready' }>): void {
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    if (answer.kind === 'failed') {
      waiting.reject(new RemapError('EINVAL', answer.message));
      return;
    }
    this.here.pass(answer.matches);
    waiting.resolve(answer.matches);
  }

  #goOnHere(): void {
    this.#has = 'ended';
    for (const { part, resolve, reject } of this.#waiting.splice(0)) {
      try {
        resolve(this.here.take(part));
      } catch (error) {
        reject(error as Error);
      }
    }
  }
}
