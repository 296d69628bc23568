/**
 * Takes the place of `setTimeout`, so that what the engine does "a moment later" happens when a test says so and a run
 * can be repeated.
 */
class HeldTimers {
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #waiting = new Map<object, () => void>();

  constructor() {
    const set = (callback: () => void): object => {
      const timer: HeldTimer = {
        unref: () => timer,
        ref: () => timer,
        refresh: () => {
          this.#waiting.set(timer, callback);
          return timer;
        },
      };
      return timer.refresh();
    };
    const clear = (timer: object): boolean => this.#waiting.delete(timer);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }

  /** Lets everything that waits now happen. */
  fire(): void {
    const due = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const callback of due) callback();
  }

  restore(): void {
    Object.assign(globalThis, this.#real);
  }
}

/** What the engine asks of a `NodeJS.Timeout`. */
interface HeldTimer {
  unref(): HeldTimer;
  ref(): HeldTimer;
  refresh(): HeldTimer;
}

/** Holds timers during each test of the enclosing `describe`. */
export function heldTimers(): { fire(): void } {
  let timers: HeldTimers | undefined;
  beforeEach(() => {
    timers = new HeldTimers();
  });
  afterEach(() => timers?.restore());
  return { fire: () => timers?.fire() };
}
