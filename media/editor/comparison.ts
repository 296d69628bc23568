import { type ComparisonState, SECTOR_SIZE, type ToExtension, type ToPage } from '../../src/shared/protocol';
import { element, textButton } from './dom';
import type { ScrollModel } from './geometry';
import type { OpenView } from './openView';

const MILLION = 1_000_000;

export interface ComparisonActions {
  /** Tells the extension what the person did. */
  send(message: Extract<ToExtension, { type: 'scrolled' | 'compare' }>): void;
  /** The scroll position changed. */
  scrolled(): void;
}

/** The comparison with another editor: its line below the status, and scrolling together. */
export class PageComparison {
  readonly root = element('div', { class: 'comparison', hidden: true });
  readonly #words = element('span', { class: 'comparison-words' });
  readonly #stop: HTMLElement;
  readonly #goOn: HTMLElement;
  #state: ComparisonState | null = null;
  /** The scroll position that both editors have, as far as this page knows. */
  #sharedTop = Number.NaN;

  /**
   * @param open the view that is shown now, or null
   * @param announce says something to screen readers
   */
  constructor(
    private readonly open: () => OpenView | null,
    private readonly scroll: ScrollModel,
    private readonly announce: (words: string) => void,
    private readonly actions: ComparisonActions,
  ) {
    this.#stop = textButton('Stop', () => actions.send({ type: 'compare', act: 'stop' }));
    this.#goOn = textButton('Go On', () => actions.send({ type: 'compare', act: 'goOn' }));
    this.root.append(this.#words, this.#stop, this.#goOn);
  }

  get isOn(): boolean {
    return this.#state !== null;
  }

  /** Shows how the comparison goes; null: there is none any more. */
  show(state: ComparisonState | null): void {
    const before = this.#state;
    this.#state = state;
    this.root.hidden = state === null;
    if (!state) return;
    if (this.#words.textContent !== state.words) this.#words.textContent = state.words;
    this.#stop.hidden = state.state !== 'looking';
    this.#goOn.hidden = state.state !== 'stopped';
    if (!before) this.#begin(state);
    if (before?.state !== state.state && state.state !== 'looking') this.announce(state.words);
  }

  /** The second editor goes to where the first one is. */
  #begin({ side }: ComparisonState): void {
    this.#sharedTop = side === 'second' ? this.scroll.top : Number.NaN;
    this.tellScroll();
  }

  /** Tells the other editor where this one is scrolled to, unless it is there already. */
  tellScroll(): void {
    const { scroll } = this;
    const open = this.open();
    if (!this.#state || !open || scroll.top === this.#sharedTop) return;
    this.#sharedTop = scroll.top;
    const { geometry, info } = open;
    const sector = geometry.sectorOfRow(scroll.firstRow);
    const rows = scroll.top / scroll.rowHeight - geometry.headingRow(sector);
    // The other page may count in sectors of another size.
    const place = placeIn(SECTOR_SIZE, sector, rows / geometry.rowsPerSector, geometry.sectorSize);
    const millionths = Math.round(place.part * MILLION);
    this.actions.send({ type: 'scrolled', view: info.id, sector: place.sector, millionths });
  }

  /** Scrolls to where the other editor is. */
  follow({ view, sector, millionths }: Extract<ToPage, { type: 'scrollTo' }>): void {
    const { scroll } = this;
    const open = this.open();
    if (open?.info.id !== view) return;
    const { geometry } = open;
    const place = placeIn(geometry.sectorSize, sector, millionths / MILLION, SECTOR_SIZE);
    // A fold is one row, also where the other editor has one of its later sectors at the top.
    const isFold = geometry.foldAt(place.sector * geometry.sectorSize) !== undefined;
    const rows = isFold ? 0 : place.part * geometry.rowsPerSector;
    scroll.top = (geometry.headingRow(place.sector) + rows) * scroll.rowHeight;
    this.#sharedTop = scroll.top;
    this.actions.scrolled();
  }
}

/** A place between sectors of one size (which, and what part of it lies before) between those of another. */
function placeIn(
  size: number,
  sector: number,
  part: number,
  ofSize: number,
): { readonly sector: number; readonly part: number } {
  if (size === ofSize) return { sector, part };
  const byteOffset = (sector + part) * ofSize;
  const whole = Math.floor(byteOffset / size);
  return { sector: whole, part: byteOffset / size - whole };
}
