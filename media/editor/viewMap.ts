import { SECTOR_SIZE } from '../../src/shared/protocol';
import { bucketSectors, type MapKind } from '../../src/shared/sectorMap';
import { element, icon } from './dom';
import { bucketText, type MapContent, type MarkKind, marksOf, NO_MAP, worstMarkOf } from './mapModel';

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
  /** Goes to the first sector of a kind in the bucket that was clicked; null: to its first sector. */
  goToKind(kind: MapKind | null, firstSector: number): void;
}

/** Smallest heights in pixels. */
const MIN_THUMB = 18;
const MIN_MARK = 3;
/** Half the height of a flag. */
const FLAG_SIZE = 4;

/** The map of the whole view at the side of the grid, which is its scrollbar, too. */
export class ViewMap {
  readonly root: HTMLElement;
  /** The icons of the lanes, for the head of the map. */
  readonly legend = element('div', { class: 'map-legend', 'aria-hidden': 'true' });
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #thumb = element('div', { class: 'map-thumb' });
  readonly #tip = element('div', { class: 'tooltip', role: 'presentation', hidden: true });
  #map: MapContent = NO_MAP;
  #sectorSize = SECTOR_SIZE;
  #position: MapPosition = { sectorCount: 0, first: 0, end: 0, fraction: 0 };
  #dragOffset: number | null = null;
  /** As it was measured last: measuring it in every frame of a scroll would lay the page out twice. */
  #measured = 0;

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
    new ResizeObserver(() => {
      this.#measured = this.height;
      this.#showThumb();
    }).observe(this.root);
  }

  get height(): number {
    return this.root.clientHeight;
  }

  /** Shows the map of the whole view. */
  show(map: MapContent): void {
    this.#map = { ...map, sectorSize: this.#sectorSize };
    this.draw();
  }

  /** Places are said in sectors of so many bytes from now on. */
  showSectorSize(sectorSize: number): void {
    this.#sectorSize = sectorSize;
    this.#map = { ...this.#map, sectorSize };
  }

  showPosition(position: MapPosition): void {
    this.#position = position;
    this.#showThumb();
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
    const { bucketCount } = this.#map.part;
    if (!context || bucketCount === 0) return;
    context.scale(scale, scale);
    const style = getComputedStyle(this.root);
    const laneWidth = width / 3;
    for (const { mark, first, count } of marksOf(this.#map)) {
      const top = (first / bucketCount) * height;
      const markHeight = Math.max(MIN_MARK, (count / bucketCount) * height);
      const color = style.getPropertyValue(`--block-${mark.kind}`);
      drawMark(context, mark, color, laneWidth, Math.min(top, height - markHeight), markHeight);
    }
  }

  #showThumb(): void {
    const { top, height } = this.#thumbPlace();
    this.#thumb.style.transform = `translateY(${top}px)`;
    this.#thumb.style.height = `${height}px`;
  }

  #thumbPlace(): { top: number; height: number } {
    const { sectorCount, first, end, fraction } = this.#position;
    const share = sectorCount === 0 ? 1 : Math.min(1, (end - first) / sectorCount);
    const height = Math.min(this.#measured, Math.max(MIN_THUMB, share * this.#measured));
    return { top: fraction * (this.#measured - height), height };
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
    const near = this.#markNear(bucket);
    if (near.kind !== null) {
      this.actions.goToKind(near.kind, bucketSectors(near.bucket, this.#map.part).first);
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
    const { bucketCount } = this.#map.part;
    const bucket = Math.floor((y / Math.max(1, this.height)) * bucketCount);
    return Math.min(Math.max(bucket, 0), Math.max(0, bucketCount - 1));
  }

  /**
   * The marked bucket at or nearest to `bucket`, a few pixels away at most: marks are drawn larger than their bucket.
   */
  #markNear(bucket: number): { bucket: number; kind: MapKind | null } {
    const reach = Math.ceil((MIN_MARK / Math.max(1, this.height)) * this.#map.part.bucketCount);
    for (let distance = 0; distance <= reach; distance++) {
      for (const near of [bucket - distance, bucket + distance]) {
        const kind = worstMarkOf(this.#map, near);
        if (kind !== null) return { bucket: near, kind };
      }
    }
    return { bucket, kind: null };
  }

  #showTip(y: number): void {
    if (this.#map.part.bucketCount === 0) return;
    this.#tip.textContent = bucketText(this.#map, this.#markNear(this.#bucketAt(y)).bucket);
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
  { lane, shape }: MarkKind,
  color: string,
  laneWidth: number,
  top: number,
  height: number,
): void {
  const left = lane * laneWidth + 1.5;
  const width = (shape === 'wide' ? 3 : 1) * laneWidth - 3;
  context.fillStyle = color;
  context.strokeStyle = color;
  if (shape === 'flag') drawFlag(context, 3 * laneWidth, top + height / 2);
  else if (shape !== 'hollow') context.fillRect(left, top, width, height);
  else context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
}

/** A triangle that points at its place from the right edge. */
function drawFlag(context: CanvasRenderingContext2D, right: number, middle: number): void {
  context.beginPath();
  context.moveTo(right, middle - FLAG_SIZE);
  context.lineTo(right - 1.5 * FLAG_SIZE, middle);
  context.lineTo(right, middle + FLAG_SIZE);
  context.fill();
}
