import { BlockError } from '../errors';
import { type Deferred, deferred } from './deferred';
import { InFlight } from './inFlight';
import { SerialQueue } from './serialQueue';

/**
 * Lets requests in, holds them while the device is suspended or work needs it at rest, and knows when the last one is
 * out (R11).
 */
export class IoGate {
  readonly #inFlight = new InFlight();
  /** Set while requests are held. */
  #hold: Deferred | null = null;
  #hasHeld = false;
  #isSuspended = false;
  #isAtWork = false;
  #shut = false;
  /** One work at a time has the device at rest. */
  readonly #works = new SerialQueue();

  /** @param onHeld called when a request is held by a suspension and none was before */
  constructor(private readonly onHeld: () => void = () => undefined) {}

  get isOpen(): boolean {
    return this.#hold === null && !this.#shut;
  }

  /** From {@link suspend} until {@link resume}, and for good once it is shut. */
  get isSuspended(): boolean {
    return this.#isSuspended || this.#shut;
  }

  /** Whether requests wait until {@link resume}. */
  get holdsRequests(): boolean {
    return this.#isSuspended && this.#hasHeld;
  }

  /** Resolves when requests may go on; rejects with `ENODEV` when the device is removed instead. */
  whenOpen(): Promise<void> {
    if (this.#shut) return Promise.reject(removed());
    if (!this.#hold) return Promise.resolve();
    const { promise } = this.#hold;
    const heldBefore = this.holdsRequests;
    this.#hasHeld = true;
    if (this.holdsRequests && !heldBefore) this.onHeld();
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
   * Holds new requests; resolves when those under way are answered, and the work that {@link whileAtRest} does is done.
   * @returns whether this call suspended: only the caller that did so resumes
   */
  async suspend(): Promise<boolean> {
    const isOurs = !this.isSuspended;
    if (isOurs) {
      this.#isSuspended = true;
      this.#hold ??= newHold();
      if (this.#hasHeld) this.onHeld();
    }
    await this.#inFlight.drained();
    await this.#works.idle();
    return isOurs;
  }

  /** Lets held requests go on; while a work needs the device at rest, after that. */
  resume(): void {
    this.#isSuspended = false;
    this.#openUnlessNeeded();
  }

  /**
   * Does work while no request is under way: new ones wait until it is done, even if {@link resume} is called before that.
   * Works wait for each other.
   * @throws BlockError `ENODEV` once the device was removed
   */
  whileAtRest<T>(work: () => Promise<T>): Promise<T> {
    return this.#works.run(async () => {
      if (this.#shut) throw removed();
      this.#isAtWork = true;
      this.#hold ??= newHold();
      try {
        await this.#inFlight.drained();
        return await work();
      } finally {
        this.#isAtWork = false;
        this.#openUnlessNeeded();
      }
    });
  }

  /**
   * Refuses requests with `ENODEV` for good, those held included: none of them was acknowledged. Resolves when those under
   * way are answered, and the work of {@link whileAtRest} is done.
   */
  async shut(): Promise<void> {
    this.#shut = true;
    this.#hold?.reject(removed());
    this.#hold = null;
    this.#hasHeld = false;
    await this.#inFlight.drained();
    await this.#works.idle();
  }

  #openUnlessNeeded(): void {
    if (this.#isSuspended || this.#isAtWork) return;
    this.#hold?.resolve();
    this.#hold = null;
    this.#hasHeld = false;
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
