import { SECTOR_SIZE } from '../../src/shared/protocol';
import { element } from './dom';
import type { Grid } from './grid';
import { decimal, hexNumber } from './numberTexts';
import type { OpenView } from './openView';
import { type FoundField, fieldAt, type Structure } from './structureFields';

/** The pointer rests so long on a byte before its field is shown. */
const REST_MS = 350;
/** How far from the pointer it is shown. */
const GAP_PIXELS = 14;

/** Shows the field of a structure under the pointer: its name, value, meaning and place. The status says the cursor's. */
export class FieldHover {
  readonly root = element('div', { class: 'field-hover', role: 'tooltip', hidden: true });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;
  #point = { x: 0, y: 0 };

  /** @param structuresAt asks for the structures at a sector */
  constructor(
    private readonly grid: Pick<Grid, 'viewport' | 'byteAt'>,
    private readonly open: () => OpenView | null,
    private readonly structuresAt: (
      view: OpenView,
      sector: number,
      signal: AbortSignal,
    ) => Promise<readonly Structure[]>,
  ) {
    const { viewport } = grid;
    viewport.addEventListener('pointermove', (event) => this.#onMove(event));
    for (const type of ['pointerleave', 'pointerdown', 'wheel']) {
      viewport.addEventListener(type, () => this.hide(), { passive: true });
    }
    document.addEventListener('keydown', () => this.hide(), { capture: true });
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.root.hidden = true;
  }

  #onMove({ clientX: x, clientY: y, buttons }: PointerEvent): void {
    if (x === this.#point.x && y === this.#point.y) return;
    this.#point = { x, y };
    this.hide();
    if (buttons === 0) this.#timer = setTimeout(() => void this.#show(), REST_MS);
  }

  async #show(): Promise<void> {
    const { x, y } = this.#point;
    const open = this.open();
    const byteOffset = this.grid.byteAt(x, y, null)?.byteOffset;
    if (!open || byteOffset === undefined) return;
    const asking = new AbortController();
    this.#asking = asking;
    const structures = await this.structuresAt(open, Math.floor(byteOffset / SECTOR_SIZE), asking.signal);
    const field = asking.signal.aborted ? null : fieldAt(structures, byteOffset);
    if (field) this.#place(field, x, y);
  }

  #place({ name, value, meaning, byteOffset, byteCount }: FoundField, x: number, y: number): void {
    const bytes = byteCount === 1 ? '1 byte' : `${decimal(byteCount)} bytes`;
    const lines = [
      element('div', { class: 'field-hover-name' }, name),
      element('div', { class: 'field-hover-value' }, value),
      element('div', {}, meaning),
      element('div', { class: 'field-hover-place' }, `byte ${hexNumber(byteOffset)}, ${bytes}`),
    ];
    this.root.replaceChildren(...lines.filter(({ textContent }) => textContent !== ''));
    this.root.hidden = false;
    const { width, height } = this.root.getBoundingClientRect();
    const left = Math.max(0, Math.min(x + GAP_PIXELS, window.innerWidth - width));
    const below = y + GAP_PIXELS;
    const top = below + height > window.innerHeight ? Math.max(0, y - GAP_PIXELS - height) : below;
    this.root.style.transform = `translate(${left}px, ${top}px)`;
  }
}
