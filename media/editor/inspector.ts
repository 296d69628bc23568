import type { MetadataField } from '../../src/shared/protocol';
import { element } from './dom';
import { inspect, utf8Character } from './inspectorValues';
import { decimal, hexNumber } from './numberTexts';
import { RadioGroup } from './radioGroup';

/** The pane that reads the bytes at the cursor as numbers, text and, on a spare, as a field of the metadata. */
export class Inspector {
  readonly root: HTMLElement;
  readonly #values = element('tbody');
  readonly #field = element('section', { class: 'field', 'aria-label': 'Metadata field', hidden: true });
  readonly #order = new RadioGroup('Byte order', () => this.showBytes(this.#bytes));
  #bytes: Uint8Array = new Uint8Array(0);

  constructor() {
    this.#order.show(
      [
        { id: 'little', label: 'Little', title: 'Little endian: the lowest byte first' },
        { id: 'big', label: 'Big', title: 'Big endian: the highest byte first' },
      ],
      'little',
    );
    const heads = ['Type', 'Value'].map((text) => element('th', { scope: 'col' }, text));
    this.root = element(
      'aside',
      { class: 'inspector', 'aria-label': 'Data inspector', hidden: true },
      element('h2', {}, 'Data Inspector'),
      this.#field,
      element('div', { class: 'byte-order' }, element('span', {}, 'Byte order'), this.#order.root),
      element(
        'table',
        {},
        element('thead', { class: 'visually-hidden' }, element('tr', {}, ...heads)),
        this.#values,
      ),
    );
  }

  /** Shows the readings of the bytes from the cursor on. */
  showBytes(bytes: Uint8Array): void {
    this.#bytes = bytes;
    const order = this.#order.checked === 'big' ? 'big' : 'little';
    const rows = inspect(bytes).map((value) => valueRow(value.name, value[order] ?? '–'));
    rows.push(valueRow('UTF-8', utf8Character(bytes) ?? '–'));
    this.#values.replaceChildren(...rows);
  }

  /** Shows the metadata field over the cursor, or none. */
  showField(field: MetadataField | null): void {
    this.#field.hidden = field === null;
    if (!field) return;
    const place = `copy ${field.copy}, byte ${hexNumber(field.byteOffset)}, ${decimal(field.byteCount)} bytes`;
    this.#field.replaceChildren(
      element('div', { class: 'field-name' }, field.name),
      element('div', { class: 'field-value' }, field.value),
      element('div', { class: 'field-place' }, place),
    );
  }
}

function valueRow(name: string, value: string): HTMLTableRowElement {
  return element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, value));
}
