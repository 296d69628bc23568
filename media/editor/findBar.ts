import { type Direction, SECTOR_SIZE, type SearchMatch, type Wanted } from '../../src/shared/protocol';
import { element, iconButton } from './dom';
import { type FindMode, parsePattern } from './findPattern';
import { decimal, sizeText } from './numberTexts';
import { RadioGroup } from './radioGroup';

export interface FindBarActions {
  /** Searches from the cursor on and goes to the match. @returns null if there is none */
  search(wanted: Wanted, direction: Direction, watch: Watch): Promise<SearchMatch | null>;
  /** Searches for all matches and shows them. @returns how many there are, and whether these are all */
  searchAll(wanted: Wanted, watch: Watch): Promise<{ count: number; isComplete: boolean }>;
  closed(): void;
}

/** How a search is cancelled, and how it tells how far it has come. */
export interface Watch {
  readonly signal: AbortSignal;
  onProgress(doneBytes: number, totalBytes: number): void;
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
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    this.#mode.show(MODES, 'text');
    this.#matchCase.setAttribute('aria-pressed', 'false');
    this.#cancel = iconButton('debug-stop', 'Cancel', () => this.#running?.abort());
    this.#cancel.hidden = true;
    this.root = element(
      'div',
      { class: 'find-bar', role: 'search', hidden: true },
      this.#input,
      this.#mode.root,
      this.#matchCase,
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

  async #search(what: Direction | 'all'): Promise<void> {
    const parsed = parsePattern(this.#input.value, this.#mode.checked ?? 'text', this.#matchesCase);
    this.#input.setAttribute('aria-invalid', String('message' in parsed));
    if ('message' in parsed) {
      this.#status.textContent = parsed.message;
      return;
    }
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#cancel.hidden = false;
    this.#status.textContent = 'Searching…';
    const outcome = await this.#outcome(parsed.wanted, what, running);
    if (this.#running !== running) return;
    this.#running = null;
    this.#cancel.hidden = true;
    this.#status.textContent = outcome;
  }

  /** Searches. @returns what to say of it */
  async #outcome(wanted: Wanted, what: Direction | 'all', running: AbortController): Promise<string> {
    const onProgress = (done: number, total: number) => {
      if (this.#running === running)
        this.#status.textContent = `Searching… ${sizeText(done)} of ${sizeText(total)}`;
    };
    const watch = { signal: running.signal, onProgress };
    try {
      return what === 'all'
        ? describeAll(await this.actions.searchAll(wanted, watch))
        : describeMatch(await this.actions.search(wanted, what, watch));
    } catch (error) {
      if (running.signal.aborted) return 'Cancelled';
      return error instanceof Error ? error.message : String(error);
    }
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.#search('all');
    else if (event.key === 'Enter') void this.#search(event.shiftKey ? 'previous' : 'next');
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
  }
}

function describeMatch(found: SearchMatch | null): string {
  if (!found) return 'Not found';
  const sector = decimal(Math.floor(found.byteOffset / SECTOR_SIZE));
  return `Sector ${sector}${found.wrapped ? ' (wrapped)' : ''}`;
}

function describeAll({ count, isComplete }: { count: number; isComplete: boolean }): string {
  if (count === 0) return 'Not found';
  const matches = `${decimal(count)} ${count === 1 ? 'match' : 'matches'}`;
  return isComplete ? matches : `the first ${matches}; there are more`;
}
