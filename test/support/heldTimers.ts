/**
 * Takes the place of `setTimeout`: work that the engine puts off runs when a test says so, and a run can be repeated
 * exactly.
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

  /** Runs all timers that wait now. */
  fire(): void {
    const due = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const callback of due) callback();
  }

  restore(): void {
    Object.assign(globalThis, this.#real);
  }
}

/** The part of `NodeJS.Timeout` that the engine uses. */
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
