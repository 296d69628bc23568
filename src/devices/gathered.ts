/** Gathers what comes in a burst, and tells it at once when nothing more has come for a while, or so long after the first. */
export class Gathered {
  #items = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #tellBy = 0;

  constructor(
    private readonly quietMs: number,
    private readonly maxWaitMs: number,
    private readonly tell: (items: ReadonlySet<string>) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  add(item: string): void {
    if (this.#items.size === 0) this.#tellBy = this.now() + this.maxWaitMs;
    this.#items.add(item);
    clearTimeout(this.#timer);
    const wait = Math.max(0, Math.min(this.quietMs, this.#tellBy - this.now()));
    this.#timer = setTimeout(() => this.#flush(), wait);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    const items = this.#items;
    this.#items = new Set();
    this.tell(items);
  }
}
