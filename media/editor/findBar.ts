import {
  type Answers,
  type ByteRun,
  type ByteSpan,
  type Direction,
  SECTOR_SIZE,
  type Wanted,
} from '../../src/shared/protocol';
import { element, iconButton } from './dom';
import { keepKeysOfBox } from './editOrder';
import { type FindMode, parsePattern } from './findPattern';
import { parseRange, RANGE_EXAMPLE, rangeText } from './findRange';
import { describeAll, describeMatch } from './findWords';
import { sizeText } from './numberTexts';
import { RadioGroup } from './radioGroup';

/** What is selected of a view, and in sectors of how many bytes the page counts. */
interface Place {
  readonly selection: ByteSpan;
  readonly byteCount: number;
  readonly sectorSize: number;
}

const NOWHERE: Place = { selection: { start: 0, end: 0 }, byteCount: 0, sectorSize: SECTOR_SIZE };

export interface FindBarActions {
  /** Where the cursor is; null while no bytes are shown. */
  readonly place: Place | null;
  /** Searches from the cursor on and goes to the match. */
  search(
    wanted: Wanted,
    within: ByteSpan | null,
    direction: Direction,
    watch: Watch,
  ): Promise<Answers<'search'>>;
  /** Searches for all matches and shows them. */
  searchAll(wanted: Wanted, within: ByteSpan | null, watch: Watch): Promise<Answers<'searchAll'>>;
  closed(): void;
}

/** How a search is cancelled, and how it tells how far it has come. */
export interface Watch {
  readonly signal: AbortSignal;
  onProgress(doneBytes: number, totalBytes: number, found: readonly ByteRun[]): void;
}

const MODES = [
  { id: 'text', label: 'Text', title: 'Find text in UTF-8, UTF-16 or Latin-1' },
  { id: 'hex', label: 'Hex', title: 'Find bytes, such as de ad ?? ef; ? stands for any digit' },
  { id: 'number', label: 'Number', title: 'Find a number, such as 4096, 0x1000 u64, -2 i16 be or 1.5 f32' },
  { id: 'regex', label: 'Regex', title: 'Find text by a regular expression' },
] as const;

