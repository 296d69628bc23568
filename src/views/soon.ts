/** Does work soon after it was asked for, once for all who ask meanwhile. */
export class Soon {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly work: () => void,
    private readonly afterMs: number,
  ) {}

  ask(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.work();
    }, this.afterMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
