import { bucketOfSector, bucketSectors, type MapKind } from '../../src/shared/sectorMap';
import { drawBlock, SYMBOLS } from './blockDrawing';
import { element } from './dom';
import { bucketText, type MapContent, NO_MAP, worstOf } from './mapModel';

/** How large a block is with the gap after it, in pixels: a letter can be read in it. */
const BLOCK_PIXELS = 14;
const GAP_PIXELS = 2;

export interface BlockMapActions {
  /** Goes to what matters most in a block. With `takesFocus` the bytes get the focus. */
  goTo(kind: MapKind | null, firstSector: number, takesFocus: boolean): void;
  /** Shows more or less around a sector. */
  zoom(direction: 1 | -1, sector: number): void;
  zoomOut(): void;
  /** The chosen sector lies outside of what is shown. */
  reveal(sector: number): void;
  leave(): void;
}

type PointerPlace = Pick<MouseEvent, 'offsetX' | 'offsetY'>;

/**
 * The map as a grid of blocks: each is a run of sectors, with the colour and the letter of what matters most in it. Keys
 * move from block to block; of the grid's cells only the chosen one is an element, for assistive technology.
 */
export class BlockMap {
  readonly root: HTMLElement;
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #cell = element('div', { role: 'gridcell', 'aria-selected': 'true' });
  readonly #row = element('div', { class: 'visually-hidden', role: 'row' }, this.#cell);
  #pointer: PointerPlace | null = null;
  readonly #tip = element('div', { class: 'tooltip', role: 'presentation', hidden: true });
  #map: MapContent = NO_MAP;
  /** The sector whose block keys act on. */
  #chosen = 0;
  #cursorSector = 0;
  #columns = 1;

