import { describeError } from '../contract/errorSentences';
import type { Request, ToWebview } from '../shared/protocol';
import type { SearchOptions } from './search';

/** No more than so many messages a second about the progress of a search. */
const PROGRESS_EVERY_MS = 100;

/**
 * The requests of a page that wait for their answers. A page that comes back counts its requests from one again, so what
 * was asked before it must never be answered to it.
 */
export class OpenRequests {
  readonly #running = new Map<number, AbortController>();

  constructor(
    private readonly answer: (request: Request, options: SearchOptions) => Promise<unknown>,
    private readonly post: (message: ToWebview) => unknown,
  ) {}

  async take(id: number, request: Request): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.set(id, controller);
    const reply = (message: ToWebview) => {
      if (this.#running.get(id) === controller) this.post(message);
    };
    let reportedAt = Date.now();
    const onProgress = (doneBytes: number, totalBytes: number) => {
      if (Date.now() - reportedAt < PROGRESS_EVERY_MS) return;
      reportedAt = Date.now();
      reply({ type: 'progress', id, doneBytes, totalBytes });
    };
    try {
      reply({ type: 'answer', id, result: await this.answer(request, { signal, onProgress }) });
    } catch (error) {
      const { code, message } = describeError(error);
      reply({ type: 'rejected', id, code, message });
    }
    if (this.#running.get(id) === controller) this.#running.delete(id);
  }

  /** The page doesn't want the answer any more. */
  cancel(id: number): void {
    this.#running.get(id)?.abort();
  }

  /** The page that asked is gone. */
  drop(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
  }
}
