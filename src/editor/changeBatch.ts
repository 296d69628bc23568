import type { ViewId } from '../shared/protocol';

type Ranges = readonly (readonly [first: number, count: number])[] | null;

/** Changes within this time become one message: a command may write thousands of sectors. */
const COLLECT_MS = 30;
/** While changes keep coming, as in a running scenario: the shortest time from a message's arrival to the next one. */
const BUSY_MS = 100;
/** More ranges of a view than this are sent as "every sector". */
const MAX_RANGES = 256;

/** Collects what changes in the views of a document, and sends it no faster than the messages arrive. */
export class ChangeBatch {
  /** Null stands for every view. */
  readonly #views = new Map<ViewId | null, Ranges>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Settles when the messages under way have arrived; null if none are. */
  #sending: PromiseLike<unknown> | null = null;

  /** @param send resolves when the message has arrived */
  constructor(private readonly send: (view: ViewId | null, ranges: Ranges) => PromiseLike<unknown>) {}

  /** Null stands for every view, or for every sector. */
  add(view: ViewId | null, ranges: Ranges): void {
    const known = this.#views.get(view);
    const all = ranges === null || known === null ? null : [...(known ?? []), ...ranges];
    this.#views.set(view, all && all.length <= MAX_RANGES ? all : null);
    if (!this.#sending) this.#timer ??= setTimeout(() => this.#flush(), COLLECT_MS);
  }

  /** Forgets what was collected, and doesn't wait for the messages under way any more. */
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
