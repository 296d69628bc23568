import { BlockError } from '../errors';
import { type Deferred, deferred } from './deferred';
import { InFlight } from './inFlight';

/** Lets requests in, holds them while the device is suspended, and knows when the last one is out (R11). */
export class IoGate {
  readonly #inFlight = new InFlight();
  /** Set while requests are held. */
  #hold: Deferred | null = null;
  #shut = false;

  get isOpen(): boolean {
    return this.#hold === null && !this.#shut;
  }

  /** Resolves when requests may go on; rejects with `ENODEV` when the device is removed instead. */
  whenOpen(): Promise<void> {
    if (this.#shut) return Promise.reject(removed());
    return this.#hold?.promise ?? Promise.resolve();
  }

  /** Counts a request in. The caller has just seen {@link isOpen}, with no `await` between. */
  enter(): void {
    this.#inFlight.begin();
  }

  leave(): void {
    this.#inFlight.end();
  }

  /**
   * Holds new requests; resolves when those under way are answered.
   * @returns whether this call closed the gate: only the caller that closed it opens it again
   */
  async suspend(): Promise<boolean> {
    const isOurs = this.isOpen;
    if (isOurs) this.#hold = newHold();
    await this.#inFlight.drained();
    return isOurs;
  }

  /** Lets held requests go on. */
  resume(): void {
    this.#hold?.resolve();
    this.#hold = null;
  }

  /**
   * Refuses requests with `ENODEV` for good, those held included: none of them was acknowledged. Resolves when those under
   * way are answered.
   */
  async shut(): Promise<void> {
    this.#shut = true;
    this.#hold?.reject(removed());
    this.#hold = null;
    await this.#inFlight.drained();
  }
}

function removed(): BlockError {
  return new BlockError('ENODEV', 'the device was removed', []);
}

function newHold(): Deferred {
  const hold = deferred();
  // Without a held request nothing else handles the rejection.
  hold.promise.catch(() => undefined);
  return hold;
}
