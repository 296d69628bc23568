/** Who is told of changes, in the order in which they began to listen. */
export class Listeners<T> {
  readonly #listeners = new Set<(change: T) => void>();

  /** Listens until the returned value is disposed of. */
  listen(listener: (change: T) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** Tells every listener. */
  fire(change: T): void {
    for (const listener of this.#listeners) listener(change);
  }
}
