/** Does something when asked: at once, and then no more often than once in `everyMs`. */
export class Throttle {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again = false;

  constructor(
    private readonly everyMs: number,
    private readonly act: () => void,
  ) {}

  request(): void {
    if (this.#timer !== undefined) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.act();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#again) this.request();
    }, this.everyMs);
  }
}
