/** Runs asynchronous work one at a time, in the order asked. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  /** Settles as the work does; its failure is the caller's and doesn't stop the next. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Waits for its turn, and answers how to end it. */
  hold(): Promise<() => void> {
    return new Promise((resolve) => {
      void this.run(() => new Promise<void>((release) => resolve(release)));
    });
  }

  /** Resolves as soon as nothing runs and nothing waits. */
  async idle(): Promise<void> {
    for (let awaited: unknown; awaited !== this.#tail; ) {
      awaited = this.#tail;
      await awaited;
    }
  }
}
