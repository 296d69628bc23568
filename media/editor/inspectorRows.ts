import { element } from './dom';
import { keepKeysOfBox } from './editOrder';
import { READINGS } from './inspectorValues';
import type { Reading } from './reading';

/** What is done with a value that was typed. */
export interface ValueActions {
  /** Overwrites from the cursor on. @returns false if it was refused, with a sentence */
  write(bytes: Uint8Array): boolean;
  say(message: string): void;
  /** Gives the focus to the bytes. */
  leave(): void;
}

interface Row {
  readonly reading: Reading;
  readonly input: HTMLInputElement;
  /** Something was typed that is neither written nor taken back. */
  isTyped: boolean;
}

/**
 * The values of the data inspector, each in a box in which another one can be typed: Enter writes it, Escape or leaving
 * takes it back. All boxes are one tab stop; the arrow keys go from one to the next.
 */
export class InspectorRows {
  readonly root = element('tbody');
  readonly #rows: readonly Row[];
  #bytes: Uint8Array = new Uint8Array(0);
  #isLittle = true;

  constructor(private readonly actions: ValueActions) {
    this.#rows = READINGS.map((reading, i) => this.#row(reading, i));
  }

  /** Shows what the bytes are. A box in which something is typed keeps that. */
  show(bytes: Uint8Array, isLittle: boolean, isReadOnly: boolean): void {
    this.#bytes = bytes;
    this.#isLittle = isLittle;
    for (const row of this.#rows) {
      if (!row.isTyped) this.#reset(row);
      row.input.readOnly = isReadOnly;
    }
  }

  #row(reading: Reading, index: number): Row {
    const input = element('input', {
      type: 'text',
      class: 'value',
      'aria-label': reading.name,
      spellcheck: 'false',
      autocomplete: 'off',
      tabindex: index === 0 ? '0' : '-1',
    });
    const row = { reading, input, isTyped: false };
    input.addEventListener('focus', () => {
      for (const each of this.#rows) each.input.tabIndex = each === row ? 0 : -1;
    });
    input.addEventListener('input', () => {
      row.isTyped = true;
    });
    input.addEventListener('blur', () => this.#reset(row));
    input.addEventListener('keydown', (event) => {
      keepKeysOfBox(event, row.isTyped);
      if (event.isComposing || !this.#onKey(event.key, row, index)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    const name = element('th', { scope: 'row' }, reading.name);
    this.root.append(element('tr', {}, name, element('td', {}, input)));
    return row;
  }

  #onKey(key: string, row: Row, index: number): boolean {
    switch (key) {
      case 'Enter':
        this.#write(row);
        return true;
      case 'Escape':
        if (row.isTyped) this.#reset(row);
        else this.actions.leave();
        return true;
      case 'ArrowDown':
      case 'ArrowUp':
        this.#rows[index + (key === 'ArrowDown' ? 1 : -1)]?.input.focus();
        return true;
      default:
        return false;
    }
  }

  #write(row: Row): void {
    const { reading, input } = row;
    if (!row.isTyped) return;
    const bytes = reading.write(input.value, this.#isLittle, this.#bytes);
    if (bytes === null) {
      input.setAttribute('aria-invalid', 'true');
      this.actions.say(`“${input.value}” can’t be written as ${reading.name}.`);
      return;
    }
    row.isTyped = false;
    if (!this.actions.write(bytes)) this.#reset(row);
  }

  #reset(row: Row): void {
    const { reading, input } = row;
    row.isTyped = false;
    input.removeAttribute('aria-invalid');
    const value = reading.read(this.#bytes, this.#isLittle) ?? '–';
    if (input.value !== value) input.value = value;
    input.title = value;
  }
}
