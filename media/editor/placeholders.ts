import { SECTOR_SIZE } from '../../src/shared/protocol';
import { element, icon, textButton } from './dom';
import type { Geometry, ScrollModel } from './geometry';

/** What is shown in place of the bytes of a sector that has none to show. */
export interface Placeholder {
  readonly sector: number;
  /** The device can't read the sector, a rescue map says that it was not rescued, the read got no answer, or waits. */
  readonly kind: 'unreadable' | 'notRescued' | 'failed' | 'waiting';
  readonly message: string;
}

interface PlaceholderActions {
  /** Reads again what failed. */
  retry(): void;
  /** Gives an unreadable sector zeros that can be edited and saved. */
  overwriteSector(sector: number): void;
}

const TITLES = {
  unreadable: ['error', 'Unreadable'],
  notRescued: ['question', 'Not rescued'],
  failed: ['error', 'Could not be read'],
  waiting: ['debug-pause', 'Suspended'],
} as const;

/** How many rows the words of a placeholder take. */
const WORDS_ROWS = 5;

/** The placeholders in view: one element each. Its words stay inside the visible part of it. */
export class PlaceholderLayer {
  readonly root = element('div', { class: 'placeholders' });
  readonly #shown = new Map<string, { root: HTMLElement; words: HTMLElement }>();

  constructor(private readonly actions: PlaceholderActions) {}

  /** Shows these placeholders and no others. With `editable`, an unreadable one offers to overwrite its sector. */
  show(
    placeholders: readonly Placeholder[],
    geometry: Geometry,
    scroll: ScrollModel,
    editable: boolean,
  ): void {
    const { rowHeight } = scroll;
    const keys = new Set<string>();
    for (const placeholder of placeholders) {
      const { kind, sector, message } = placeholder;
      const key = `${kind} ${sector} ${editable} ${message}`;
      keys.add(key);
      const shown = this.#shown.get(key) ?? this.#create(key, placeholder, editable);
      const { first: firstRow, end: endRow } = geometry.rowsWithin(
        sector * SECTOR_SIZE,
        (sector + 1) * SECTOR_SIZE,
      );
      const top = firstRow * rowHeight - scroll.top;
      shown.root.style.top = `${top}px`;
      shown.root.style.height = `${(endRow - firstRow) * rowHeight}px`;
      // Keep the words below the pinned heading until the end of the placeholder pushes them up.
      const lowest = (endRow - firstRow - WORDS_ROWS) * rowHeight;
      const wanted = Math.max(0, rowHeight - top) + rowHeight * 1.25;
      shown.words.style.top = `${Math.max(0, Math.min(wanted, lowest))}px`;
    }
    for (const [key, { root }] of this.#shown) {
      if (keys.has(key)) continue;
      root.remove();
      this.#shown.delete(key);
    }
  }

  clear(): void {
    this.root.replaceChildren();
    this.#shown.clear();
  }

  #create(
    key: string,
    { kind, sector, message }: Placeholder,
    editable: boolean,
  ): { root: HTMLElement; words: HTMLElement } {
    const [symbol, name] = TITLES[kind];
    const title = element('div', { class: 'placeholder-title' }, icon(symbol), name);
    const sentence = element('div', { class: 'placeholder-message' }, message);
    const words = element('div', { class: 'placeholder-words' }, title);
    // The notice above the bytes says the rest of it, with the button that resumes the device.
    if (kind !== 'waiting') words.append(sentence);
    if (kind === 'failed') {
      words.append(textButton('Retry', () => this.actions.retry()));
    } else if (editable && kind !== 'waiting') {
      words.append(textButton('Overwrite with Zeros', () => this.actions.overwriteSector(sector)));
    }
    const root = element('div', { class: `placeholder ${kind}`, role: 'note' }, words);
    this.root.append(root);
    const created = { root, words };
    this.#shown.set(key, created);
    return created;
  }
}
