import { SECTOR_SIZE, type ViewId } from '../../src/shared/protocol';
import { element, icon } from './dom';
import { decimal, hexNumber } from './numberTexts';
import type { Field, FoundField, Structure } from './structureFields';

export interface StructureActions {
  /** Selects the bytes of a field. */
  select(byteOffset: number, byteCount: number): void;
  /** Goes to a place that a field names. */
  goTo(view: ViewId, byteOffset: number): void;
  /** The tree was left by Escape, or is gone while it had the focus. */
  leave(): void;
}

/** One line of the tree, as it is shown and as it is opened. */
interface Item {
  readonly level: number;
  readonly name: string;
  readonly value: string;
  /** Of the structure, for a line of it; of the group, for a field of one. */
  readonly start: number;
  readonly byteOffset: number;
  readonly byteCount: number;
  readonly meaning: string;
  readonly link: Field['link'];
  /** The item that this one is part of. */
  readonly parent: number | null;
  readonly row: HTMLElement;
}

const CHECKSUM_TEXTS = { right: 'checksum right', wrong: 'checksum wrong', none: '' } as const;

/**
 * The structures at the cursor, as a tree of names, values and places. A click or Enter selects the bytes of an item; the
 * arrow keys move among them, and open and close those that have parts; Ctrl+Enter goes to the place that a field names. The item
 * under the cursor of the grid is marked, and its group open.
 */
export class StructureTree {
  readonly root: HTMLElement;
  readonly #tree = element('div', { class: 'structure-tree', role: 'tree', 'aria-label': 'Structure' });
  #shown = '[]';
  #items: Item[] = [];
  #current = 0;
  /** The item that the cursor of the grid is on. */
  #atCursor: number | null = null;
  /** The group that is open because the cursor is in it, and was not closed since. */
  #opened: number | null = null;
  /** The names of closed items, which stay closed when another such structure is shown. */
  readonly #closed = new Set<string>();

  constructor(private readonly actions: StructureActions) {
    this.#tree.addEventListener('keydown', (event) => this.#onKey(event));
    this.#tree.addEventListener('click', (event) => this.#onClick(event.target as HTMLElement));
    this.root = element(
      'section',
      { class: 'structures', 'aria-label': 'Structure', hidden: true },
      element('h3', {}, 'Structure'),
      this.#tree,
    );
  }

  /** Shows these structures; none: hides itself. The focus and what is open stay where they can. */
  show(structures: readonly Structure[]): void {
    const shown = JSON.stringify(structures);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = this.#tree.contains(document.activeElement);
    this.#items = [];
    for (const structure of structures) this.#add(structure);
    this.#current = Math.max(0, Math.min(this.#current, this.#items.length - 1));
    this.#atCursor = null;
    this.#opened = null;
    this.#tree.replaceChildren(...this.#items.map(({ row }) => row));
    this.root.hidden = structures.length === 0;
    this.#arrange();
    if (!hadFocus) return;
    if (this.root.hidden) this.actions.leave();
    else this.#items[this.#current]?.row.focus();
  }

  /** Marks the field under the cursor of the grid, and has it in view unless the person is in the tree. */
  showCursor(field: FoundField | null): void {
    const index = field === null ? null : this.#indexOf(field);
    if (index === this.#atCursor) return;
    this.#atCursor = index;
    const parent = index === null ? null : (this.#items[index]?.parent ?? null);
    if (parent !== this.#opened) this.#opened = parent;
    this.#arrange();
    const hasFocus = this.#tree.contains(document.activeElement);
    if (index !== null && !hasFocus) this.#reveal(index);
  }

  /** The item of a field: each structure has one, and one for each of its fields. */
  #indexOf({ structure, index }: FoundField): number | null {
    const roots = this.#items.flatMap(({ level }, at) => (level === 1 ? [at] : []));
    const root = roots[structure];
    if (root === undefined) return null;
    return index === null ? root : root + 1 + index;
  }

  /** Scrolls the tree, and nothing around it, so that an item is in view. */
  #reveal(index: number): void {
    const row = this.#items[index]?.row.getBoundingClientRect();
    const room = this.#tree.getBoundingClientRect();
    if (!row) return;
    if (row.top < room.top) this.#tree.scrollTop -= room.top - row.top;
    else if (row.bottom > room.bottom) this.#tree.scrollTop += row.bottom - room.bottom;
  }

  #add(structure: Structure): void {
    const { name, byteOffset, byteCount, isChecksumRight, fields } = structure;
    const verdict = isChecksumRight === null ? 'none' : isChecksumRight ? 'right' : 'wrong';
    const root = this.#items.length;
    const place = { start: 0, byteOffset, byteCount };
    const words = { value: CHECKSUM_TEXTS[verdict], meaning: '', link: null };
    this.#push({ level: 1, name, ...words, parent: null, ...place }, verdict);
    let group = root;
    for (const field of fields) {
      const parent = field.level === 1 ? root : group;
      if (field.level === 1) group = this.#items.length;
      const { byteOffset: start } = this.#items[parent]!;
      this.#push({ ...field, level: field.level + 1, start, parent }, 'none');
    }
  }

