import { SECTOR_SIZE } from '../../src/shared/protocol';
import { element } from './dom';
import { decimal } from './numberTexts';

/** A match of a search for all. */
export interface Match {
  readonly byteOffset: number;
  readonly byteCount: number;
}

export interface MatchListActions {
  goTo(match: Match): void;
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
  #matches: readonly Match[] = [];
  #current = -1;

  constructor(private readonly actions: MatchListActions) {
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.root.addEventListener('click', (event) => {
      const row = (event.target as HTMLElement).closest<HTMLElement>('[data-match]');
      if (row) this.#choose(Number(row.dataset.match));
    });
  }

  /** Shows these matches; none: hides itself. */
  show(matches: readonly Match[]): void {
    this.#matches = matches.slice(0, MAX_ROWS);
    this.#current = -1;
    this.root.hidden = matches.length === 0;
    this.root.removeAttribute('aria-activedescendant');
    this.root.replaceChildren(...this.#matches.map(rowOf));
    if (matches.length > MAX_ROWS) {
      const more = `${decimal(matches.length - MAX_ROWS)} more are on the map only.`;
      this.root.append(element('div', { class: 'match-more', role: 'presentation' }, more));
    }
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

function rowOf({ byteOffset, byteCount }: Match, index: number): HTMLElement {
  const sector = Math.floor(byteOffset / SECTOR_SIZE);
  const words = `Sector ${decimal(sector)} + ${byteOffset % SECTOR_SIZE} · byte 0x${byteOffset.toString(16)} · ${byteCount} bytes`;
  return element('div', { id: `match-${index}`, role: 'option', 'data-match': index }, words);
}
