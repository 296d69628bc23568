import type { SourceChange } from './source';

/** Listeners of a source. One that comes when the source is gone is told so: else it would wait for ever. */
export class Changes {
  readonly #listeners = new Set<(change: SourceChange) => void>();
  #gone: SourceChange | null = null;

  listen(listener: (change: SourceChange) => void): () => void {
    this.#listeners.add(listener);
    const gone = this.#gone;
    if (gone) queueMicrotask(() => this.#listeners.has(listener) && listener(gone));
    return () => this.#listeners.delete(listener);
  }

  fire(change: SourceChange): void {
    if (change.kind === 'gone') this.#gone = change;
    for (const listener of [...this.#listeners]) listener(change);
  }
}