  #push(item: Omit<Item, 'row'>, verdict: keyof typeof CHECKSUM_TEXTS): void {
    const { level, name, value, meaning, link, start, byteOffset, byteCount } = item;
    const within = `+${hexNumber(byteOffset - start)}`;
    const place = level === 1 ? `byte ${hexNumber(byteOffset)}` : within;
    const row = element(
      'div',
      {
        role: 'treeitem',
        class: 'structure-item',
        'data-item': this.#items.length,
        'data-checksum': verdict,
        'aria-level': level,
        'aria-keyshortcuts': link ? 'Control+Enter' : false,
        title: [name, value, meaning, `byte ${hexNumber(byteOffset)}, ${decimal(byteCount)} bytes`]
          .filter(Boolean)
          .join('\n'),
      },
      element('span', { class: 'structure-twistie', 'data-twistie': '' }, icon('chevron-down')),
      element('span', { class: 'structure-name' }, name),
      element('span', { class: 'structure-value' }, value, ...(link ? [linkTo(link)] : [])),
      element('span', { class: 'structure-place' }, place),
    );
    this.#items.push({ ...item, row });
  }

  /** Hides what is in closed items, and makes the current item the one that Tab goes to. */
  #arrange(): void {
    while (!this.#isVisible(this.#current)) this.#current = this.#items[this.#current]!.parent!;
    for (const [i, { row }] of this.#items.entries()) {
      row.hidden = !this.#isVisible(i);
      row.tabIndex = i === this.#current ? 0 : -1;
      row.setAttribute('aria-selected', String(i === this.#current));
      row.classList.toggle('at-cursor', i === this.#atCursor);
      if (i === this.#atCursor) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
      if (this.#isParent(i)) row.setAttribute('aria-expanded', String(!this.#isClosed(i)));
    }
  }

  #isParent(index: number): boolean {
    return this.#items[index + 1]?.parent === index;
  }

  /** Groups are closed until they are opened, or the cursor is in them; structures open until they are closed. */
  #isClosed(index: number): boolean {
    if (index === this.#opened) return false;
    const { level, name } = this.#items[index]!;
    return this.#closed.has(name) === (level === 1);
  }

  #isVisible(index: number): boolean {
    const parent = this.#items[index]?.parent ?? null;
    return parent === null || (!this.#isClosed(parent) && this.#isVisible(parent));
  }

  #setClosed(index: number, isClosed: boolean): void {
    const { level, name } = this.#items[index]!;
    if (isClosed && index === this.#opened) this.#opened = null;
    if (isClosed === (level === 1)) this.#closed.add(name);
    else this.#closed.delete(name);
    this.#arrange();
  }

  #onClick(target: HTMLElement): void {
    const row = target.closest<HTMLElement>('[data-item]');
    if (!row) return;
    const index = Number(row.dataset.item);
    if (target.closest('[data-link]')) this.#follow(index);
    else if (target.closest('[data-twistie]') && this.#isParent(index)) {
      this.#setClosed(index, !this.#isClosed(index));
    } else this.#select(index);
  }

  #onKey(event: KeyboardEvent): void {
    const index = this.#current;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key !== 'Enter' || event.altKey || !this.#follow(index)) return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const visible = this.#items.flatMap((_, i) => (this.#isVisible(i) ? [i] : []));
    const at = visible.indexOf(index);
    const steps: Record<string, number | undefined> = {
      ArrowDown: visible[at + 1],
      ArrowUp: visible[at - 1],
      Home: visible[0],
      End: visible[visible.length - 1],
    };
    if (event.key in steps) this.#moveTo(steps[event.key] ?? index);
    else if (event.key === 'ArrowRight') this.#open(index);
    else if (event.key === 'ArrowLeft') this.#close(index);
    else if (event.key === 'Enter' || event.key === ' ') this.#select(index);
    else if (event.key === 'Escape') this.actions.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #open(index: number): void {
    if (!this.#isParent(index)) return;
    if (this.#isClosed(index)) this.#setClosed(index, false);
    else this.#moveTo(index + 1);
  }

  #close(index: number): void {
    if (this.#isParent(index) && !this.#isClosed(index)) this.#setClosed(index, true);
    else this.#moveTo(this.#items[index]?.parent ?? index);
  }

  #moveTo(index: number): void {
    this.#current = index;
    this.#arrange();
    this.#items[index]?.row.focus();
  }

  #select(index: number): void {
    const item = this.#items[index];
    if (!item) return;
    this.#moveTo(index);
    this.actions.select(item.byteOffset, item.byteCount);
  }

  /** Goes to the place that an item names. @returns false if it names none */
  #follow(index: number): boolean {
    const link = this.#items[index]?.link;
    if (link) this.actions.goTo(link.view, link.byteOffset);
    return Boolean(link);
  }
}

function linkTo({ view, byteOffset }: NonNullable<Field['link']>): HTMLElement {
  const place = `sector ${Math.floor(byteOffset / SECTOR_SIZE)}${view === 'file' ? '' : ` of ${view}`}`;
  return element(
    'span',
    { class: 'structure-link', 'data-link': '', title: `Go to ${place} (Ctrl+Enter)` },
    icon('arrow-right'),
    element('span', { class: 'visually-hidden' }, `leads to ${place}`),
  );
}
