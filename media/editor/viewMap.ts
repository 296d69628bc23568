import { element, icon } from './dom';
import { bucketSectors, bucketWords, type MarkKind, marksOf, withMatches } from './mapModel';
import { decimal } from './numberTexts';

/** Which part of the view is in the viewport. */
export interface MapPosition {
  readonly sectorCount: number;
  /** Sectors `[first, end)` in the viewport, with fractions. */
  readonly first: number;
  readonly end: number;
  /** The scroll position: 0 at the top, 1 at the bottom. */
  readonly fraction: number;
}

export interface MapActions {
  /** Scrolls to this fraction of the way, 0 to 1. */
  scrollTo(fraction: number): void;
  scrollBy(viewports: number): void;
  /** Goes to the bucket that was clicked, which has these `MapFlag` bits. */
  goToMark(flags: number, firstSector: number): void;
}

/** Smallest heights in pixels. */
const MIN_THUMB = 18;
const MIN_MARK = 3;

/** The map of the whole view at the side of the grid, which is its scrollbar, too. */
export class ViewMap {
  readonly root: HTMLElement;
  /** The icons of the lanes, for the head of the map. */
  readonly legend = element('div', { class: 'map-legend', 'aria-hidden': 'true' });
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #thumb = element('div', { class: 'map-thumb' });
  readonly #tip = element('div', { class: 'tooltip', role: 'presentation', hidden: true });
  /** Without matches. */
  #bare: Uint8Array = new Uint8Array(0);
  #flags: Uint8Array = new Uint8Array(0);
  #matches: readonly { readonly byteOffset: number }[] = [];
  #position: MapPosition = { sectorCount: 0, first: 0, end: 0, fraction: 0 };
  #dragOffset: number | null = null;

