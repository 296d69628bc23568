import { BlockError } from '../errors';

/**
 * Lets requests in, holds them while the device is suspended, and knows when the last one is out (R11).
 */
export class IoGate {
  #inFlight = 0;
  #held: { promise: Promise<void>; open: () => void; fail: (error: Error) => void } | null = null;
  #whenIdle: (() => void)[] = [];
  #shut = false;

  get isOpen(): boolean {
    return this.#held === null && !this.#shut;
  }

  /** Resolves when requests may go on; rejects with `ENODEV` when the device is removed instead. */
  whenOpen(): Promise<void> {
    if (this.#shut) return Promise.reject(removed());
    return this.#held?.promise ?? Promise.resolve();
  }

  enter(): void {
    this.#inFlight++;
  }

  leave(): void {
    if (--this.#inFlight > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /**
   * Holds new requests; resolves when those under way are answered.
   * @returns whether it is this call that closed the gate: whoever found it closed leaves opening it to others
   */
  async suspend(): Promise<boolean> {
    const isOurs = this.isOpen;
    if (isOurs) this.#held = deferred();
    await this.drain();
    return isOurs;
  }

  /** Lets held requests go on. */
  resume(): void {
    this.#held?.open();
    this.#held = null;
  }

  /** Refuses requests for good, those held included: none of them was acknowledged. */
  async shut(): Promise<void> {
    this.#shut = true;
    this.#held?.fail(removed());
    this.#held = null;
    await this.drain();
  }

  async drain(): Promise<void> {
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }
}

function removed(): BlockError {
  return new BlockError('ENODEV', 'the device was removed', []);
}

function deferred(): { promise: Promise<void>; open: () => void; fail: (error: Error) => void } {
  let open!: () => void;
  let fail!: (error: Error) => void;
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  // Nobody may be waiting when a suspended device is removed.
  promise.catch(() => undefined);
  return { promise, open, fail };
}
