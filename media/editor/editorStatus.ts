import type { NamedPlace } from '../../src/shared/bookmarks';
import { SECTOR_SIZE } from '../../src/shared/protocol';
import { type Cursor, selectionOf } from './cursor';
import { element, textButton } from './dom';
import { byteText, decimal, hexNumber, sizeNote } from './numberTexts';
import { originText } from './originTexts';
import type { SectorState } from './sectorCache';
import { bookmarkWords } from './viewBookmarks';

/** What there is to say of the cursor's place besides its sector. */
interface ShownPlace {
  /** In sectors of how many bytes it is counted. */
  readonly sectorSize?: number;
  readonly bookmark?: NamedPlace | undefined;
}

/** How long the cursor must rest before it is announced, so that holding a key down doesn't queue up speech. */
const ANNOUNCE_AFTER_MS = 250;

/** The line below the grid, and the live region that announces the same to screen readers. */
export class EditorStatus {
  readonly root: HTMLElement;
  readonly live = element('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  readonly #place = element('span', { class: 'status-place' });
  readonly #field = element('span', { class: 'status-field' });
  readonly #owner = element('span', { class: 'status-owner' });
  readonly #selection = element('span', { class: 'status-selection' });
  readonly #message = element('span', { class: 'status-message' });
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The selection that was shown last. */
  #at = '';

  constructor() {
    this.root = element(
      'div',
      { class: 'status' },
      this.#place,
      this.#field,
      this.#owner,
      this.#selection,
      this.#message,
    );
  }

  /** Says where the cursor is and what is there. `value` is null for a byte without one. */
  show(cursor: Cursor, sector: SectorState, value: number | null, shown: ShownPlace = {}): void {
    const words = cursorText(cursor, sector, value, shown);
    const { start, end } = selectionOf(cursor);
    const hasMoved = this.#at !== `${start} ${end}`;
    this.#at = `${start} ${end}`;
    const selected = end - start > 1 ? `${decimal(end - start)} bytes selected` : '';
    if (this.#place.textContent === words && this.#selection.textContent === selected) return;
    this.#place.textContent = words;
    this.#selection.textContent = selected;
    // A change of the byte under the cursor may be what the message is about.
    if (!hasMoved && this.#message.textContent !== '') return;
    this.#message.replaceChildren();
    this.announce([words, selected].filter(Boolean).join(', '));
  }

  /** Says which field of a structure is under the cursor, and its value; empty: none. */
  showField(words: string): void {
    if (this.#field.textContent === words) return;
    this.#field.textContent = words;
    this.#field.title = words;
    if (words !== '') this.announce([this.#place.textContent, words].join(', '));
  }

  /** Says whose the sector under the cursor is; empty: not known. */
  showOwner(words: string): void {
    if (this.#owner.textContent === words) return;
    this.#owner.textContent = words;
    this.#owner.title = words;
    if (words !== '') {
      this.announce([this.#place.textContent, this.#field.textContent, words].filter(Boolean).join(', '));
    }
  }

  /** Says how something that the person did came out; stays until the cursor moves. */
  say(message: string): void {
    this.#message.textContent = message;
    this.announce(message);
  }

  /**
   * Says that something is going on, with a button to cancel it.
   * @returns `progress` adds how far it has come, `end` takes the message away
   */
  busy(message: string, cancel: () => void): { progress(text: string): void; end(): void } {
    const words = element('span', {}, message);
    this.#message.replaceChildren(words, textButton('Cancel', cancel));
    return {
      progress: (text) => {
        words.textContent = `${message} ${text}`;
      },
      end: () => {
        if (words.isConnected) this.#message.replaceChildren();
      },
    };
  }

  /** Says something to screen readers alone. */
  announce(words: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.live.textContent !== words) this.live.textContent = words;
    }, ANNOUNCE_AFTER_MS);
  }
}

/** The cursor in words: `Sector 1000 + 5 · byte 0x7D005 · 0x65 'e' · from main`. */
export function cursorText(
  cursor: Cursor,
  sector: SectorState,
  value: number | null,
  { sectorSize = SECTOR_SIZE, bookmark }: ShownPlace = {},
): string {
  const { byteOffset } = cursor;
  const parts = [
    `Sector ${Math.floor(byteOffset / sectorSize)} + ${byteOffset % sectorSize}${sizeNote(sectorSize)}`,
    `byte ${hexNumber(byteOffset)}`,
  ];
  if (bookmark) parts.push(bookmarkWords(bookmark));
  if (sector.state === 'loading') parts.push('loading');
  else if (sector.state === 'failed') parts.push('not read');
  else {
    if (sector.unreadable !== null) parts.push('unreadable');
    else if (value !== null) parts.push(byteText(value));
    if (sector.compared?.differing[byteOffset % SECTOR_SIZE] === 1) parts.push('differs');
    const origin = originText(sector.origin, sector.originIndex);
    if (origin !== '') parts.push(origin);
  }
  return parts.join(' · ');
}
