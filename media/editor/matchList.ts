import { type ByteRun, SECTOR_SIZE } from '../../src/shared/protocol';
import { element } from './dom';
import { decimal, sizeNote } from './numberTexts';

export interface MatchListActions {
  goTo(match: ByteRun): void;
  /** The list was left by Escape. */
  leave(): void;
}

/** Rows that are made; more matches are only counted. */
const MAX_ROWS = 1000;

/** All matches of a search, one a row: a click goes to one, and so do the arrow keys, which move among them. */
export class MatchList {
  readonly root = element('div', {
    class: 'match-list',
    role: 'listbox',
    tabindex: '0',
    'aria-label': 'Matches',
    hidden: true,
  });
  #matches: readonly ByteRun[] = [];
  #current = -1;
  #sectorSize = SECTOR_SIZE;

  constructor(private readonly actions: MatchListActions) {
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.root.addEventListener('click', (event) => {
      const row = (event.target as HTMLElement).closest<HTMLElement>('[data-match]');
      if (row) this.#choose(Number(row.dataset.match));
    });
  }

  /** Shows these matches; none: hides itself. Rows stay as long as they are those of before, and the chosen one with them. */
  show(matches: readonly ByteRun[]): void {
    const shown = matches.slice(0, MAX_ROWS);
    const kept = countSame(this.#matches, shown);
    this.#matches = shown;
    this.root.hidden = matches.length === 0;
    if (this.#current >= kept) {
      this.#current = -1;
      this.root.removeAttribute('aria-activedescendant');
    }
    while (this.root.children.length > kept) this.root.children[kept]!.remove();
    this.root.append(...shown.slice(kept).map((match, i) => rowOf(match, kept + i, this.#sectorSize)));
    if (matches.length > MAX_ROWS) {
      const more = `${decimal(matches.length - MAX_ROWS)} more are on the map only.`;
      this.root.append(element('div', { class: 'match-more', role: 'presentation' }, more));
    }
  }

  /** Counts in sectors of so many bytes from now on. */
  showSectorSize(sectorSize: number): void {
    if (this.#sectorSize === sectorSize) return;
    this.#sectorSize = sectorSize;
    for (const [index, match] of this.#matches.entries())
      this.root.children[index]!.textContent = wordsOf(match, sectorSize);
  }

  focus(): void {
    this.root.focus();
    if (this.#current < 0 && this.#matches.length > 0) this.#choose(0);
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#matches.length - 1;
    const places: Record<string, number> = {
      ArrowUp: this.#current - 1,
      ArrowDown: this.#current + 1,
      PageUp: this.#current - 8,
      PageDown: this.#current + 8,
      Home: 0,
      End: last,
      Enter: this.#current,
    };
    const place = places[event.key];
    if (place !== undefined) this.#choose(Math.min(Math.max(place, 0), last));
    else if (event.key === 'Escape') this.actions.leave();
    else return;
    event.preventDefault();
  }

  #choose(index: number): void {
    const match = this.#matches[index];
    if (!match) return;
    this.root.children[this.#current]?.removeAttribute('aria-selected');
    this.#current = index;
    const row = this.root.children[index]!;
    row.setAttribute('aria-selected', 'true');
    row.scrollIntoView({ block: 'nearest' });
    this.root.setAttribute('aria-activedescendant', row.getAttribute('id')!);
    this.actions.goTo(match);
  }
}

/** How many matches at the start of both lists are the same. */
function countSame(before: readonly ByteRun[], now: readonly ByteRun[]): number {
  const differs = ({ byteOffset, byteCount }: ByteRun, i: number) =>
    byteOffset !== before[i]?.byteOffset || byteCount !== before[i]?.byteCount;
  const first = now.findIndex(differs);
  return first < 0 ? now.length : first;
}

function rowOf(match: ByteRun, index: number, sectorSize: number): HTMLElement {
  const words = wordsOf(match, sectorSize);
  return element('div', { id: `match-${index}`, role: 'option', 'data-match': index }, words);
}

function wordsOf({ byteOffset, byteCount }: ByteRun, sectorSize: number): string {
  const sector = decimal(Math.floor(byteOffset / sectorSize));
  const place = `Sector ${sector} + ${byteOffset % sectorSize}${sizeNote(sectorSize)}`;
  return `${place} · byte 0x${byteOffset.toString(16)} · ${byteCount === 1 ? '1 byte' : `${byteCount} bytes`}`;
}