/** The bar above the grid that searches for bytes or text, forwards and backwards, with progress and cancel. */
export class FindBar {
  readonly root: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #status = element('span', { class: 'find-status', role: 'status' });
  readonly #cancel: HTMLButtonElement;
  readonly #mode = new RadioGroup<FindMode>('What to find', () => this.#input.focus());
  readonly #matchCase = iconButton('case-sensitive', 'Match Case', () => {
    this.#matchCase.setAttribute('aria-pressed', String(!this.#matchesCase));
    this.#input.focus();
  });
  readonly #inRange = iconButton('selection', 'Find in Selection or Range (Alt+L)', () =>
    this.#toggleRange(),
  );
  readonly #range = element('input', {
    type: 'text',
    class: 'find-range',
    'aria-label': 'Range to search',
    placeholder: RANGE_EXAMPLE,
    spellcheck: 'false',
    autocomplete: 'off',
    hidden: true,
  });
  #running: AbortController | null = null;

  constructor(private readonly actions: FindBarActions) {
    this.#input = element('input', {
      type: 'text',
      class: 'find-input',
      'aria-label': 'Find',
      placeholder: 'Find',
      spellcheck: 'false',
      autocomplete: 'off',
    });
    for (const input of [this.#input, this.#range]) {
      input.addEventListener('keydown', (event) => this.#onKey(event));
    }
    this.#mode.show(MODES, 'text');
    for (const toggle of [this.#matchCase, this.#inRange]) toggle.setAttribute('aria-pressed', 'false');
    this.#cancel = iconButton('debug-stop', 'Cancel', () => this.#running?.abort());
    this.#cancel.hidden = true;
    this.root = element(
      'div',
      { class: 'find-bar', role: 'search', hidden: true },
      this.#input,
      this.#mode.root,
      this.#matchCase,
      this.#inRange,
      this.#range,
      iconButton('arrow-up', 'Previous Match (Shift+Enter)', () => void this.#search('previous')),
      iconButton('arrow-down', 'Next Match (Enter)', () => void this.#search('next')),
      iconButton('list-unordered', 'All Matches (Ctrl+Enter)', () => void this.#search('all')),
      this.#cancel,
      this.#status,
      element('div', { class: 'spacer' }),
      iconButton('close', 'Close (Escape)', () => this.close()),
    );
  }

  open(): void {
    this.root.hidden = false;
    this.#input.focus();
    this.#input.select();
  }

  close(): void {
    this.#running?.abort();
    this.root.hidden = true;
    this.#status.textContent = '';
    this.actions.closed();
  }

  get #matchesCase(): boolean {
    return this.#matchCase.getAttribute('aria-pressed') === 'true';
  }

  /** Takes the selection as the range, or lets one be typed; or searches everywhere again. */
  #toggleRange(): void {
    const isOn = this.#range.hidden;
    this.#range.hidden = !isOn;
    this.#inRange.setAttribute('aria-pressed', String(isOn));
    const { selection, sectorSize } = this.actions.place ?? NOWHERE;
    const isSelected = selection.end - selection.start > 1;
    if (isOn) this.#range.value = isSelected ? rangeText(selection, sectorSize) : '';
    if (isOn && !isSelected) this.#range.focus();
    else this.#input.focus();
  }

  /** What is to be found, and where. @returns null when it can't be: then that is said */
  #parse(): { wanted: Wanted; within: ByteSpan | null } | null {
    const pattern = parsePattern(this.#input.value, this.#mode.checked ?? 'text', this.#matchesCase);
    const { selection, byteCount, sectorSize } = this.actions.place ?? NOWHERE;
    const range = parseRange(
      this.#range.hidden ? '' : this.#range.value,
      byteCount,
      selection.start,
      sectorSize,
    );
    this.#input.setAttribute('aria-invalid', String('message' in pattern));
    this.#range.setAttribute('aria-invalid', String('message' in range));
    if (!('message' in pattern) && !('message' in range)) return { ...pattern, ...range };
    this.#status.textContent =
      'message' in pattern ? pattern.message : (range as { message: string }).message;
    return null;
  }

  async #search(what: Direction | 'all'): Promise<void> {
    const parsed = this.#parse();
    if (!parsed) return;
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#cancel.hidden = false;
    this.#status.textContent = 'Searching…';
    const outcome = await this.#outcome(parsed, what, running);
    if (this.#running !== running) return;
    this.#running = null;
    this.#cancel.hidden = true;
    this.#status.textContent = outcome;
  }

  /** Searches. @returns what to say of it */
  async #outcome(
    { wanted, within }: { wanted: Wanted; within: ByteSpan | null },
    what: Direction | 'all',
    running: AbortController,
  ): Promise<string> {
    const onProgress = (done: number, total: number) => {
      if (this.#running === running)
        this.#status.textContent = `Searching… ${sizeText(done)} of ${sizeText(total)}`;
    };
    const watch = { signal: running.signal, onProgress };
    const { sectorSize } = this.actions.place ?? NOWHERE;
    try {
      return what === 'all'
        ? describeAll(await this.actions.searchAll(wanted, within, watch), sectorSize)
        : describeMatch(await this.actions.search(wanted, within, what, watch), sectorSize);
    } catch (error) {
      if (running.signal.aborted) return 'Cancelled';
      return error instanceof Error ? error.message : String(error);
    }
  }

  #onKey(event: KeyboardEvent): void {
    keepKeysOfBox(event, true);
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.#search('all');
    else if (event.key === 'Enter') void this.#search(event.shiftKey ? 'previous' : 'next');
    else if (event.key === 'Escape') this.close();
    else if (event.code === 'KeyL' && event.altKey) this.#toggleRange();
    else return;
    event.preventDefault();
  }
}
