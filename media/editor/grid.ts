import { SECTOR_SIZE } from '../../src/shared/protocol';
import { type Block, BlockLayer } from './blocks';
import { hexByte, offsetDigits, offsetText } from './byteTexts';
import { type Column, selectionOf } from './cursor';
import { element } from './dom';
import { type BytesPerRow, type Geometry, ScrollModel } from './geometry';
import { type ByteMarks, GridRow, SectorHeading } from './gridRow';
import type { OpenView } from './openView';
import type { SectorState } from './sectorCache';

export interface GridActions {
  /** The visible sectors `[first, end)` and the direction of the last scroll. */
  sectorsShown(first: number, end: number, towards: 1 | -1): void;
  scrolled(): void;
  resized(): void;
  retry(): void;
  /** To where the sector's bytes come from. */
  follow(sector: number): void;
  /** Gives a sector that can't be read a content. */
  overwriteSector(sector: number): void;
}

/** What `when` clauses of the context menu see. */
const CONTEXT = JSON.stringify({ webviewSection: 'bytes', preventDefaultContextMenuItems: true });

/** Characters that sixteen bytes a row take beside the digits of the offset. */
const NEEDED = 75;
const NEEDED_TIGHT = 67;

/** ARIA counts are 32 bits wide in browsers. */
const MAX_ARIA_ROWS = 2 ** 31 - 2;

type ReadySector = Extract<SectorState, { state: 'ready' }>;

/**
 * The rows of bytes: only those in view are in the DOM, recycled in a ring, so that scrolling touches just the rows that
 * come in. The scroll position is the model's, since no native scrollbar reaches the end of a disk.
 */
