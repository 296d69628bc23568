import type { Cursor } from './cursor';
import type { GridRow } from './gridRow';
import { hexByte } from './numberTexts';

/**
 * The cell under the cursor, and the same byte's cell in the other column ("mirror"). The grid itself has the focus and
 * names this cell as its active descendant: rows may be rebuilt or scrolled out of view without the focus going with them.
 */
export class ActiveCell {
  #cell: HTMLElement | null = null;
  #mirror: HTMLElement | null = null;
  /** Where the cursor was, also out of view. */
  #place = '';

  constructor(private readonly grid: HTMLElement) {
    grid.tabIndex = 0;
  }

  /**
   * Moves to byte `index` of `row`, undefined if that row isn't in view. `value` is null for a byte without one.
   * @returns true if the cursor is on another cell than before
   */
  show(row: GridRow | undefined, index: number, cursor: Cursor, value: number | null): boolean {
    const place = `${cursor.column}-${cursor.byteOffset}`;
    const hasMoved = place !== this.#place;
    this.#place = place;
    const cell = row?.cell(cursor.column, index) ?? null;
    const mirror = row?.cell(cursor.column === 'hex' ? 'text' : 'hex', index) ?? null;
    for (const old of [this.#cell, this.#mirror]) {
      if (old !== cell && old !== mirror) old?.classList.remove('cursor', 'mirror');
    }
    if (this.#cell !== cell) {
      for (const name of ['id', 'aria-label', 'aria-selected']) this.#cell?.removeAttribute(name);
    }
    this.#cell = cell;
    this.#mirror = mirror;
    mirror?.classList.remove('cursor', 'second-digit');
    mirror?.classList.add('mirror');
    if (cell) this.#mark(cell, cursor, value);
    else this.grid.removeAttribute('aria-activedescendant');
    return hasMoved;
  }

  #mark(cell: HTMLElement, { column, byteOffset, secondDigit }: Cursor, value: number | null): void {
    cell.classList.remove('mirror');
    cell.classList.add('cursor');
    cell.classList.toggle('second-digit', secondDigit && column === 'hex');
    // Another place has another id: assistive technology is told even where a recycled element shows it.
    const id = `${column}-${byteOffset}`;
    cell.setAttribute('id', id);
    cell.setAttribute('aria-selected', 'true');
    // A fold says itself what it is.
    const differs = cell.classList.contains('differs') ? ', differs' : '';
    const title = cell.getAttribute('title');
    const bookmark = title === null ? '' : `, ${title}`;
    if (cell.classList.contains('fold')) cell.removeAttribute('aria-label');
    else
      cell.setAttribute('aria-label', value === null ? 'no value' : `${hexByte(value)}${differs}${bookmark}`);
    this.grid.setAttribute('aria-activedescendant', id);
  }
}
