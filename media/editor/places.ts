import type { ViewId } from '../../src/shared/protocol';
import type { Cursor } from './cursor';
import { PlaceHistory } from './placeHistory';
import { parseSavedState, type SavedState } from './savedState';

/** A place in a view: the cursor, and the byte at the top of the viewport. */
export interface Place {
  readonly cursor: Cursor;
  readonly topByte: number;
}

/** The state that VS Code keeps for a page while it is taken down. */
export interface StateStore {
  getState(): unknown;
  setState(state: SavedState): void;
}

/**
 * The place in each view, kept while other views are shown; the last one also survives when VS Code takes the page
 * down. What an earlier page saved is read only at the start, because this page knows its own places better.
 */
export class Places {
  readonly #places = new Map<ViewId, Place>();
  readonly inspectorWasOpen: boolean;
  readonly history: PlaceHistory;
  #view: ViewId | null = null;

  constructor(private readonly store: StateStore) {
    const saved = parseSavedState(store.getState());
    this.inspectorWasOpen = saved?.inspectorOpen ?? false;
    this.history = new PlaceHistory(saved?.stops);
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

  /** The place in a view, or undefined if it was never shown. */
  in(view: ViewId): Place | undefined {
    return this.#places.get(view);
  }

  /** Saves a place. Called at every move, because VS Code takes the page down without telling it before. */
  save(view: ViewId, { cursor, topByte }: Place, inspectorOpen: boolean): void {
    this.#view = view;
    this.#places.set(view, { cursor, topByte });
    const { byteOffset, anchor, column } = cursor;
    const { stops } = this.history;
    this.store.setState({ view, topByte, cursor: byteOffset, anchor, column, inspectorOpen, stops });
  }
}
