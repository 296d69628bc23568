import { type Direction, SECTOR_SIZE, type SearchMatch } from '../../src/shared/protocol';
import { element, iconButton } from './dom';
import { type FindMode, parsePattern } from './findPattern';
import { decimal, sizeText } from './numberTexts';
import { RadioGroup } from './radioGroup';

export interface FindBarActions {
  /** Searches from the cursor on and goes to the match. @returns null if there is none */
  search(
    pattern: Uint8Array,
    direction: Direction,
    signal: AbortSignal,
    onProgress: (doneBytes: number, totalBytes: number) => void,
  ): Promise<SearchMatch | null>;
  closed(): void;
}

/** The bar above the grid that searches for bytes or text, forwards and backwards, with progress and cancel. */
export class FindBar {
  readonly root: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #status = element('span', { class: 'find-status', role: 'status' });
  readonly #cancel: HTMLButtonElement;
  readonly #mode = new RadioGroup<FindMode>('What to find', () => this.#input.focus());
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
    this.#mode.show(
      [
        { id: 'text', label: 'Text', title: 'Find text (UTF-8)' },
        { id: 'hex', label: 'Hex', title: 'Find bytes, such as de ad be ef' },
      ],
      'text',
    );
    this.#cancel = iconButton('debug-stop', 'Cancel', () => this.#running?.abort());
    this.#cancel.hidden = true;
    this.root = element(
      'div',
      { class: 'find-bar', role: 'search', hidden: true },
      this.#input,
      this.#mode.root,
      iconButton('arrow-up', 'Previous Match (Shift+Enter)', () => void this.#search('previous')),
      iconButton('arrow-down', 'Next Match (Enter)', () => void this.#search('next')),
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

  async #search(direction: Direction): Promise<void> {
    const parsed = parsePattern(this.#input.value, this.#mode.checked ?? 'text');
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
    const outcome = await this.#outcome(parsed.pattern, direction, running);
    if (this.#running !== running) return;
    this.#running = null;
    this.#cancel.hidden = true;
    this.#status.textContent = outcome;
  }

  /** Searches. @returns what to say of it */
  async #outcome(pattern: Uint8Array, direction: Direction, running: AbortController): Promise<string> {
    const onProgress = (done: number, total: number) => {
      if (this.#running === running)
        this.#status.textContent = `Searching… ${sizeText(done)} of ${sizeText(total)}`;
    };
    try {
      const found = await this.actions.search(pattern, direction, running.signal, onProgress);
      if (!found) return 'Not found';
      return `Sector ${decimal(Math.floor(found.byteOffset / SECTOR_SIZE))}${found.wrapped ? ' (wrapped)' : ''}`;
    } catch (error) {
      if (running.signal.aborted) return 'Cancelled';
      return error instanceof Error ? error.message : String(error);
    }
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') void this.#search(event.shiftKey ? 'previous' : 'next');
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
  }
}
