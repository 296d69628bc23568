import type { MetadataField } from '../../src/shared/protocol';
import { element } from './dom';
import { decimal, hexNumber } from './format';
import { inspect, utf8Character } from './inspectorValues';

/** The pane that reads the bytes at the cursor as numbers, text and, on a spare, as a field of the metadata. */
export class Inspector {
  readonly root: HTMLElement;
  readonly #values = element('tbody');
  readonly #field = element('section', { class: 'field', 'aria-label': 'Metadata field', hidden: true });

  constructor() {
    const head = element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Type'),
        element('th', { scope: 'col' }, 'Little endian'),
        element('th', { scope: 'col' }, 'Big endian'),
      ),
    );
    this.root = element(
      'aside',
      { class: 'inspector', 'aria-label': 'Data inspector', hidden: true },
      element('h2', {}, 'Data Inspector'),
      this.#field,
      element('table', {}, head, this.#values),
    );
  }

  /** `bytes`: those from the cursor on that can be read. */
  showBytes(bytes: Uint8Array): void {
    const rows = inspect(bytes).map(({ name, little, big }) => valueRow(name, little ?? '–', big ?? '–'));
    rows.push(valueRow('UTF-8', utf8Character(bytes) ?? '–', null));
    this.#values.replaceChildren(...rows);
  }

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

function valueRow(name: string, little: string, big: string | null): HTMLTableRowElement {
  const same = big === null || big === little;
  const row = element('tr', {}, element('th', { scope: 'row' }, name));
  row.append(element('td', same ? { colspan: 2 } : {}, little));
  if (!same) row.append(element('td', {}, big));
  return row;
}
