import { asciiCharacter, hexByte, originIcon, originText, sectorTitle } from './byteTexts';
import type { Column } from './cursor';
import { element } from './dom';
import type { BytesPerRow } from './geometry';
import type { SectorState } from './sectorCache';

/** What a row needs to know about a byte besides its value. */
export interface ByteMarks {
  readonly selected: boolean;
  readonly unsaved: boolean;
}

/**
 * One recycled row of the grid: the heading of a sector or a run of its bytes. Writes to the DOM only what differs from
 * what the element shows already.
 */
export class GridRow {
  readonly root: HTMLElement;
  readonly #offset = element('span', { role: 'rowheader', class: 'offset' });
  readonly #hex: HTMLElement[] = [];
  readonly #text: HTMLElement[] = [];
  readonly #shown = new WeakMap<HTMLElement, string>();
  readonly #bytes: HTMLElement;
  readonly #heading: SectorHeading;
  /** Number of the row in the view; -1 while it shows none. */
  index = -1;

  constructor(bytesPerRow: BytesPerRow) {
    const hex = element('span', { class: 'hex', role: 'presentation' });
    const text = element('span', { class: 'text', role: 'presentation' });
    for (let i = 0; i < bytesPerRow; i++) {
      const gap = i > 0 && i % 8 === 0 ? ' group' : '';
      this.#hex.push(
        element('span', { role: 'gridcell', 'data-index': i, 'data-column': 'hex', class: `cell${gap}` }),
      );
      this.#text.push(
        element('span', { role: 'gridcell', 'data-index': i, 'data-column': 'text', class: 'cell' }),
      );
    }
    hex.append(...this.#hex);
    text.append(...this.#text);
    this.#bytes = element('div', { class: 'bytes', role: 'presentation' }, this.#offset, hex, text);
    this.#heading = new SectorHeading(1 + 2 * bytesPerRow);
    this.root = element('div', { class: 'row', role: 'row', hidden: true }, this.#heading.root, this.#bytes);
  }

  cell(column: Column, index: number): HTMLElement | undefined {
    return (column === 'hex' ? this.#hex : this.#text)[index];
  }

  showHeading(sector: number, state: SectorState): void {
    this.#bytes.hidden = true;
    this.#heading.root.hidden = false;
    this.#heading.show(sector, state);
  }

  /** `bytes` null: nothing to show in the cells, because it is loading or can't be read. */
  showBytes(
    offset: string,
    bytes: Uint8Array | null,
    byteCount: number,
    marks: (index: number) => ByteMarks,
  ): void {
    this.#heading.root.hidden = true;
    this.#bytes.hidden = false;
    if (this.#offset.textContent !== offset) this.#offset.textContent = offset;
    for (let i = 0; i < this.#hex.length; i++) {
      const exists = i < byteCount;
      const value = exists ? bytes?.[i] : undefined;
      const { selected, unsaved } = marks(i);
      const state = `${exists ? '' : ' absent'}${selected && exists ? ' selected' : ''}${unsaved ? ' unsaved' : ''}`;
      const group = i > 0 && i % 8 === 0 ? ' group' : '';
      const character = value === undefined ? null : asciiCharacter(value);
      const zero = value === 0 ? ' zero' : '';
      this.#show(this.#hex[i]!, value === undefined ? '' : hexByte(value), `cell${group}${zero}${state}`);
      const textClass = character === null ? ' unprintable' : '';
      this.#show(this.#text[i]!, value === undefined ? '' : (character ?? '.'), `cell${textClass}${state}`);
    }
  }

  #show(cell: HTMLElement, content: string, className: string): void {
    const key = `${content}\n${className}`;
    if (this.#shown.get(cell) === key) return;
    this.#shown.set(cell, key);
    if (cell.textContent !== content) cell.textContent = content;
    if (cell.className !== className) cell.className = className;
  }
}

/** "Sector 1000 · byte 0x7D000 · remapped: from spare sector 1300", with an icon for the origin. */
export class SectorHeading {
  readonly root: HTMLElement;
  readonly #title = element('span', { class: 'heading-title' });
  readonly #icon = element('span', { 'aria-hidden': 'true' });
  readonly #origin = element('span', { class: 'heading-origin' });
  #shown = '';

  constructor(columnCount: number) {
    this.root = element(
      'div',
      { class: 'heading', role: 'gridcell', 'aria-colspan': columnCount },
      this.#title,
      this.#icon,
      this.#origin,
    );
  }

  show(sector: number, state: SectorState): void {
    const ready = state.state === 'ready';
    const unreadable = ready && state.unreadable !== null;
    const origin = ready ? state.origin : null;
    const text = origin ? originText(origin, ready ? state.originIndex : 0) : '';
    const words =
      unreadable && origin?.kind !== 'bad' ? [text, 'unreadable'].filter(Boolean).join(', ') : text;
    const iconName = unreadable ? 'error' : origin && originIcon(origin);
    const kind = unreadable ? 'bad' : (origin?.kind ?? state.state);
    const followable = origin !== null && 'sector' in origin && origin.kind !== 'main';
    const key = `${sector}\n${words}\n${iconName}\n${kind}`;
    if (key === this.#shown) return;
    this.#shown = key;

    this.#title.textContent = sectorTitle(sector);
    this.#origin.textContent = words;
    this.#icon.className = iconName ? `codicon codicon-${iconName}` : '';
    this.root.dataset.origin = kind;
    this.root.dataset.sector = String(sector);
    this.#origin.title = followable ? `${words}: go there` : words;
    this.#origin.classList.toggle('link', followable);
  }
}
