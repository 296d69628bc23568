import type { ViewId } from '../shared/protocol';

type Ranges = readonly (readonly [first: number, count: number])[] | null;

/** Changes of this long come as one message: a command that writes thousands of sectors is no reason for as many. */
const COLLECT_MS = 30;
/** While changes go on and on, as when a scenario runs, they are told no more often than this. */
const BUSY_MS = 100;
/** More ranges of a view than this are told as "all of it". */
const MAX_RANGES = 256;

/** Collects what changes in the views of a document, and tells it as fast as whoever is told can take it. */
export class ChangeBatch {
  /** Null stands for every view. */
  readonly #views = new Map<ViewId | null, Ranges>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The messages under way; null when they have arrived. */
  #sending: PromiseLike<unknown> | null = null;

  /** @param send resolves when the message has arrived */
  constructor(private readonly send: (view: ViewId | null, ranges: Ranges) => PromiseLike<unknown>) {}

  /** Null ranges stand for every sector. */
  add(view: ViewId | null, ranges: Ranges): void {
    const known = this.#views.get(view);
    const all = ranges === null || known === null ? null : [...(known ?? []), ...ranges];
    this.#views.set(view, all && all.length <= MAX_RANGES ? all : null);
    if (!this.#sending) this.#timer ??= setTimeout(() => this.#flush(), COLLECT_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = null;
    this.#views.clear();
  }

  #flush(): void {
    const views = [...this.#views];
    this.clear();
    const messages = views.map(([view, ranges]) => this.send(view, ranges));
    const sending = Promise.allSettled(messages).then(() => {
      if (this.#sending !== sending) return;
      this.#sending = null;
      if (this.#views.size > 0) this.#timer ??= setTimeout(() => this.#flush(), BUSY_MS);
    });
    this.#sending = sending;
  }
}
