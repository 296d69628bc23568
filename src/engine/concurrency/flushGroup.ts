/**
 * Groups flushes: while one runs, all that arrive share the next. A flush that runs already may have begun before the
 * newcomer's writes, so that joining it would promise too much.
 */
export class FlushGroup {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param flush one flush of everything that was written before it was called */
  constructor(private readonly flush: () => Promise<void>) {}

  join(): Promise<void> {
    if (this.#next) return this.#next;
    if (!this.#running) return this.#start();
    this.#next = this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<void> {
    const running = this.flush();
    const ended = (): void => {
      this.#running = undefined;
    };
    // Not `finally`, whose promise would keep everybody waiting for some turns more.
    running.then(ended, ended);
    this.#running = running;
    return running;
  }
}