  constructor(private readonly actions: BlockMapActions) {
    this.root = element(
      'div',
      {
        class: 'blocks',
        role: 'grid',
        tabindex: '0',
        'aria-label': 'Map as blocks',
        'aria-readonly': 'true',
      },
      this.#canvas,
      this.#row,
      this.#tip,
    );
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.root.addEventListener('pointermove', ({ offsetX, offsetY }) => this.#point({ offsetX, offsetY }));
    this.root.addEventListener('pointerleave', () => this.#point(null));
    this.root.addEventListener('click', (event) => {
      // A click's place is rounded, and may be in the block beside the one that the tooltip names.
      const block = this.#blockAt(this.#pointer ?? event);
      if (block !== null) this.#goTo(block, false);
    });
    this.root.addEventListener('wheel', (event) => {
      event.preventDefault();
      const block = this.#blockAt(event);
      const sector = block === null ? this.#chosen : bucketSectors(block, this.#map.part).first;
      actions.zoom(event.deltaY < 0 ? 1 : -1, sector);
    });
  }

  /** How many blocks there is room for; 0 while it is hidden. */
  get capacity(): number {
    const { clientWidth, clientHeight } = this.root;
    return Math.floor(clientWidth / BLOCK_PIXELS) * Math.floor(clientHeight / BLOCK_PIXELS);
  }

  get chosenSector(): number {
    return this.#chosen;
  }

  show(map: MapContent): void {
    this.#map = map;
    this.draw();
  }

  /** The cursor's block is framed; the next key moves from there unless the map has the focus. */
  showCursor(sector: number): void {
    if (this.#cursorSector === sector) return;
    this.#cursorSector = sector;
    if (document.activeElement !== this.root) this.#chosen = sector;
    this.draw();
  }

  /** Draws the blocks for the present size and theme. */
  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.root;
    const scale = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    this.#columns = Math.max(1, Math.floor(width / BLOCK_PIXELS));
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    context.scale(scale, scale);
    const style = getComputedStyle(this.root);
    const { bucketCount } = this.#map.part;
    for (let block = 0; block < bucketCount; block++) {
      const kind = worstOf(this.#map, block);
      drawBlock(context, style, kind, this.#placeOf(block), BLOCK_PIXELS - GAP_PIXELS);
    }
    this.#frame(context, this.#cursorSector, style.getPropertyValue('--block-cursor'));
    this.#frame(context, this.#chosen, style.getPropertyValue('--block-chosen'), this.#isActive);
    this.#tellChosen();
    this.#showTip();
  }

  get #isActive(): boolean {
    return document.activeElement === this.root;
  }

  #placeOf(block: number): { x: number; y: number } {
    return {
      x: (block % this.#columns) * BLOCK_PIXELS + 1,
      y: Math.floor(block / this.#columns) * BLOCK_PIXELS + 1,
    };
  }

  /** The block of a sector, or null for one that isn't shown. */
  #blockOf(sector: number): number | null {
    const { firstSector, sectorCount } = this.#map.part;
    if (sector < firstSector || sector >= firstSector + sectorCount) return null;
    return bucketOfSector(sector, this.#map.part);
  }

  #frame(context: CanvasRenderingContext2D, sector: number, color: string, isShown = true): void {
    const block = this.#blockOf(sector);
    if (block === null || !isShown) return;
    const { x, y } = this.#placeOf(block);
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, BLOCK_PIXELS, BLOCK_PIXELS);
  }

  /** Says which block is chosen, and what is in it. */
  #tellChosen(): void {
    const { bucketCount } = this.#map.part;
    this.root.setAttribute('aria-colcount', String(this.#columns));
    this.root.setAttribute('aria-rowcount', String(Math.max(1, Math.ceil(bucketCount / this.#columns))));
    const block = this.#blockOf(this.#chosen);
    if (block === null) {
      this.root.removeAttribute('aria-activedescendant');
      return;
    }
    const id = `block-${this.#map.part.sectorCount}-${block}`;
    this.#row.setAttribute('aria-rowindex', String(Math.floor(block / this.#columns) + 1));
    this.#cell.setAttribute('aria-colindex', String((block % this.#columns) + 1));
    this.#cell.setAttribute('id', id);
    this.#cell.textContent = bucketText(this.#map, block);
    this.root.setAttribute('aria-activedescendant', id);
  }

  #blockAt({ offsetX, offsetY }: PointerPlace): number | null {
    const column = Math.floor(offsetX / BLOCK_PIXELS);
    const block = Math.floor(offsetY / BLOCK_PIXELS) * this.#columns + column;
    return column < this.#columns && block < this.#map.part.bucketCount ? block : null;
  }

  #point(place: PointerPlace | null): void {
    this.#pointer = place;
    this.#showTip();
  }

  /** Says what is under the pointer, also when another part or other blocks are shown there than before. */
  #showTip(): void {
    const block = this.#pointer && this.#blockAt(this.#pointer);
    this.#tip.hidden = block === null;
    if (block === null) return;
    this.#tip.textContent = bucketText(this.#map, block);
    const { x, y } = this.#placeOf(block);
    const { offsetWidth, offsetHeight } = this.#tip;
    const below = y + BLOCK_PIXELS + 2;
    const top = below + offsetHeight > this.root.clientHeight ? y - offsetHeight - 4 : below;
    this.#tip.style.left = `${Math.max(0, Math.min(x, this.root.clientWidth - offsetWidth))}px`;
    this.#tip.style.top = `${Math.max(0, top)}px`;
  }

  #goTo(block: number, takesFocus: boolean): void {
    const { first } = bucketSectors(block, this.#map.part);
    this.#chosen = first;
    this.actions.goTo(worstOf(this.#map, block), first, takesFocus);
    this.draw();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { bucketCount } = this.#map.part;
    const block = this.#blockOf(this.#chosen) ?? 0;
    const pageBlocks = Math.max(this.#columns, Math.floor(bucketCount / 4 / this.#columns) * this.#columns);
    const places: Record<string, number> = {
      ArrowLeft: block - 1,
      ArrowRight: block + 1,
      ArrowUp: block - this.#columns,
      ArrowDown: block + this.#columns,
      PageUp: block - pageBlocks,
      PageDown: block + pageBlocks,
      Home: 0,
      End: bucketCount - 1,
    };
    const place = places[event.key];
    if (place !== undefined) this.#choose(place);
    else if (event.key === 'Enter') this.#goTo(block, true);
    else if (event.key === 'Escape') this.actions.leave();
    else if (event.key === '+' || event.key === '=') this.actions.zoom(1, this.#chosen);
    else if (event.key === '-') this.actions.zoom(-1, this.#chosen);
    else if (event.key === '0') this.actions.zoomOut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Chooses a block, which may lie before or after those that are shown. */
  #choose(block: number): void {
    const { part } = this.#map;
    const { first } = bucketSectors(block, part);
    this.#chosen = first;
    this.draw();
    if (block < 0 || block >= part.bucketCount) this.actions.reveal(first);
  }
}

/** The symbol of a kind as an element, for the legend. */
export function symbolOf(kind: MapKind): HTMLElement {
  return element('span', { class: `block-symbol block-${kind}`, 'aria-hidden': 'true' }, SYMBOLS[kind]);
}
