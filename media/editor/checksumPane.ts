import { element, textButton } from './dom';
import { decimal } from './numberTexts';

/** A checksum of the selection: what it is called, and its value in hexadecimal digits. */
export interface Checksum {
  readonly name: string;
  readonly value: string;
}

/** How a calculation is given up, and told how far it has come. */
interface Watch {
  readonly signal: AbortSignal;
  onProgress(doneBytes: number, totalBytes: number): void;
}

export type ComputeChecksums = (watch: Watch) => Promise<readonly Checksum[]>;

/** The part of the data inspector with the checksums of the selection, which are calculated when asked for. */
export class ChecksumPane {
  readonly root: HTMLElement;
  readonly #size = element('span', { class: 'checksum-size' });
  readonly #button = textButton('Compute', () => void this.#run());
  readonly #state = element('p', { class: 'checksum-state', role: 'status', hidden: true });
  readonly #values = element('dl', { class: 'checksums', hidden: true });
  #start = 0;
  #end = 0;
  #running: AbortController | null = null;

  constructor(private readonly compute: ComputeChecksums) {
    this.#button.setAttribute('aria-label', 'Compute checksums of the selection');
    this.root = element(
      'section',
      { class: 'checksum-pane', 'aria-label': 'Checksums' },
      element('h3', {}, 'Checksums'),
      element('div', { class: 'checksum-head' }, this.#size, this.#button),
      this.#state,
      this.#values,
    );
  }

  /** The bytes `[start, end)` are selected. */
  select(start: number, end: number): void {
    if (start === this.#start && end === this.#end) return;
    this.#start = start;
    this.#end = end;
    this.forget();
  }

  /** The bytes may have changed: what was calculated is not theirs any more. */
  forget(): void {
    this.#running?.abort();
    this.#running = null;
    const count = this.#end - this.#start;
    this.#size.textContent = count === 1 ? '1 byte' : `${decimal(count)} bytes`;
    this.#state.hidden = true;
    this.#values.hidden = true;
  }

  async #run(): Promise<void> {
    this.forget();
    const running = new AbortController();
    this.#running = running;
    try {
      const values = await this.compute({
        signal: running.signal,
        onProgress: (done, total) => this.#say(`${Math.floor((100 * done) / total)} %`),
      });
      if (this.#running !== running) return;
      this.#values.replaceChildren(
        ...values.flatMap(({ name, value }) => [element('dt', {}, name), element('dd', {}, value)]),
      );
      this.#values.hidden = false;
      this.#say('Done.');
    } catch (error) {
      if (this.#running === running) this.#say((error as Error).message);
    }
  }

  #say(text: string): void {
    this.#state.hidden = false;
    this.#state.textContent = text;
  }
}
