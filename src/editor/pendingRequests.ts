import { describeError } from '../contract/errorSentences';
import { printable } from '../engine';
import type { ByteRun, Request, ToPage } from '../shared/protocol';
import type { SearchOptions } from './search';

/** The progress of a request is told no more often than this. */
const PROGRESS_EVERY_MS = 100;

/**
 * The requests of a page that wait for their answers. A page that starts again counts its requests from 1 again, so the
 * requests of the page before it must never be answered.
 */
export class PendingRequests {
  readonly #running = new Map<number, AbortController>();

  constructor(
    private readonly answer: (request: Request, options: SearchOptions) => Promise<unknown>,
    private readonly post: (message: ToPage) => unknown,
  ) {}

  /** Has a request answered, and posts the answer or why it was refused. */
  async take(id: number, request: Request): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.set(id, controller);
    const reply = (message: ToPage) => {
      if (this.#running.get(id) === controller) this.post(message);
    };
    let reportedAt = Date.now();
    let untold: ByteRun[] = [];
    const onProgress = (doneBytes: number, totalBytes: number, found: readonly ByteRun[]) => {
      untold.push(...found);
      if (Date.now() - reportedAt < PROGRESS_EVERY_MS) return;
      reportedAt = Date.now();
      reply({ type: 'progress', id, doneBytes, totalBytes, found: untold });
      untold = [];
    };
    try {
      reply({ type: 'answer', id, result: await this.answer(request, { signal, onProgress }) });
    } catch (error) {
      reply({ type: 'rejected', id, message: printable(describeError(error).message) });
    }
    if (this.#running.get(id) === controller) this.#running.delete(id);
  }

  /** Aborts the work on a request whose answer the page doesn't want any more. */
  cancel(id: number): void {
    this.#running.get(id)?.abort();
  }

  /** Aborts the work on every request and answers none: the page that asked is gone. */
  drop(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
  }
}
