import type { ClipboardFormat } from '../../src/shared/protocol';
import { type Column, type Cursor, type Motion, motionOfKey, placedAt } from './cursor';
import type { Grid } from './grid';
import { latinKey, typedCharacter } from './keys';
import { type PointerActions, PointerSelection } from './pointerSelection';

/** What keys, pointer and clipboard do. */
export interface InputActions extends PointerActions {
  move(motion: Motion, extend: boolean): void;
  selectAll(): void;
  /** Keeps a key for undo, redo or save from VS Code, to run its command in turn. @returns false for any other key */
  hold(event: KeyboardEvent): boolean;
  /** Overwrites with a typed character. @returns false if the column has no use for it */
  type(character: string): boolean;
  /** Takes the first digit of a byte back. @returns false if none was typed */
  takeDigitBack(): boolean;
  /** Goes to where the bytes of the cursor's sector come from. */
  follow(): void;
  copy(format: ClipboardFormat): void;
  paste(text: string): void;
  /** Has the person asked for the form in which the clipboard is to be pasted. */
  pasteAs(): void;
}

/**
 * Turns keys, pointer and clipboard events of the grid into actions. Keys that come while no part of the page has the
 * focus are the grid's: a control that had it may be gone. Undo, redo and save are about the bytes from every part.
 */
export function listenToInput(grid: Grid, actions: InputActions, isMac: boolean): void {
  const isGrids = () => {
    if (document.activeElement === document.body) grid.focus();
    return document.activeElement === grid.root;
  };
  document.addEventListener('keydown', (event) => {
    // The "go to" box gives the focus to the grid with the Enter that it takes: that is no key of the grid.
    if (event.defaultPrevented) return;
    if (actions.hold(event) || (isGrids() && takesPasteAs(event, actions))) {
      event.preventDefault();
      event.stopPropagation();
    } else if (isGrids() && onKey(event, actions, isMac)) event.preventDefault();
  });
  new PointerSelection(grid, actions).listen();
  document.addEventListener('copy', (event) => {
    if (!isGrids() || !actions.cursor) return;
    event.preventDefault();
    actions.copy(actions.cursor.column === 'hex' ? 'hex' : 'text');
  });
  document.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain');
    if (!isGrids() || text === undefined) return;
    event.preventDefault();
    actions.paste(text);
  });
}

/** VS Code gets no key with which a browser pastes: Ctrl+Shift+V would be a plain paste. @returns true if it is that key */
function takesPasteAs(event: KeyboardEvent, { pasteAs }: InputActions): boolean {
  const isKey =
    (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey && latinKey(event) === 'v';
  if (isKey) pasteAs();
  return isKey;
}

/** True if the key did something. */
function onKey(event: KeyboardEvent, actions: InputActions, isMac: boolean): boolean {
  const { cursor } = actions;
  if (!cursor || event.isComposing) return false;
  const character = typedCharacter(event, isMac);
  if (character !== null) {
    // A digit may also be the Latin letter of the key's place.
    return actions.type(cursor.column === 'hex' && !event.altKey ? latinKey(event) : character);
  }
  if (event.altKey) return false;
  const control = event.ctrlKey || event.metaKey;
  const motion = motionOfKey(event.key, control);
  if (motion) {
    actions.move(motion, event.shiftKey);
    return true;
  }
  if (!control) return onPlainKey(event, cursor, actions);
  if (latinKey(event) !== 'a' || event.shiftKey) return false;
  actions.selectAll();
  return true;
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
      if (!actions.takeDigitBack()) actions.setCursor(placedAt(cursor, cursor.byteOffset));
      return true;
    case 'Enter':
      actions.follow();
      return true;
    default:
      return false;
  }
}
