import type { SourceChange } from './sectorSource';

/**
 * The listeners of a source. One that begins to listen after the source is gone is told so, because no other change
 * will come any more.
 */
export class SourceListeners {
  readonly #listeners = new Set<(change: SourceChange) => void>();
  #gone: SourceChange | null = null;

  /** Listens until the returned function is called. */
  listen(listener: (change: SourceChange) => void): () => void {
    this.#listeners.add(listener);
    const gone = this.#gone;
    if (gone) queueMicrotask(() => this.#listeners.has(listener) && listener(gone));
    return () => this.#listeners.delete(listener);
  }

  /** Tells every listener. */
  fire(change: SourceChange): void {
    if (change.kind === 'gone') this.#gone = change;
    for (const listener of [...this.#listeners]) listener(change);
  }
}
