/**
 * Runs one piece of work again and again, never twice at once: all that ask while it runs share the next run. A run that
 * is under way may have begun before what the newcomer wants covered, so joining it would promise too much.
 */
export class MergedRuns {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param work covers everything that was done before it was called: a flush, or saving a state */
  constructor(private readonly work: () => Promise<void>) {}

  /**
   * Resolves when a run has ended that began after this call. Rejects with the error of that run; the failure of a run
   * before it doesn't matter.
   */
  run(): Promise<void> {
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
    const running = this.work();
    const ended = (): void => {
      this.#running = undefined;
    };
    // Not `finally`: its promise would make every caller wait some turns longer.
    running.then(ended, ended);
    this.#running = running;
    return running;
  }
}
