import { type Column, type Cursor, selectionOf } from './cursor';
import type { Grid } from './grid';

/** What the pointer does. */
export interface PointerActions {
  /** Null while no view is shown. */
  readonly cursor: Cursor | null;
  setCursor(cursor: Cursor): void;
}

/** How far from an edge of the viewport a drag scrolls, and how often it does. */
const EDGE_PIXELS = 24;
const EDGE_INTERVAL_MS = 50;

/** Places the cursor at a click, and selects at a drag or with Shift. A drag near an edge scrolls. */
export class PointerSelection {
  /** The column in which a drag began; null while there is none. */
  #column: Column | null = null;
  #point = { x: 0, y: 0 };
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly grid: Pick<Grid, 'viewport' | 'scroll' | 'byteAt' | 'scrollBy' | 'focus'>,
    private readonly actions: PointerActions,
  ) {}

  /** Follows the pointer from now on. */
  listen(): void {
    this.grid.viewport.addEventListener('pointerdown', (event) => this.#onDown(event));
    window.addEventListener('pointermove', (event) => this.#onMove(event));
    window.addEventListener('pointerup', () => this.#endDrag());
    window.addEventListener('pointercancel', () => this.#endDrag());
  }

  #onDown(event: PointerEvent): void {
    const hit = this.grid.byteAt(event.clientX, event.clientY, null);
    const { cursor } = this.actions;
    if (!hit || !cursor || event.button === 1) return;
    // The context menu acts on the selection that was clicked.
    const { start, end } = selectionOf(cursor);
    if (event.button === 2 && hit.byteOffset >= start && hit.byteOffset < end) return;
    event.preventDefault();
    const anchor = event.shiftKey ? cursor.anchor : hit.byteOffset;
    this.actions.setCursor({ byteOffset: hit.byteOffset, anchor, column: hit.column, secondDigit: false });
    this.grid.focus();
    if (event.button !== 0) return;
    this.#column = hit.column;
    this.#point = { x: event.clientX, y: event.clientY };
    this.#timer = setInterval(() => this.#scrollAtEdge(), EDGE_INTERVAL_MS);
  }

  #onMove(event: PointerEvent): void {
    if (this.#column === null) return;
    this.#point = { x: event.clientX, y: event.clientY };
    this.#extend();
  }

  #endDrag(): void {
    this.#column = null;
    clearInterval(this.#timer);
  }

  /** Selects up to the byte under the pointer. */
  #extend(): void {
    const hit = this.grid.byteAt(this.#point.x, this.#point.y, this.#column);
    const { cursor } = this.actions;
    if (hit && cursor) this.actions.setCursor({ ...cursor, byteOffset: hit.byteOffset, secondDigit: false });
  }

  #scrollAtEdge(): void {
    const { top, bottom } = this.grid.viewport.getBoundingClientRect();
    const { y } = this.#point;
    const beyond = y < top + EDGE_PIXELS ? -1 : y > bottom - EDGE_PIXELS ? 1 : 0;
    if (beyond === 0) return;
    this.grid.scrollBy(beyond * this.grid.scroll.rowHeight * 2);
    this.#extend();
  }
}
