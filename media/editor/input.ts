import type { CopyFormat } from '../../src/shared/protocol';
import { type Column, type Cursor, type Motion, motionOfKey, selectionOf } from './cursor';
import type { Grid } from './grid';

/** What keys, pointer and clipboard do. */
export interface InputActions {
  /** Null while no view is shown. */
  readonly cursor: Cursor | null;
  setCursor(cursor: Cursor): void;
  move(motion: Motion, extend: boolean): void;
  selectAll(): void;
  /** Keeps a key from VS Code until the edits before it are made. @returns false if VS Code may have it at once */
  hold(event: KeyboardEvent): boolean;
  /** Overwrites with a typed character. @returns false if the column has no use for it */
  type(character: string): boolean;
  /** Goes to where the bytes of the cursor's sector come from. */
  follow(): void;
  copy(format: CopyFormat): void;
  paste(text: string): void;
}

/** Turns keys, pointer and clipboard events of the grid into actions. */
export function listenToInput(grid: Grid, actions: InputActions): void {
  grid.root.addEventListener('keydown', (event) => {
    if (actions.hold(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (onKey(event, actions)) event.preventDefault();
  });
  listenToPointer(grid, actions);
  const inGrid = () => grid.root.contains(document.activeElement);
  document.addEventListener('copy', (event) => {
    if (!inGrid() || !actions.cursor) return;
    event.preventDefault();
    actions.copy(actions.cursor.column === 'hex' ? 'hex' : 'text');
  });
  document.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain');
    if (!inGrid() || text === undefined) return;
    event.preventDefault();
    actions.paste(text);
  });
}

/** True if the key did something. */
function onKey(event: KeyboardEvent, actions: InputActions): boolean {
  const { cursor } = actions;
  if (!cursor || event.isComposing || event.altKey) return false;
  const control = event.ctrlKey || event.metaKey;
  const motion = motionOfKey(event.key, control);
  if (motion) {
    actions.move(motion, event.shiftKey);
    return true;
  }
  if (control) {
    if (event.key.toLowerCase() !== 'a' || event.shiftKey) return false;
    actions.selectAll();
    return true;
  }
  return onPlainKey(event, cursor, actions);
}

function onPlainKey(event: KeyboardEvent, cursor: Cursor, actions: InputActions): boolean {
  switch (event.key) {
    case 'Tab': {
      const other: Column = event.shiftKey ? 'hex' : 'text';
      if (cursor.column === other) return false;
      actions.setCursor({ ...cursor, column: other, secondDigit: false });
      return true;
    }
    case 'Escape':
      actions.setCursor({ ...cursor, anchor: cursor.byteOffset, secondDigit: false });
      return true;
    case 'Enter':
      actions.follow();
      return true;
    default:
      return [...event.key].length === 1 && actions.type(event.key);
  }
}

/** How far from an edge a drag starts to scroll, and how often it does. */
const EDGE_PIXELS = 24;
const EDGE_INTERVAL_MS = 50;

function listenToPointer(grid: Grid, actions: InputActions): void {
  const { viewport } = grid;
  let column: Column | null = null;
  let point = { x: 0, y: 0 };
  let timer: ReturnType<typeof setInterval> | undefined;

  const extend = () => {
    const hit = grid.byteAt(point.x, point.y, column);
    if (hit && actions.cursor)
      actions.setCursor({ ...actions.cursor, byteOffset: hit.byteOffset, secondDigit: false });
  };
  const scrollAtEdge = () => {
    const { top, bottom } = viewport.getBoundingClientRect();
    const beyond = point.y < top + EDGE_PIXELS ? -1 : point.y > bottom - EDGE_PIXELS ? 1 : 0;
    if (beyond === 0) return;
    grid.scrollBy(beyond * grid.scroll.rowHeight * 2);
    extend();
  };
  const stop = () => {
    column = null;
    clearInterval(timer);
  };

  viewport.addEventListener('pointerdown', (event) => {
    const hit = grid.byteAt(event.clientX, event.clientY, null);
    const { cursor } = actions;
    if (!hit || !cursor || event.button === 1) return;
    const { start, end } = selectionOf(cursor);
    if (event.button === 2 && hit.byteOffset >= start && hit.byteOffset < end) return;
    event.preventDefault();
    const anchor = event.shiftKey ? cursor.anchor : hit.byteOffset;
    actions.setCursor({ byteOffset: hit.byteOffset, anchor, column: hit.column, secondDigit: false });
    grid.focus();
    if (event.button !== 0) return;
    column = hit.column;
    point = { x: event.clientX, y: event.clientY };
    timer = setInterval(scrollAtEdge, EDGE_INTERVAL_MS);
  });
  window.addEventListener('pointermove', (event) => {
    if (column === null) return;
    point = { x: event.clientX, y: event.clientY };
    extend();
  });
  window.addEventListener('pointerup', stop);
  window.addEventListener('pointercancel', stop);
}
