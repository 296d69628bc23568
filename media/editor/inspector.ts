import { ChecksumPane, type ComputeChecksums } from './checksumPane';
import { element } from './dom';
import { InspectorRows, type ValueActions } from './inspectorRows';
import { RadioGroup } from './radioGroup';
import { type StructureActions, StructureTree } from './structureTree';

/** What the data inspector lets a person do. */
export interface InspectorActions extends ValueActions, StructureActions {
  readonly checksums: ComputeChecksums;
}

/**
 * The pane that reads the bytes at the cursor as fields of structures, numbers, times and text, and in which they can be
 * written as such.
 */
export class Inspector {
  readonly root: HTMLElement;
  readonly checksums: ChecksumPane;
  readonly structures: StructureTree;
  readonly #rows: InspectorRows;
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

  #show(): void {
    this.#rows.show(this.#bytes, this.#order.checked !== 'big', this.#isReadOnly);
  }
}
