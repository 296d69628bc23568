import { element, icon, textButton } from './dom';
import type { Geometry, ScrollModel } from './geometry';

/** Something to say in place of a sector's bytes. */
export interface Block {
  readonly sector: number;
  readonly kind: 'unreadable' | 'failed';
  readonly message: string;
}

interface BlockActions {
  retry(): void;
  overwriteSector(sector: number): void;
}

const TITLES = { unreadable: 'Unreadable', failed: 'Could not be read' } as const;

/** The blocks now in view: one element each, its words kept inside the visible part of it. */
export class BlockLayer {
  readonly root = element('div', { class: 'blocks' });
  readonly #shown = new Map<string, { root: HTMLElement; words: HTMLElement }>();

  constructor(private readonly actions: BlockActions) {}

  /** `editable`: an unreadable sector can be given a content. */
  show(blocks: readonly Block[], geometry: Geometry, scroll: ScrollModel, editable: boolean): void {
    const { rowHeight } = scroll;
    const keys = new Set<string>();
    for (const block of blocks) {
      const key = `${block.kind} ${block.sector} ${editable} ${block.message}`;
      keys.add(key);
      const shown = this.#shown.get(key) ?? this.#create(key, block, editable);
      const firstRow = geometry.headingRow(block.sector) + 1;
      const endRow = Math.min(geometry.headingRow(block.sector + 1), geometry.rowCount);
      const blockTop = firstRow * rowHeight - scroll.top;
      shown.root.style.top = `${blockTop}px`;
      shown.root.style.height = `${(endRow - firstRow) * rowHeight}px`;
      // Below the first visible row and the pinned heading, as long as the block reaches so far.
      const lowest = (endRow - firstRow - 5) * rowHeight;
      const wanted = Math.max(0, rowHeight - blockTop) + rowHeight * 1.25;
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

  #create(key: string, block: Block, editable: boolean): { root: HTMLElement; words: HTMLElement } {
    const message = element('div', { class: 'block-message' }, block.message);
    const title = element('div', { class: 'block-title' }, icon('error'), TITLES[block.kind]);
    const words = element('div', { class: 'block-words' }, title, message);
    if (block.kind === 'failed') {
      words.append(textButton('Retry', () => this.actions.retry()));
    } else if (editable) {
      words.append(textButton('Overwrite with Zeros', () => this.actions.overwriteSector(block.sector)));
    }
    const root = element('div', { class: `block ${block.kind}`, role: 'note' }, words);
    this.root.append(root);
    const created = { root, words };
    this.#shown.set(key, created);
    return created;
  }
}
