import { kindClass } from './byteKinds';
import type { Column } from './cursor';
import { element, icon } from './dom';
import type { RowBytes } from './gridContent';
import { hexByte } from './numberTexts';
import { beginsGroup, type RowShape } from './rowShape';
import { SectorHeading } from './sectorHeading';
import { FieldMark } from './structureFields';
import { bookmarkWords } from './viewBookmarks';

/**
 * One recycled row of the grid: the heading of a sector or a run of its bytes. Writes to the DOM only what differs from
 * what the element shows already.
 */
export class GridRow {
  readonly root: HTMLElement;
  readonly #offset = element('span', { role: 'rowheader', class: 'offset' });
  readonly #hex: HTMLElement[] = [];
  readonly #text: HTMLElement[] = [];
  readonly #hexClasses: string[] = [];
  readonly #shown = new WeakMap<HTMLElement, string>();
  readonly #bytes: HTMLElement;
  readonly #heading: SectorHeading;
  readonly #foldWords = element('span');
  readonly #fold: HTMLElement;
  /** Number of the row in the view; -1 while it shows none. */
  index = -1;

  /** Cells with a tooltip. */
  readonly #titled: HTMLElement[] = [];

  constructor({ bytesPerRow, grouping }: RowShape) {
    const hex = element('span', { class: 'hex', role: 'presentation' });
    const text = element('span', { class: 'text', role: 'presentation' });
    for (let i = 0; i < bytesPerRow; i++) {
      const shared = { role: 'gridcell', 'data-index': i };
      this.#hexClasses.push(`cell${groupClass(i, grouping)}`);
      this.#hex.push(element('span', { ...shared, 'data-column': 'hex', class: this.#hexClasses[i]! }));
      this.#text.push(element('span', { ...shared, 'data-column': 'text', class: 'cell' }));
    }
    hex.append(...this.#hex);
    text.append(...this.#text);
    this.#bytes = element(
      'div',
      { class: 'bytes', role: 'presentation', hidden: true },
      this.#offset,
      hex,
      text,
    );
    this.#heading = new SectorHeading(1 + 2 * bytesPerRow);
    this.#fold = element(
      'div',
      {
        class: 'fold',
        role: 'gridcell',
        'aria-colspan': 1 + 2 * bytesPerRow,
        'aria-expanded': 'false',
        hidden: true,
      },
      icon('chevron-right'),
      this.#foldWords,
    );
    const parts = [this.#heading.root, this.#bytes, this.#fold];
    this.root = element('div', { class: 'row', role: 'row', hidden: true }, ...parts);
  }

  /** The element of a byte in a column, or the fold that it is in; undefined beyond the row's end. */
  cell(column: Column, index: number): HTMLElement | undefined {
    if (!this.#fold.hidden) return this.#fold;
    return (column === 'hex' ? this.#hex : this.#text)[index];
  }

  showHeading(...content: Parameters<SectorHeading['show']>): void {
    this.#showPart(this.#heading.root);
    this.#heading.show(...content);
  }

  /** @param sector one that lies in the fold whole */
  showFold(words: string, sector: number): void {
    this.#showPart(this.#fold);
    this.root.classList.remove('loading');
    if (this.#foldWords.textContent === words) return;
    this.#foldWords.textContent = words;
    this.#fold.dataset.sector = String(sector);
  }

  showBytes(row: RowBytes): void {
    const { offset, byteCount, bytes, text, isColored, marksOf } = row;
    this.#showPart(this.#bytes);
    for (const cell of this.#titled.splice(0)) cell.removeAttribute('title');
    const className = rowClass(row);
    if (this.#bytes.className !== className) this.#bytes.className = className;
    if (this.#offset.textContent !== offset) this.#offset.textContent = offset;
    for (let i = 0; i < this.#hex.length; i++) {
      const exists = i < byteCount;
      const value = exists ? bytes?.[i] : undefined;
      const { selected, unsaved, field, differs, bookmark } = marksOf(i);
      const marks = `${exists ? '' : ' absent'}${selected && exists ? ' selected' : ''}${unsaved ? ' unsaved' : ''}${differs ? ' differs' : ''}${bookmark ? ' bookmarked' : ''}${fieldClass(field)}`;
      const character = value === undefined ? null : (text[i] ?? null);
      const kind = value === undefined || !isColored ? '' : kindClass(value);
      const zero = value === 0 ? ' zero' : '';
      const hexClass = `${this.#hexClasses[i]}${zero}${kind}${marks}`;
      const textClass = `cell${character === null ? ' unprintable' : ''}${kind}${marks}`;
      this.#show(this.#hex[i]!, value === undefined ? '' : hexByte(value), hexClass);
      if (bookmark) this.#title([this.#hex[i]!, this.#text[i]!], bookmarkWords(bookmark));
      this.#show(this.#text[i]!, value === undefined ? '' : (character ?? '.'), textClass);
    }
  }

  #title(cells: readonly HTMLElement[], words: string): void {
    for (const cell of cells) cell.setAttribute('title', words);
    this.#titled.push(...cells);
  }

  #showPart(part: HTMLElement): void {
    if (!part.hidden) return;
    for (const other of [this.#heading.root, this.#bytes, this.#fold]) other.hidden = other !== part;
  }

  #show(cell: HTMLElement, content: string, className: string): void {
    const key = `${content}\n${className}`;
    if (this.#shown.get(cell) === key) return;
    this.#shown.set(cell, key);
    if (cell.textContent !== content) cell.textContent = content;
    if (cell.className !== className) cell.className = className;
  }
}

/** The classes of a byte that belongs to a field of a structure. */
function fieldClass(mark: number): string {
  if (mark === 0) return '';
  const parity = mark & FieldMark.odd ? ' field-odd' : ' field-even';
  return ` field${parity}${mark & FieldMark.first ? ' field-first' : ''}${mark & FieldMark.current ? ' field-current' : ''}`;
}

function rowClass({ inPlaceOf, differs }: RowBytes): string {
  const place = inPlaceOf === null ? '' : ` in-place-of-${inPlaceOf === 'bad' ? 'bad' : 'not-rescued'}`;
  return `bytes${place}${differs ? ' has-differences' : ''}`;
}

/** The class of a column that begins a group of bytes, for the gap before it. */
export function groupClass(index: number, grouping: RowShape['grouping']): string {
  return beginsGroup(index, grouping) ? ' group' : '';
}
