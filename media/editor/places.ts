import type { ViewId } from '../../src/shared/protocol';
import type { Cursor } from './cursor';
import { parseSavedState, type SavedState } from './savedState';

/** Where one is in a view. */
export interface Place {
  readonly cursor: Cursor;
  readonly topByte: number;
}

/** What VS Code keeps for a page that it takes down while it is hidden. */
export interface StateStore {
  getState(): unknown;
  setState(state: SavedState): void;
}

/**
 * The place in each view, from one opening of the document to the next and from one life of the page to the next. What
 * an earlier page left is read only at the start: later it would take the place of what this page knows better.
 */
export class Places {
  readonly #places = new Map<ViewId, Place>();
  readonly inspectorWasOpen: boolean;
  #view: ViewId | null = null;

  constructor(private readonly store: StateStore) {
    const saved = parseSavedState(store.getState());
    this.inspectorWasOpen = saved?.inspectorOpen ?? false;
    if (!saved) return;
    const { view, topByte, anchor, column } = saved;
    this.#view = view;
    this.#places.set(view, {
      cursor: { byteOffset: saved.cursor, anchor, column, secondDigit: false },
      topByte,
    });
  }

  /** The view that was shown last. */
  get view(): ViewId | null {
    return this.#view;
  }

  in(view: ViewId): Place | undefined {
    return this.#places.get(view);
  }

  /** Notes a place at once: the page is not told before it is taken down. */
  note(view: ViewId, { cursor, topByte }: Place, inspectorOpen: boolean): void {
    this.#view = view;
    this.#places.set(view, { cursor, topByte });
    const { byteOffset, anchor, column } = cursor;
    this.store.setState({ view, topByte, cursor: byteOffset, anchor, column, inspectorOpen });
  }
}