export class Grid {
  readonly root: HTMLElement;
  readonly viewport = element('div', { class: 'viewport', role: 'rowgroup', tabindex: '-1' });
  readonly scroll = new ScrollModel(0, 20, 0);
  readonly #header = element('div', { class: 'column-header', role: 'row', 'aria-rowindex': '1' });
  readonly #layer = element('div', { class: 'layer', role: 'presentation' });
  readonly #pinned = new SectorHeading(1);
  readonly #blocks: BlockLayer;
  #rows: GridRow[] = [];
  #bytesPerRow: BytesPerRow | null = null;
  #baseRow = 0;
  #lastTop = 0;
  #activeCell: HTMLElement | null = null;
  #hasFocus = false;
  #frame = 0;
  #orderTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: () => OpenView | null,
    private readonly actions: GridActions,
  ) {
    this.#blocks = new BlockLayer(actions);
    this.#pinned.root.classList.add('pinned');
    this.#pinned.root.setAttribute('aria-hidden', 'true');
    this.viewport.append(this.#layer, this.#blocks.root, this.#pinned.root);
    this.root = element(
      'div',
      { class: 'grid', role: 'grid', 'aria-label': 'Sectors', 'data-vscode-context': CONTEXT },
      this.#header,
      this.viewport,
    );
    this.root.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.root.addEventListener('focusin', () => {
      this.#hasFocus = true;
    });
    this.root.addEventListener('focusout', (event) => {
      // A focused cell whose row is recycled loses the focus as well, but nobody left the grid.
      const recycled = event.relatedTarget === null && !(event.target as HTMLElement).checkVisibility();
      this.#hasFocus = recycled || this.root.contains(event.relatedTarget as Node | null);
    });
    this.root.addEventListener('click', (event) => {
      const heading = (event.target as HTMLElement).closest('.link')?.closest<HTMLElement>('.heading');
      if (heading) actions.follow(Number(heading.dataset.sector));
    });
    document.addEventListener('focusin', (event) => {
      if (!this.root.contains(event.target as Node | null)) this.#hasFocus = false;
    });
    new ResizeObserver(() => actions.resized()).observe(this.viewport);
  }

  /** Bytes a row for the width there is: sixteen, if need be a little closer together, else eight. */
  get fittingBytesPerRow(): BytesPerRow {
    const style = getComputedStyle(this.root);
    const characterWidth = Number.parseFloat(style.getPropertyValue('--character-width')) || 8;
    const digits = offsetDigits(this.model()?.info.byteCount ?? 0);
    const characters = this.root.clientWidth / characterWidth - digits;
    const isTight = characters >= NEEDED_TIGHT && characters < NEEDED;
    this.root.style.setProperty('--cell-characters', isTight ? '2.5' : '3');
    return characters >= NEEDED_TIGHT ? 16 : 8;
  }

  /** Measures the viewport and lays the rows out anew, at the same place. */
  layout(rowHeight: number): void {
    const model = this.model();
    const geometry = model?.geometry;
    this.root.style.setProperty('--row-height', `${rowHeight}px`);
    this.scroll.resize(geometry?.rowCount ?? 0, rowHeight, this.viewport.clientHeight);
    if (!geometry) return;
    if (this.#bytesPerRow !== geometry.bytesPerRow) this.#showHeader(geometry.bytesPerRow);
    const rowTotal = geometry.rowCount + 1;
    this.root.setAttribute('aria-rowcount', String(rowTotal > MAX_ARIA_ROWS ? -1 : rowTotal));
    this.root.setAttribute('aria-colcount', String(1 + 2 * geometry.bytesPerRow));
    this.root.style.setProperty('--bytes-per-row', String(geometry.bytesPerRow));
    this.root.style.setProperty('--offset-digits', String(offsetDigits(geometry.byteCount)));
    const needed = Math.ceil(this.scroll.viewportHeight / rowHeight) + 2;
    if (this.#rows.length !== needed || this.#bytesPerRow !== geometry.bytesPerRow) {
      this.#bytesPerRow = geometry.bytesPerRow;
      this.#rows = Array.from({ length: needed }, () => new GridRow(geometry.bytesPerRow));
      this.#layer.replaceChildren(...this.#rows.map((row) => row.root));
    }
    this.#blocks.clear();
    this.render();
  }

  /** Draws at the next frame. */
  refresh(): void {
    this.#frame ||= requestAnimationFrame(() => this.render());
  }

  scrollBy(pixels: number): void {
    this.scroll.top += pixels;
    this.refresh();
    this.actions.scrolled();
  }

  focus(): void {
    this.#hasFocus = true;
    this.#moveFocus();
  }

  /** The byte at a point of the window, as near as there is one in the given column. */
  byteAt(x: number, y: number, column: Column | null): { byteOffset: number; column: Column } | null {
    const model = this.model();
    const target = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-index]');
    const rowElement = target?.closest<HTMLElement>('.row');
    const row = this.#rows.find((candidate) => candidate.root === rowElement);
    if (!model || !target || !row || row.index < 0) return null;
    const place = model.geometry.row(row.index);
    if (place.kind !== 'bytes') return null;
    const targetColumn = target.dataset.column as Column;
    const index = Math.min(Number(target.dataset.index), place.byteCount - 1);
    return { byteOffset: place.byteOffset + index, column: column ?? targetColumn };
  }

  /** Marks bytes that just got another value, for as long as it takes to notice. */
  flash(changed: readonly (readonly [byteOffset: number, count: number])[]): void {
    const model = this.model();
    if (!model || changed.length === 0 || document.body.classList.contains('vscode-reduce-motion')) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    this.render();
    const keyframes = [{ backgroundColor: 'var(--flash)' }, {}];
    for (const row of this.#rows) {
      const place = row.index < 0 ? null : model.geometry.row(row.index);
      if (place?.kind !== 'bytes') continue;
      for (const [from, count] of changed) {
        const first = Math.max(from, place.byteOffset);
        const end = Math.min(from + count, place.byteOffset + place.byteCount);
        for (let at = first; at < end; at++) {
          row.cell('hex', at - place.byteOffset)?.animate(keyframes, { duration: 900, easing: 'ease-out' });
        }
      }
    }
  }

  render(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const model = this.model();
    if (!model || this.#rows.length === 0) return;
    const { scroll } = this;
    const { geometry, cache } = model;
    const first = scroll.firstRow;
    const end = scroll.endRow;
    const towards = scroll.top >= this.#lastTop ? 1 : -1;
    this.#lastTop = scroll.top;
    if (end > first) {
      this.actions.sectorsShown(geometry.sectorOfRow(first), geometry.sectorOfRow(end - 1) + 1, towards);
    }
    if (Math.abs(first - this.#baseRow) > 10_000) this.#baseRow = first;
    this.#layer.style.transform = `translateY(${this.#baseRow * scroll.rowHeight - scroll.top}px)`;

    const states = new Map<number, SectorState>();
    const stateOf = (sector: number): SectorState => {
      const known = states.get(sector) ?? cache.sector(sector);
      states.set(sector, known);
      return known;
    };
    const { length } = this.#rows;
    for (let row = first; row < first + length; row++) {
      this.#renderRow(this.#rows[row % length]!, row < end ? row : -1, model, stateOf);
    }
    const editable = model.info.readOnlyReason === null;
    this.#blocks.show(blocksOf(states, geometry), geometry, scroll, editable);
    this.#renderPinned(geometry, stateOf);
    this.#renderActiveCell(model);
    clearTimeout(this.#orderTimer);
    this.#orderTimer = setTimeout(() => this.#orderRows(), 300);
  }

  /**
   * Screen readers go by the order of the DOM, which recycling turns. Put right when scrolling has come to rest, moving the
   * others around the row that has the focus, since a moved element loses it.
   */
  #orderRows(): void {
    const ordered = [...this.#rows].sort((a, b) => (a.index < 0 ? 1 : b.index < 0 ? -1 : a.index - b.index));
    const elements = ordered.map((row) => row.root);
    if (elements.every((root, i) => this.#layer.children[i] === root)) return;
    const focused = elements.findIndex((root) => root.contains(document.activeElement));
    const pivot = elements[focused] ?? null;
    for (const root of elements.slice(0, Math.max(focused, 0))) this.#layer.insertBefore(root, pivot);
    this.#layer.append(...elements.slice(focused + 1));
  }

  #renderRow(row: GridRow, index: number, model: OpenView, stateOf: (sector: number) => SectorState): void {
    const { geometry, cursor } = model;
    if (index !== row.index) {
      row.index = index;
      row.root.hidden = index < 0;
      if (index >= 0 && geometry.rowCount < MAX_ARIA_ROWS)
        row.root.setAttribute('aria-rowindex', String(index + 2));
    }
    if (index < 0) return;
    row.root.style.top = `${(index - this.#baseRow) * this.scroll.rowHeight}px`;
    const place = geometry.row(index);
    const state = stateOf(place.sector);
    row.root.classList.toggle('loading', state.state === 'loading');
    if (place.kind === 'heading') {
      row.showHeading(place.sector, state);
      return;
    }
    const { start, end } = selectionOf(cursor);
    const unsaved = state.state === 'ready' ? overlapping(state, place.byteOffset, place.byteCount) : [];
    const marks = (i: number): ByteMarks => {
      const at = place.byteOffset + i;
      return {
        selected: at >= start && at < end,
        unsaved: unsaved.some(([from, count]) => at >= from && at < from + count),
      };
    };
    const readable = state.state === 'ready' && state.unreadable === null;
    const within = place.byteOffset - place.sector * SECTOR_SIZE;
    const bytes = readable ? state.bytes.subarray(within, within + place.byteCount) : null;
    row.showBytes(
      offsetText(place.byteOffset, offsetDigits(geometry.byteCount)),
      bytes,
      place.byteCount,
      marks,
    );
  }

  /** Keeps the heading of the topmost sector in sight, pushed out by the next one. */
  #renderPinned(geometry: Geometry, stateOf: (sector: number) => SectorState): void {
    const { scroll } = this;
    if (geometry.rowCount === 0) return;
    const sector = geometry.sectorOfRow(scroll.firstRow);
    this.#pinned.show(sector, stateOf(sector));
    const nextTop = geometry.headingRow(sector + 1) * scroll.rowHeight - scroll.top;
    const push = sector + 1 < geometry.sectorCount ? Math.min(0, nextTop - scroll.rowHeight) : 0;
    this.#pinned.root.style.transform = `translateY(${push}px)`;
    const atHeading = scroll.top === geometry.headingRow(sector) * scroll.rowHeight;
    this.#pinned.root.classList.toggle('floating', !atHeading);
  }

  #renderActiveCell({ geometry, cursor, cache }: OpenView): void {
    const rowIndex = geometry.byteCount > 0 ? geometry.rowOfByte(cursor.byteOffset) : -1;
    const row = this.#rows.find((candidate) => candidate.index === rowIndex && rowIndex >= 0);
    const index = cursor.byteOffset % geometry.bytesPerRow;
    const cell = row?.cell(cursor.column, index) ?? null;
    const mirror = row?.cell(cursor.column === 'hex' ? 'text' : 'hex', index) ?? null;
    for (const old of this.#layer.querySelectorAll('.cursor, .mirror')) {
      if (old !== cell && old !== mirror) old.classList.remove('cursor', 'mirror');
    }
    const left = this.#activeCell === cell ? null : this.#activeCell;
    this.#activeCell = cell;
    cell?.classList.remove('mirror');
    cell?.classList.add('cursor');
    cell?.classList.toggle('second-digit', cursor.secondDigit && cursor.column === 'hex');
    mirror?.classList.remove('cursor', 'second-digit');
    mirror?.classList.add('mirror');
    cell?.setAttribute('tabindex', '0');
    cell?.setAttribute('aria-selected', 'true');
    const value = cache.byte(cursor.byteOffset);
    cell?.setAttribute('aria-label', value === null ? 'no value' : hexByte(value));
    this.viewport.tabIndex = cell ? -1 : 0;
    if (this.#hasFocus) this.#moveFocus();
    // Only now: an element that can't have the focus any more loses it to nothing.
    for (const name of ['tabindex', 'aria-label', 'aria-selected']) left?.removeAttribute(name);
  }

  #moveFocus(): void {
    const target = this.#activeCell ?? this.viewport;
    if (document.activeElement !== target) target.focus({ preventScroll: true });
  }

  #showHeader(bytesPerRow: BytesPerRow): void {
    const hex = element('span', { class: 'hex', role: 'presentation' });
    for (let i = 0; i < bytesPerRow; i++) {
      const group = i > 0 && i % 8 === 0 ? ' group' : '';
      hex.append(element('span', { role: 'columnheader', class: `cell${group}` }, hexByte(i)));
    }
    this.#header.replaceChildren(
      element('span', { role: 'columnheader', class: 'offset' }, 'Offset'),
      hex,
      element('span', { role: 'columnheader', class: 'text', 'aria-colspan': bytesPerRow }, 'Text'),
    );
  }

  #onWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.deltaY === 0 || event.shiftKey) return;
    const unit = [1, this.scroll.rowHeight, this.scroll.viewportHeight][event.deltaMode] ?? 1;
    event.preventDefault();
    this.scrollBy(event.deltaY * unit);
  }
}

function overlapping(state: ReadySector, byteOffset: number, byteCount: number): ReadySector['unsaved'] {
  return state.unsaved.filter(([from, count]) => from < byteOffset + byteCount && from + count > byteOffset);
}

/** One block for each sector without bytes, in its own place. */
function blocksOf(states: ReadonlyMap<number, SectorState>, geometry: Geometry): Block[] {
  const blocks: Block[] = [];
  for (const [sector, state] of [...states].sort(([a], [b]) => a - b)) {
    if (sector >= geometry.sectorCount) continue;
    if (state.state === 'failed') {
      blocks.push({ sector, kind: 'failed', message: state.message });
    } else if (state.state === 'ready' && state.unreadable !== null) {
      blocks.push({ sector, kind: 'unreadable', message: state.unreadable });
    }
  }
  return blocks;
}