  constructor(private readonly actions: MapActions) {
    this.root = element(
      'div',
      {
        class: 'map',
        role: 'scrollbar',
        tabindex: '0',
        'aria-orientation': 'vertical',
        'aria-controls': 'grid',
        'aria-label': 'Map of the view',
        'aria-valuemin': '0',
      },
      this.#canvas,
      this.#thumb,
      this.#tip,
    );
    for (const [name, label] of [
      ['arrow-swap', 'Remapped'],
      ['error', 'Bad'],
      ['database', 'Metadata'],
    ] as const) {
      const symbol = icon(name);
      symbol.title = label;
      this.legend.append(symbol);
    }
    this.root.addEventListener('pointerdown', (event) => this.#onDown(event));
    this.root.addEventListener('pointermove', (event) => this.#onMove(event));
    this.root.addEventListener('pointerup', () => this.#endDrag());
    this.root.addEventListener('pointercancel', () => this.#endDrag());
    this.root.addEventListener('pointerleave', () => {
      this.#tip.hidden = true;
    });
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.root.addEventListener('wheel', (event) => {
      event.preventDefault();
      actions.scrollBy(event.deltaY / 400);
    });
  }

  get height(): number {
    return this.root.clientHeight;
  }

  /** Takes one byte of `MapFlag` bits for each bucket: the view is cut into `flags.length` equal buckets. */
  showFlags(flags: Uint8Array): void {
    this.#bare = flags;
    this.#markMatches();
  }

  /** Marks the places of a search's matches, too. */
  showMatches(matches: readonly { readonly byteOffset: number }[]): void {
    this.#matches = matches;
    this.#markMatches();
  }

  #markMatches(): void {
    this.#flags = withMatches(this.#bare, this.#position.sectorCount, this.#matches);
    this.draw();
  }

  showPosition(position: MapPosition): void {
    this.#position = position;
    const { top, height } = this.#thumbPlace();
    this.#thumb.style.transform = `translateY(${top}px)`;
    this.#thumb.style.height = `${height}px`;
    const sector = Math.floor(position.first);
    this.root.setAttribute('aria-valuemax', String(Math.max(0, position.sectorCount - 1)));
    this.root.setAttribute('aria-valuenow', String(sector));
    this.root.setAttribute('aria-valuetext', `sector ${sector} of ${position.sectorCount}`);
  }

  /** Draws the marks for the present size and theme. */
  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.root;
    const scale = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    const context = this.#canvas.getContext('2d');
    if (!context || this.#flags.length === 0) return;
    context.scale(scale, scale);
    const style = getComputedStyle(this.root);
    const laneWidth = width / 3;
    for (const { kind, first, count } of marksOf(this.#flags)) {
      const top = (first / this.#flags.length) * height;
      const markHeight = Math.max(MIN_MARK, (count / this.#flags.length) * height);
      const color = style.getPropertyValue(`--map-${kind.color}`);
      drawMark(context, kind, color, laneWidth, Math.min(top, height - markHeight), markHeight);
    }
  }

  #thumbPlace(): { top: number; height: number } {
    const { sectorCount, first, end, fraction } = this.#position;
    const share = sectorCount === 0 ? 1 : Math.min(1, (end - first) / sectorCount);
    const height = Math.min(this.height, Math.max(MIN_THUMB, share * this.height));
    return { top: fraction * (this.height - height), height };
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    const y = event.offsetY;
    const { top, height } = this.#thumbPlace();
    this.root.setPointerCapture(event.pointerId);
    if (y >= top && y < top + height) {
      this.#dragOffset = y - top;
      return;
    }
    const bucket = this.#bucketAt(y);
    const flags = this.#flagsNear(bucket);
    if (flags.value !== 0) {
      const { first } = bucketSectors(flags.bucket, this.#flags.length, this.#position.sectorCount);
      this.actions.goToMark(flags.value, first);
      return;
    }
    this.#dragOffset = height / 2;
    this.#dragTo(y);
  }

  #onMove(event: PointerEvent): void {
    if (this.#dragOffset !== null) this.#dragTo(event.offsetY);
    this.#showTip(event.offsetY);
  }

  #endDrag(): void {
    this.#dragOffset = null;
  }

  #dragTo(y: number): void {
    const { height } = this.#thumbPlace();
    const room = this.height - height;
    if (room > 0) this.actions.scrollTo((y - (this.#dragOffset ?? 0)) / room);
  }

  #bucketAt(y: number): number {
    const bucket = Math.floor((y / Math.max(1, this.height)) * this.#flags.length);
    return Math.min(Math.max(bucket, 0), Math.max(0, this.#flags.length - 1));
  }

  /**
   * The marked bucket at or nearest to `bucket`, a few pixels away at most: marks are drawn larger than their bucket.
   */
  #flagsNear(bucket: number): { bucket: number; value: number } {
    const reach = Math.ceil((MIN_MARK / Math.max(1, this.height)) * this.#flags.length);
    for (let distance = 0; distance <= reach; distance++) {
      for (const near of [bucket - distance, bucket + distance]) {
        const value = this.#flags[near] ?? 0;
        if (value !== 0) return { bucket: near, value };
      }
    }
    return { bucket, value: 0 };
  }

  #showTip(y: number): void {
    const bucket = this.#bucketAt(y);
    const near = this.#flagsNear(bucket);
    const { first, end } = bucketSectors(near.bucket, this.#flags.length || 1, this.#position.sectorCount);
    const words = bucketWords(near.value);
    const span =
      end - first > 1 ? `Sectors ${decimal(first)} – ${decimal(end - 1)}` : `Sector ${decimal(first)}`;
    this.#tip.textContent = words === '' ? span : `${span}: ${words}`;
    this.#tip.hidden = false;
    const room = this.height - this.#tip.offsetHeight;
    this.#tip.style.top = `${Math.max(0, Math.min(y - this.#tip.offsetHeight / 2, room))}px`;
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowUp: -0.1, ArrowDown: 0.1, PageUp: -1, PageDown: 1 };
    const step = steps[event.key];
    if (step !== undefined) this.actions.scrollBy(step);
    else if (event.key === 'Home') this.actions.scrollTo(0);
    else if (event.key === 'End') this.actions.scrollTo(1);
    else return;
    event.preventDefault();
  }
}

function drawMark(
  context: CanvasRenderingContext2D,
  kind: MarkKind,
  color: string,
  laneWidth: number,
  top: number,
  height: number,
): void {
  const left = kind.lane * laneWidth + 1.5;
  const width = laneWidth - 3;
  context.fillStyle = color;
  context.strokeStyle = color;
  if (kind.shape === 'full') context.fillRect(left, top, width, height);
  else context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
}
