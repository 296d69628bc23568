import { type Deferred, deferred } from './deferred';

/** Counts the requests in flight of a device, so that closing or suspending it can wait for them. */
export class InFlight {
  #count = 0;
  #drained: Deferred | null = null;

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count > 0 || !this.#drained) return;
    this.#drained.resolve();
    this.#drained = null;
  }

  /** Counts a request that has begun until it settles. Answers the same promise: a new one would settle a turn later. */
  add<T>(request: Promise<T>): Promise<T> {
    this.begin();
    const end = (): void => this.end();
    request.then(end, end);
    return request;
  }

  /** Counts a request from the call until it settles. */
  async during<T>(request: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await request();
    } finally {
      this.end();
    }
  }

  /** Resolves as soon as no request is in flight. */
  drained(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    this.#drained ??= deferred();
    return this.#drained.promise;
  }
}
