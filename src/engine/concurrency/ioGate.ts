import { BlockError } from '../errors';
import { type Deferred, deferred } from './deferred';
import { InFlight } from './inFlight';

/** Lets requests in, holds them while the device is suspended, and knows when the last one is out (R11). */
export class IoGate {
  readonly #inFlight = new InFlight();
  /** Set while requests are held. */
  #hold: Deferred | null = null;
  #holdsRequests = false;
  #shut = false;

  /** @param onHeld called when a request is held and none was before */
  constructor(private readonly onHeld: () => void = () => undefined) {}

  get isOpen(): boolean {
    return this.#hold === null && !this.#shut;
  }

  /** Whether requests wait until {@link resume}. */
  get holdsRequests(): boolean {
    return this.#holdsRequests;
  }

  /** Resolves when requests may go on; rejects with `ENODEV` when the device is removed instead. */
  whenOpen(): Promise<void> {
    if (this.#shut) return Promise.reject(removed());
    if (!this.#hold) return Promise.resolve();
    const { promise } = this.#hold;
    if (!this.#holdsRequests) {
      this.#holdsRequests = true;
      this.onHeld();
    }
    return promise;
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
    this.#holdsRequests = false;
  }

  /**
   * Refuses requests with `ENODEV` for good, those held included: none of them was acknowledged. Resolves when those under
   * way are answered.
   */
  async shut(): Promise<void> {
    this.#shut = true;
    this.#hold?.reject(removed());
    this.#hold = null;
    this.#holdsRequests = false;
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
