import type { ViewId } from '../shared/protocol';

type Ranges = readonly (readonly [first: number, count: number])[] | null;

/** Changes of this long come as one message: a command that writes thousands of sectors is no reason for as many. */
const COLLECT_MS = 30;
/** More ranges of a view than this are told as "all of it". */
const MAX_RANGES = 256;

/** Collects what changes in the views of a document. */
export class ChangeBatch {
  /** Null stands for every view. */
  readonly #views = new Map<ViewId | null, Ranges>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (view: ViewId | null, ranges: Ranges) => void) {}

  /** Null ranges stand for every sector. */
  add(view: ViewId | null, ranges: Ranges): void {
    const known = this.#views.get(view);
    const all = ranges === null || known === null ? null : [...(known ?? []), ...ranges];
    this.#views.set(view, all && all.length <= MAX_RANGES ? all : null);
    this.#timer ??= setTimeout(() => this.#flush(), COLLECT_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#views.clear();
  }

  #flush(): void {
    const views = [...this.#views];
    this.clear();
    for (const [view, ranges] of views) this.send(view, ranges);
  }
}
