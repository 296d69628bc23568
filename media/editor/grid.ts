import { DEFAULT_DISPLAY, type Display } from '../../src/shared/display';
import { SECTOR_SIZE } from '../../src/shared/protocol';
import { ActiveCell } from './activeCell';
import type { Column } from './cursor';
import { element } from './dom';
import { foldText } from './folds';
import { type BytesPerRow, ScrollModel } from './geometry';
import {
  headedSectors,
  headedState,
  joinedRow,
  pinnedPlace,
  placeholdersOf,
  rowBytes,
  sectorParts,
} from './gridContent';
import { type GridRow, groupClass } from './gridRow';
import { columnText, offsetDigits } from './numberTexts';
import type { OpenView } from './openView';
import { PlaceholderLayer } from './placeholders';
import { MAX_ARIA_ROWS, RowRing } from './rowRing';
import { fittingShape, hexCharacters, type RowShape, rowCharacters } from './rowShape';
import type { SectorState } from './sectorCache';
import { SectorHeading } from './sectorHeading';

export interface GridActions {
  /**
   * Sectors of these runs `[first, end)` are in view; `towards` is the direction of the last scroll. What is at the cursor is
   * told also where its sector isn't in view.
   */
  sectorsShown(
    runs: readonly (readonly [first: number, end: number])[],
    towards: 1 | -1,
    cursorSector: number,
  ): void;
  /** Opens the fold that begins at a sector. */
  openFold(sector: number): void;
  scrolled(): void;
  resized(): void;
  /** Reads again what failed. */
  retry(): void;
  /** Goes to where the sector's bytes come from. */
  follow(sector: number): void;
  /** Gives an unreadable sector zeros that can be edited and saved. */
  overwriteSector(sector: number): void;
}

/** What the `when` clauses of the context menu see. */
const CONTEXT = JSON.stringify({ webviewSection: 'bytes', preventDefaultContextMenuItems: true });

/** How long bytes that changed are marked. */
const FLASH_MS = 900;

/**
 * The grid of bytes: headings, rows and placeholders of the sectors in view. The scroll position is that of
 * `ScrollModel`, since no native scrollbar reaches the end of a large disk.
 */
export class Grid {
  readonly root: HTMLElement;
  readonly viewport = element('div', { class: 'viewport', role: 'rowgroup' });
  readonly scroll = new ScrollModel(0, 20, 0);
  readonly #header = element('div', { class: 'column-header', role: 'row', 'aria-rowindex': '1' });
  readonly #rows = new RowRing();
  readonly #pinned = new SectorHeading(1);
  readonly #placeholders: PlaceholderLayer;
  readonly #activeCell: ActiveCell;
  #isSuspended = false;
  #display: Display = DEFAULT_DISPLAY;
  /** How the rows look at the present width. */
  #shape: RowShape = fittingShape(0, DEFAULT_DISPLAY);
  /** Whether a row is wider than the grid, which scrolls sideways then. */
  #isTooWide = false;
  #lastTop = 0;
  /** The direction of the last scroll. */
  #towards: 1 | -1 = 1;
  #frame = 0;

