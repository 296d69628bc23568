import type { NamedPlace } from '../../src/shared/bookmarks';
import { SECTOR_SIZE } from '../../src/shared/protocol';
import { comparedWords } from './comparedWords';
import { element, icon } from './dom';
import { hexNumber, sectorName } from './numberTexts';
import { originIcon, originText } from './originTexts';
import type { SectorState } from './sectorCache';
import { bookmarkWords } from './viewBookmarks';

/** What a sector's heading says and shows. */
interface HeadingContent {
  readonly words: string;
  /** The name of a codicon, or null. */
  readonly icon: string | null;
  /** Colours the heading; see `headings.css`. */
  readonly kind: string;
  /** Whether a click on the origin leads to another sector. */
  readonly isLink: boolean;
}

/** What the heading of a sector in this state says of its bytes. */
function headingContent(state: SectorState): HeadingContent {
  if (state.state !== 'ready') return { words: '', icon: null, kind: state.state, isLink: false };
  const { origin, originIndex } = state;
  const text = originText(origin, originIndex);
  // An origin that can't be read says so itself.
  const isBroken = state.unreadable !== null && origin.kind !== 'bad' && origin.kind !== 'notRescued';
  return {
    words: isBroken ? [text, 'unreadable'].filter(Boolean).join(', ') : text,
    icon: isBroken ? 'error' : originIcon(origin),
    kind: isBroken ? 'bad' : origin.kind,
    isLink: 'sector' in origin && origin.kind !== 'main',
  };
}

/** "Sector 1000 · byte 0x7D000 · remapped: from spare sector 1300", with an icon for the origin. */
export class SectorHeading {
  readonly root: HTMLElement;
  readonly #title = element('span', { class: 'heading-title' });
  readonly #place = element('span', { class: 'heading-place' });
  readonly #icon = element('span', { 'aria-hidden': 'true' });
  readonly #origin = element('span', { class: 'heading-origin' });
  readonly #owner = element('span', { class: 'heading-owner' });
  readonly #compared = element('span', { class: 'heading-compared' });
  readonly #bookmarks = element('span', { class: 'heading-bookmarks', hidden: true });
  #shown = '';

  constructor(columnCount: number) {
    this.root = element(
      'div',
      { class: 'heading', role: 'gridcell', 'aria-colspan': columnCount },
      this.#title,
      this.#place,
      this.#bookmarks,
      this.#compared,
      this.#icon,
      this.#origin,
      this.#owner,
    );
  }

  /**
   * @param byteOffset where it begins
   * @param owner whose the sector is, in words; empty: not known
   * @param sectorSize in sectors of how many bytes it is counted
   * @param bookmarks those of its bytes
   */
  show(
    byteOffset: number,
    state: SectorState,
    owner: string,
    sectorSize?: number,
    bookmarks: readonly NamedPlace[] = [],
  ): void {
    const { words, icon, kind, isLink } = headingContent(state);
    const compared = comparedWords(state);
    const key = `${byteOffset} ${sectorSize}\n${words}\n${icon}\n${kind}\n${owner}\n${compared}\n${bookmarks.map(({ name }) => name)}`;
    if (key === this.#shown) return;
    this.#shown = key;

    this.#title.textContent = sectorName(byteOffset, sectorSize);
    this.#place.textContent = ` · byte ${hexNumber(byteOffset)}`;
    this.#origin.textContent = words;
    this.#compared.textContent = compared;
    this.#compared.hidden = compared === '';
    this.#showBookmarks(bookmarks);
    this.#owner.textContent = owner === '' || words === '' ? owner : ` · ${owner}`;
    this.#owner.title = owner;
    this.#icon.className = icon ? `codicon codicon-${icon}` : '';
    this.root.dataset.origin = kind;
    this.root.dataset.sector = String(Math.floor(byteOffset / SECTOR_SIZE));
    this.#origin.title = isLink ? `${words}: go there` : words;
    this.#origin.classList.toggle('link', isLink);
  }

  #showBookmarks(bookmarks: readonly NamedPlace[]): void {
    this.#bookmarks.hidden = bookmarks.length === 0;
    const names = bookmarks.map(({ name }) => name).join(', ');
    this.#bookmarks.title = bookmarks.map(bookmarkWords).join(', ');
    const spoken = element(
      'span',
      { class: 'visually-hidden' },
      bookmarks.length === 1 ? 'bookmark ' : 'bookmarks ',
    );
    const content =
      bookmarks.length === 0
        ? []
        : [icon('bookmark'), spoken, element('span', { class: 'heading-names' }, names)];
    this.#bookmarks.replaceChildren(...content);
  }
}
