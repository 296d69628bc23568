import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ByteRun } from '../shared/protocol';
import type { Part, PartSearchPlan, PartSearchState } from './partSearch';

/** What the thread is told: what to look for, in which memory, and how far that has come; then part after part. */
export type ThreadWork =
  | {
      readonly kind: 'begin';
      readonly plan: PartSearchPlan;
      readonly shared: WebAssembly.Memory;
      readonly state: PartSearchState;
    }
  | { readonly kind: 'part'; readonly part: Part };

/** What the thread answers: that it runs, then the matches of each part in their order, or why there are none. */
export type ThreadAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'found'; readonly matches: readonly ByteRun[] }
  | { readonly kind: 'failed'; readonly message: string };

/** The program of the thread, beside that of the extension. */
export const THREAD_PROGRAM = join(__dirname, 'searchWorker.js');

/** How long a thread waits for another search: it takes longer to begin than to search 500 MB. */
const IDLE_MS = 30_000;

/** A search that uses the thread. */
export interface ThreadUser {
  take(answer: Exclude<ThreadAnswer, { kind: 'ready' }>): void;
  /** The thread ended by itself, or never began. */
  lost(): void;
}

/** A thread that searches, for one user at a time. */
export class SearchThread {
  static #idle: SearchThread | null = null;
  readonly #worker: Worker;
  #user: ThreadUser | null = null;
  #timer: NodeJS.Timeout | undefined;
  isReady = false;

  /** @throws Error if no thread can be had */
  static open(program: string, user: ThreadUser): SearchThread {
    const idle = SearchThread.#idle;
    const thread = idle?.program === program ? idle : new SearchThread(program);
    if (thread === idle) SearchThread.#idle = null;
    clearTimeout(thread.#timer);
    thread.#worker.ref();
    thread.#user = user;
    return thread;
  }

  private constructor(private readonly program: string) {
    this.#worker = new Worker(program);
    this.#worker.on('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'ready') this.isReady = true;
      else this.#user?.take(answer);
    });
    this.#worker.on('error', () => this.#lose());
    this.#worker.on('exit', () => this.#lose());
  }

  tell(work: ThreadWork): void {
    this.#worker.postMessage(work);
  }

  /**
   * The user is done with it. One that is at work still is ended: some expressions take for ever.
   * @returns when it uses the memory of the search no more
   */
  async release(isAtWork: boolean): Promise<void> {
    this.#user = null;
    if (isAtWork || !this.isReady || SearchThread.#idle) {
      await this.#worker.terminate();
      return;
    }
    SearchThread.#idle = this;
    this.#worker.unref();
    this.#timer = setTimeout(() => {
      if (SearchThread.#idle === this) SearchThread.#idle = null;
      void this.#worker.terminate();
    }, IDLE_MS);
    this.#timer.unref();
  }

  #lose(): void {
    if (SearchThread.#idle === this) SearchThread.#idle = null;
    this.#user?.lost();
    this.#user = null;
  }
}
