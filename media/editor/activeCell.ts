import type { Cursor } from './cursor';
import type { GridRow } from './gridRow';
import { hexByte } from './numberTexts';

/** The cell under the cursor, the same byte's cell in the other column ("mirror"), and the focus of the grid. */
export class ActiveCell {
  #cell: HTMLElement | null = null;
  #mirror: HTMLElement | null = null;
  #hasFocus = false;

  /** @param viewport gets the focus while the cursor's row is not in view */
  constructor(
    grid: HTMLElement,
    private readonly viewport: HTMLElement,
  ) {
    grid.addEventListener('focusin', () => {
      this.#hasFocus = true;
    });
    grid.addEventListener('focusout', (event) => {
      // A focused cell whose row is recycled loses the focus as well, but the focus did not leave the grid.
      const isRecycled = event.relatedTarget === null && !(event.target as HTMLElement).checkVisibility();
      this.#hasFocus = isRecycled || grid.contains(event.relatedTarget as Node | null);
    });
    document.addEventListener('focusin', (event) => {
      if (!grid.contains(event.target as Node | null)) this.#hasFocus = false;
    });
  }

  /** Moves to byte `index` of `row`, undefined if that row isn't in view. `value` is null for a byte without one. */
  show(row: GridRow | undefined, index: number, cursor: Cursor, value: number | null): void {
    const cell = row?.cell(cursor.column, index) ?? null;
    const mirror = row?.cell(cursor.column === 'hex' ? 'text' : 'hex', index) ?? null;
    for (const old of [this.#cell, this.#mirror]) {
      if (old !== cell && old !== mirror) old?.classList.remove('cursor', 'mirror');
    }
    const left = this.#cell === cell ? null : this.#cell;
    this.#cell = cell;
    this.#mirror = mirror;
    cell?.classList.remove('mirror');
    cell?.classList.add('cursor');
    cell?.classList.toggle('second-digit', cursor.secondDigit && cursor.column === 'hex');
    mirror?.classList.remove('cursor', 'second-digit');
    mirror?.classList.add('mirror');
    cell?.setAttribute('tabindex', '0');
    cell?.setAttribute('aria-selected', 'true');
    cell?.setAttribute('aria-label', value === null ? 'no value' : hexByte(value));
    this.viewport.tabIndex = cell ? -1 : 0;
    if (this.#hasFocus) this.#moveFocus();
    // After the focus has moved: an element without a tabindex can't keep it.
    for (const name of ['tabindex', 'aria-label', 'aria-selected']) left?.removeAttribute(name);
  }

  /** Takes the focus, and keeps it through scrolling. */
  focus(): void {
    this.#hasFocus = true;
    this.#moveFocus();
  }

  #moveFocus(): void {
    const wanted = this.#cell ?? this.viewport;
    if (document.activeElement !== wanted) wanted.focus({ preventScroll: true });
  }
}
