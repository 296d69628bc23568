import type { SourceChange } from './source';

/** Listeners of a source. */
export class Changes {
  readonly #listeners = new Set<(change: SourceChange) => void>();

  listen(listener: (change: SourceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  fire(change: SourceChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
