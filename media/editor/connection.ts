import {
  type Answers,
  type Asks,
  type ByteRun,
  isAnswer,
  isToPage,
  type Request,
  type RequestKind,
  type ToExtension,
  type ToPage,
} from '../../src/shared/protocol';

/** @param found what a search for all found since the last call */
type OnProgress = (doneBytes: number, totalBytes: number, found: readonly ByteRun[]) => void;

export interface RequestOptions {
  /** Cancels the request. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

interface Pending {
  readonly kind: RequestKind;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: OnProgress | undefined;
}

/** The messages of the extension that aren't about one request. */
export type ExtensionEvent = Exclude<ToPage, { type: 'answer' | 'rejected' | 'progress' }>;

/**
 * The page's end of the channel to the extension. Each request is settled exactly once: answered, rejected by the
 * extension, or rejected because its signal was aborted or the connection was disposed. An error's message is a
 * sentence for people.
 */
export class Connection {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(
    private readonly post: (message: ToExtension) => void,
    private readonly onEvent: (event: ExtensionEvent) => void,
  ) {}

  /** Sends a message that has no answer of its own. */
  send(message: Exclude<ToExtension, { type: 'request' | 'cancel' }>): void {
    this.post(message);
  }

  /** @throws Error if the request is rejected, cancelled or answered in a wrong form */
  request<K extends RequestKind>(kind: K, asks: Asks<K>, options: RequestOptions = {}): Promise<Answers<K>> {
    const id = this.#nextId++;
    const { signal, onProgress } = options;
    return new Promise<Answers<K>>((resolve, reject) => {
      if (signal?.aborted) {
        reject(new Error('The request was given up.'));
        return;
      }
      const giveUp = () => {
        if (!this.#pending.delete(id)) return;
        this.post({ type: 'cancel', id });
        reject(new Error('The request was given up.'));
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      const settle = (act: () => void) => {
        signal?.removeEventListener('abort', giveUp);
        act();
      };
      this.#pending.set(id, {
        kind,
        resolve: (result) => settle(() => resolve(result as Answers<K>)),
        reject: (error) => settle(() => reject(error)),
        onProgress,
      });
      this.post({ type: 'request', id, request: { kind, ...asks } as unknown as Request });
    });
  }

  /** Takes a message of the extension. Anything that doesn't have the form of one is ignored. */
  receive(message: unknown): void {
    if (!isToPage(message)) return;
    if (message.type === 'answer') this.#answer(message.id, message.result);
    else if (message.type === 'rejected') this.#reject(message.id, new Error(message.message));
    else if (message.type === 'progress')
      this.#pending.get(message.id)?.onProgress?.(message.doneBytes, message.totalBytes, message.found);
    else this.onEvent(message);
  }

  /** Rejects every request that is still open. */
  dispose(): void {
    for (const id of [...this.#pending.keys()]) this.#reject(id, new Error('The editor closed.'));
  }

  #answer(id: number, result: unknown): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (!isAnswer(pending.kind, result)) {
      this.#reject(id, new Error(`The answer to “${pending.kind}” could not be understood.`));
      return;
    }
    this.#pending.delete(id);
    pending.resolve(result);
  }

  #reject(id: number, error: Error): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.reject(error);
  }
}
