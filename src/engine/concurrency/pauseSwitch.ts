import { type Deferred, deferred } from './deferred';

/** Holds work between two of its steps while it is paused. */
export class PauseSwitch {
  #hold: Deferred | null = null;

  get isPaused(): boolean {
    return this.#hold !== null;
  }

  pause(): void {
    this.#hold ??= deferred();
  }

  resume(): void {
    this.#hold?.resolve();
    this.#hold = null;
  }

  /** Resolves when the work may go on: at once unless it is paused. */
  async whenRunning(): Promise<void> {
    while (this.#hold) await this.#hold.promise;
  }
}
