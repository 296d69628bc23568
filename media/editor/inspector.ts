import type { MetadataField } from '../../src/shared/protocol';
import { ChecksumPane, type ComputeChecksums } from './checksumPane';
import { element } from './dom';
import { InspectorRows, type ValueActions } from './inspectorRows';
import { decimal, hexNumber } from './numberTexts';
import { RadioGroup } from './radioGroup';
import { type StructureActions, StructureTree } from './structureTree';

/** What the data inspector lets a person do. */
export interface InspectorActions extends ValueActions, StructureActions {
  readonly checksums: ComputeChecksums;
}

/**
 * The pane that reads the bytes at the cursor as numbers, times, text and, on a spare, as a field of the metadata, and
 * in which they can be written as such.
 */
export class Inspector {
  readonly root: HTMLElement;
  readonly checksums: ChecksumPane;
  readonly structures: StructureTree;
  readonly #rows: InspectorRows;
  readonly #field = element('section', { class: 'field', 'aria-label': 'Metadata field', hidden: true });
  readonly #order = new RadioGroup('Byte order', () => this.#show());
  #bytes: Uint8Array = new Uint8Array(0);
  #isReadOnly = false;

  constructor(actions: InspectorActions) {
    this.#rows = new InspectorRows(actions);
    this.structures = new StructureTree(actions);
    this.checksums = new ChecksumPane(actions.checksums);
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
      this.structures.root,
      this.#field,
      element('div', { class: 'byte-order' }, element('span', {}, 'Byte order'), this.#order.root),
      element(
        'table',
        {},
        element('thead', { class: 'visually-hidden' }, element('tr', {}, ...heads)),
        this.#rows.root,
      ),
      this.checksums.root,
    );
  }

  /** Shows the readings of the bytes from the cursor on. */
  showBytes(bytes: Uint8Array, isReadOnly: boolean): void {
    this.#bytes = bytes;
    this.#isReadOnly = isReadOnly;
    this.#show();
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

  #show(): void {
    this.#rows.show(this.#bytes, this.#order.checked !== 'big', this.#isReadOnly);
  }
}
