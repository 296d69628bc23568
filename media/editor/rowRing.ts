import { element } from './dom';
import type { ScrollModel } from './geometry';
import { GridRow } from './gridRow';
import type { RowShape } from './rowShape';

/** Browsers keep ARIA counts in 32 bits. */
export const MAX_ARIA_ROWS = 2 ** 31 - 2;

/** How far rows may be from the one that positions count from: browsers lose precision far away from it. */
const MAX_ROW_DISTANCE = 10_000;

/** How long scrolling must have come to rest before the elements are put in order. */
const ORDER_AFTER_MS = 300;

/**
 * The rows in view. There are only as many as fit, used as a ring: row `n` of the view is always shown by element
 * `n` modulo their number, so that scrolling touches just the rows that come in.
 */
export class RowRing {
  readonly root = element('div', { class: 'layer', role: 'presentation' });
  #rows: GridRow[] = [];
  #shape: RowShape | null = null;
  /** The row that positions count from. */
  #baseRow = 0;
  #orderTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the rows say their numbers: not where there are more than can be told. */
  #isNumbered = true;

  /** How many rows it can show at once. */
  get size(): number {
    return this.#rows.length;
  }

  /** Has `size` rows of that shape from now on: new ones, empty, if either differs from before. */
  resize(size: number, shape: RowShape): void {
    const { bytesPerRow, grouping } = shape;
    const isSame = this.#shape?.bytesPerRow === bytesPerRow && this.#shape.grouping === grouping;
    if (this.#rows.length === size && isSame) return;
    this.#shape = shape;
    this.#rows = Array.from({ length: size }, () => new GridRow(shape));
    this.root.replaceChildren(...this.#rows.map((row) => row.root));
  }

  /** Shows the rows of the scroll position, and no others. `draw` gives each its content. */
  show(scroll: ScrollModel, draw: (row: GridRow) => void): void {
    const { firstRow, endRow, rowHeight, rowCount } = scroll;
    if (Math.abs(firstRow - this.#baseRow) > MAX_ROW_DISTANCE) this.#baseRow = firstRow;
    this.root.style.transform = `translateY(${this.#baseRow * rowHeight - scroll.top}px)`;
    const { length } = this.#rows;
    const isNumbered = rowCount < MAX_ARIA_ROWS;
    const isOther = isNumbered !== this.#isNumbered;
    this.#isNumbered = isNumbered;
    for (let index = firstRow; index < firstRow + length; index++) {
      const row = this.#rows[index % length]!;
      const shown = index < endRow ? index : -1;
      if (isOther || shown !== row.index) assign(row, shown, isNumbered);
      if (row.index < 0) continue;
      row.root.style.top = `${(index - this.#baseRow) * rowHeight}px`;
      draw(row);
    }
    clearTimeout(this.#orderTimer);
    this.#orderTimer = setTimeout(() => this.#putInOrder(), ORDER_AFTER_MS);
  }

  /** The rows that are shown, in no particular order. */
  get shown(): GridRow[] {
    return this.#rows.filter((row) => row.index >= 0);
  }

  /** Screen readers go by the order of the DOM, which the ring turns. */
  #putInOrder(): void {
    const ordered = [...this.#rows].sort((a, b) => (a.index < 0 ? 1 : b.index < 0 ? -1 : a.index - b.index));
    const elements = ordered.map((row) => row.root);
    if (elements.some((root, i) => this.root.children[i] !== root)) this.root.append(...elements);
  }
}

function assign(row: GridRow, index: number, isNumbered: boolean): void {
  row.index = index;
  row.root.hidden = index < 0;
  // Counted from 1, after the row of column headers.
  if (index >= 0 && isNumbered) row.root.setAttribute('aria-rowindex', String(index + 2));
  else row.root.removeAttribute('aria-rowindex');
}
