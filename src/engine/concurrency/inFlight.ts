/** Counts the requests in flight of a device, so that closing it can wait for them. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count > 0 || this.#waiting.length === 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Counts a request from the call until it settles. */
  async during<T>(request: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await request();
    } finally {
      this.end();
    }
  }

  /** Resolves as soon as no request is in flight. */
  drained(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