  /** @param open the view that is shown now, or null */
  constructor(
    private readonly open: () => OpenView | null,
    private readonly actions: GridActions,
  ) {
    this.#placeholders = new PlaceholderLayer(actions);
    this.#pinned.root.classList.add('pinned');
    this.#pinned.root.setAttribute('aria-hidden', 'true');
    this.viewport.append(this.#rows.root, this.#placeholders.root, this.#pinned.root);
    this.root = element(
      'div',
      { class: 'grid', role: 'grid', 'aria-label': 'Sectors', 'data-vscode-context': CONTEXT },
      this.#header,
      this.viewport,
    );
    this.#activeCell = new ActiveCell(this.root);
    this.root.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.root.addEventListener('click', (event) => {
      const heading = (event.target as HTMLElement).closest('.link')?.closest<HTMLElement>('.heading');
      if (heading) actions.follow(Number(heading.dataset.sector));
      const fold = (event.target as HTMLElement).closest<HTMLElement>('.fold');
      if (fold) actions.openFold(Number(fold.dataset.sector));
    });
    new ResizeObserver(() => actions.resized()).observe(this.viewport);
  }

  /** Shows bytes in this way from the next layout on. */
  set display(display: Display) {
    this.#display = display;
  }

  get display(): Display {
    return this.#display;
  }

  /** How many bytes a row shows, which may depend on the present width; also sets how close together they are. */
  get fittingBytesPerRow(): BytesPerRow {
    const style = getComputedStyle(this.root);
    const characterWidth = Number.parseFloat(style.getPropertyValue('--character-width')) || 8;
    const byteCount = this.open()?.info.byteCount ?? 0;
    const characters =
      this.root.clientWidth / characterWidth -
      offsetDigits(byteCount, this.#display.offsets, this.#display.sectorSize);
    this.#shape = fittingShape(characters, this.#display);
    this.#isTooWide = rowCharacters(this.#shape) > characters;
    return this.#shape.bytesPerRow;
  }

  /** Measures the viewport and lays the rows out anew, at the same scroll position. */
  layout(rowHeight: number): void {
    const geometry = this.open()?.geometry;
    this.root.style.setProperty('--row-height', `${rowHeight}px`);
    this.scroll.resize(geometry?.rowCount ?? 0, rowHeight, this.viewport.clientHeight);
    if (!geometry) return;
    const { bytesPerRow } = geometry;
    const shape = { ...this.#shape, bytesPerRow };
    this.#showHeader(shape);
    const rowTotal = geometry.rowCount + 1;
    this.root.setAttribute('aria-rowcount', String(rowTotal > MAX_ARIA_ROWS ? -1 : rowTotal));
    this.root.setAttribute('aria-colcount', String(1 + 2 * bytesPerRow));
    this.root.style.setProperty('--cell-characters', String(shape.cellCharacters));
    this.root.style.setProperty('--bytes-per-row', String(bytesPerRow));
    this.root.style.setProperty('--hex-characters', String(hexCharacters(shape)));
    const digits = offsetDigits(geometry.byteCount, this.#display.offsets, this.#display.sectorSize);
    this.root.style.setProperty('--offset-digits', String(digits));
    this.#rows.resize(Math.ceil(this.scroll.viewportHeight / rowHeight) + 2, shape);
    this.#placeholders.clear();
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

  /** Takes the focus, and keeps it through scrolling and whenever its rows are made anew. */
  focus(): void {
    this.root.focus({ preventScroll: true });
  }

  /** The byte at a point of the window, or null. With a column given, its byte in that column. */
  byteAt(x: number, y: number, column: Column | null): { byteOffset: number; column: Column } | null {
    const open = this.open();
    const cell = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-index]');
    const rowElement = cell?.closest<HTMLElement>('.row');
    const row = this.#rows.shown.find((candidate) => candidate.root === rowElement);
    if (!open || !cell || !row) return null;
    const content = open.geometry.row(row.index);
    if (content.kind !== 'bytes') return null;
    const index = Math.min(Number(cell.dataset.index), content.byteCount - 1);
    return { byteOffset: content.byteOffset + index, column: column ?? (cell.dataset.column as Column) };
  }

  /** Marks bytes that just got another value for a moment, unless the person wants no motion. */
  flash(changed: readonly (readonly [byteOffset: number, count: number])[]): void {
    const open = this.open();
    if (!open || changed.length === 0 || document.body.classList.contains('vscode-reduce-motion')) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    this.render();
    const keyframes = [{ backgroundColor: 'var(--flash)' }, {}];
    for (const row of this.#rows.shown) {
      const content = open.geometry.row(row.index);
      if (content.kind !== 'bytes') continue;
      const { byteOffset, byteCount } = content;
      for (const [from, count] of changed) {
        const end = Math.min(from + count, byteOffset + byteCount);
        for (let at = Math.max(from, byteOffset); at < end; at++) {
          const cell = row.cell('hex', at - byteOffset);
          cell?.animate(keyframes, { duration: FLASH_MS, easing: 'ease-out' });
        }
      }
    }
  }

  /** Draws what is in view now, and says which sectors those are. */
  render(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const open = this.open();
    if (!open || this.#rows.size === 0) return;
    const { geometry } = open;
    this.tellSectorsShown();

    const states = new Map<number, SectorState>();
    const stateOf = (sector: number): SectorState => {
      const state = states.get(sector) ?? open.cache.sector(sector);
      states.set(sector, state);
      return state;
    };
    this.#rows.show(this.scroll, (row) => drawRow(row, open, stateOf, this.#display));
    const placeholders = placeholdersOf(states, geometry.diskSectorCount, this.#isSuspended);
    this.#placeholders.show(placeholders, geometry, this.scroll, open.info.readOnlyReason === null);
    if (geometry.rowCount > 0) this.#drawPinned(open, stateOf);
    this.#showActiveCell(open);
  }

  /** Says which sectors are in view now, so that what is missing of them is asked for before the next frame. */
  tellSectorsShown(): void {
    const open = this.open();
    const { top, firstRow, endRow } = this.scroll;
    if (top !== this.#lastTop) this.#towards = top > this.#lastTop ? 1 : -1;
    this.#lastTop = top;
    if (!open || endRow <= firstRow) return;
    const { geometry, cursor } = open;
    const runs = geometry.sectorsOfRows(firstRow, endRow);
    this.actions.sectorsShown(runs, this.#towards, Math.floor(cursor.byteOffset / SECTOR_SIZE));
  }

  /** Says of sectors that can't be read now whether they wait for the device to be resumed. */
  showSuspended(isSuspended: boolean): void {
    this.#isSuspended = isSuspended;
    this.refresh();
  }

  #drawPinned(open: OpenView, stateOf: (sector: number) => SectorState): void {
    const { sector, push, isFloating } = pinnedPlace(open.geometry, this.scroll);
    const at = sector * open.geometry.sectorSize;
    this.#pinned.show(...headingAt(at, open, headedState(open.geometry, at, stateOf), this.#display));
    this.#pinned.root.style.transform = `translateY(${push}px)`;
    this.#pinned.root.classList.toggle('floating', isFloating);
  }

  #showActiveCell({ geometry, cursor, cache }: OpenView): void {
    const rowIndex = geometry.byteCount > 0 ? geometry.rowOfByte(cursor.byteOffset) : -1;
    const row = this.#rows.shown.find(({ index }) => index === rowIndex);
    const index = geometry.indexInRow(cursor.byteOffset);
    const hasMoved = this.#activeCell.show(row, index, cursor, cache.byte(cursor.byteOffset));
    if (hasMoved && this.#isTooWide) this.#revealSideways(row?.cell(cursor.column, index));
  }

  /** Scrolls sideways as little as possible so that a cell is whole. */
  #revealSideways(cell: HTMLElement | undefined): void {
    if (!cell) return;
    const { left, right } = cell.getBoundingClientRect();
    const room = this.root.getBoundingClientRect();
    if (left < room.left) this.root.scrollLeft -= room.left - left;
    else if (right > room.right) this.root.scrollLeft += right - room.right;
  }

  #showHeader({ bytesPerRow, grouping }: RowShape): void {
    const { offsets } = this.#display;
    const key = `${bytesPerRow} ${grouping} ${offsets}`;
    if (this.#header.dataset.shows === key) return;
    this.#header.dataset.shows = key;
    const hex = element('span', { class: 'hex', role: 'presentation' });
    for (let i = 0; i < bytesPerRow; i++) {
      const className = `cell${groupClass(i, grouping)}`;
      hex.append(element('span', { role: 'columnheader', class: className }, columnText(i, offsets)));
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

function drawRow(
  row: GridRow,
  open: OpenView,
  stateOf: (sector: number) => SectorState,
  display: Display,
): void {
  const content = open.geometry.row(row.index);
  if (content.kind === 'fold') {
    row.showFold(foldText(content.fold, open.geometry.sectorSize, display.sectorSize), content.sector);
    return;
  }
  if (content.kind === 'heading') {
    const state = headedState(open.geometry, content.byteOffset, stateOf);
    row.root.classList.toggle('loading', state.state === 'loading');
    row.showHeading(...headingAt(content.byteOffset, open, state, display));
    return;
  }
  const parts = sectorParts(content).map((part) => ({ part, state: stateOf(part.sector) }));
  row.root.classList.toggle('loading', parts[0]!.state.state === 'loading');
  const shown = parts.map(({ part, state }) =>
    rowBytes(part, state, open.cursor, open.info.byteCount, display, open.fields, open.bookmarks),
  );
  row.showBytes(shown.length === 1 ? shown[0]! : joinedRow(shown));
}

/** What the heading of the sector that begins at a byte shows. */
function headingAt(
  byteOffset: number,
  open: OpenView,
  state: SectorState,
  { sectorSize }: Display,
): Parameters<SectorHeading['show']> {
  const [first, end] = headedSectors(open.geometry, byteOffset);
  const owner = open.ownerOf(first) || open.ownerOf(end - 1);
  const bookmarks = open.bookmarks.within(byteOffset, byteOffset + open.geometry.sectorSize);
  return [byteOffset, state, owner, sectorSize, bookmarks];
}
