import {
  type Answers,
  type Asks,
  isAnswer,
  isToWebview,
  type Request,
  type RequestKind,
  type ToHost,
  type ToWebview,
} from '../../src/shared/protocol';

/** A request that was not answered with what it asked for. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

interface Pending {
  readonly kind: RequestKind;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RequestError) => void;
  readonly onProgress: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** The other messages of the host: everything that isn't about one request. */
export type HostEvent = Exclude<ToWebview, { type: 'answer' | 'rejected' | 'progress' }>;

/**
 * The webview's end of the channel: requests by id, each of which is settled exactly once: answered, rejected by the
 * host, given up through its signal, or rejected by `dispose`.
 */
export class Connection {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(
    private readonly post: (message: ToHost) => void,
    private readonly onEvent: (event: HostEvent) => void,
  ) {}

  send(message: Exclude<ToHost, { type: 'request' | 'cancel' }>): void {
    this.post(message);
  }

  request<K extends RequestKind>(kind: K, asks: Asks<K>, options: RequestOptions = {}): Promise<Answers<K>> {
    const id = this.#nextId++;
    const { signal, onProgress } = options;
    return new Promise<Answers<K>>((resolve, reject) => {
      if (signal?.aborted) {
        reject(new RequestError('ECANCELED', 'The request was given up.'));
        return;
      }
      const giveUp = () => {
        if (!this.#pending.delete(id)) return;
        this.post({ type: 'cancel', id });
        reject(new RequestError('ECANCELED', 'The request was given up.'));
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

  /** Takes a message from the host; what doesn't have the form of one is ignored. */
  receive(message: unknown): void {
    if (!isToWebview(message)) return;
    if (message.type === 'answer') this.#answer(message.id, message.result);
    else if (message.type === 'rejected')
      this.#reject(message.id, new RequestError(message.code, message.message));
    else if (message.type === 'progress')
      this.#pending.get(message.id)?.onProgress?.(message.doneBytes, message.totalBytes);
    else this.onEvent(message);
  }

  dispose(): void {
    for (const id of [...this.#pending.keys()])
      this.#reject(id, new RequestError('ECANCELED', 'The editor closed.'));
  }

  #answer(id: number, result: unknown): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (!isAnswer(pending.kind, result)) {
      this.#reject(
        id,
        new RequestError('EPROTO', `The answer to “${pending.kind}” could not be understood.`),
      );
      return;
    }
    this.#pending.delete(id);
    pending.resolve(result);
  }

  #reject(id: number, error: RequestError): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.reject(error);
  }
}
