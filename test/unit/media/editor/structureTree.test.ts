import assert from 'node:assert/strict';
import { fieldAt } from '../../../../media/editor/structureFields';
import { StructureTree } from '../../../../media/editor/structureTree';
import { FakeDom, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();

const PLAIN = { meaning: '', link: null };

const TABLE = {
  name: 'Table',
  byteOffset: 1024,
  byteCount: 512,
  isChecksumRight: false,
  fields: [
    { level: 1, name: 'Magic', value: '1', byteOffset: 1024, byteCount: 4, ...PLAIN },
    { level: 1, name: 'Entry 1', value: '', byteOffset: 1040, byteCount: 16, ...PLAIN },
    { level: 2, name: 'Start', value: '7', byteOffset: 1044, byteCount: 4, ...PLAIN },
    { level: 1, name: 'End', value: '9', byteOffset: 1056, byteCount: 2, ...PLAIN },
  ],
};

function rig() {
  const log: unknown[] = [];
  const tree = new StructureTree({
    select: (byteOffset, byteCount) => log.push([byteOffset, byteCount]),
    goTo: (view, byteOffset) => log.push(['goTo', view, byteOffset]),
    leave: () => log.push('leave'),
  });
  page.body.append(fake(tree.root));
  const root = fake(tree.root);
  const rows = () => root.all('[data-item]').filter((row) => !row.hidden);
  const names = () => rows().map((row) => row.children[1]!.textContent);
  const press = (...keys: string[]) => {
    for (const key of keys) page.activeElement.dispatch('keydown', { key, stopPropagation: () => undefined });
  };
  return { tree, root, log, rows, names, press };
}

describe('sector editor: tree of structures', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.replaceChildren();
    page.uninstall();
  });

  it('shows name, value, place and the verdict of the checksum; groups are closed at first', () => {
    const { tree, root, rows, names } = rig();
    assert.equal(root.hidden, true);
    tree.show([TABLE]);
    assert.equal(root.hidden, false);
    assert.deepEqual(names(), ['Table', 'Magic', 'Entry 1', 'End']);
    assert.deepEqual(
      rows().map((row) => [
        row.children
          .slice(1)
          .map(({ textContent }) => textContent)
          .join(', '),
        row.getAttribute('aria-level'),
      ]),
      [
        ['Table, checksum wrong, byte 0x400', '1'],
        ['Magic, 1, +0x0', '2'],
        ['Entry 1, , +0x10', '2'],
        ['End, 9, +0x20', '2'],
      ],
    );
    assert.equal(rows()[2]!.getAttribute('aria-expanded'), 'false');
    assert.equal(rows()[1]!.getAttribute('aria-expanded'), null);
  });

  it('selects by click and Enter, and opens and closes by click and key', () => {
    const { tree, log, rows, names, press } = rig();
    tree.show([TABLE]);
    rows()[1]!.dispatch('click');
    press('ArrowDown', 'ArrowRight', 'ArrowRight', 'Enter', 'Home', 'ArrowUp', 'End', ' ', 'Escape');
    assert.deepEqual(log, [[1024, 4], [1044, 4], [1056, 2], 'leave']);
    assert.deepEqual(names(), ['Table', 'Magic', 'Entry 1', 'Start', 'End']);
    rows()[2]!.children[0]!.dispatch('click');
    assert.deepEqual(names(), ['Table', 'Magic', 'Entry 1', 'End']);
    press('Home', 'ArrowLeft');
    assert.deepEqual(names(), ['Table']);
    press('ArrowRight');
    assert.equal(rows().filter((row) => row.tabIndex === 0).length, 1);
  });

  it('goes from a field to its group by the left arrow', () => {
    const { tree, rows, press } = rig();
    tree.show([TABLE]);
    rows()[2]!.focus();
    rows()[2]!.dispatch('click');
    press('ArrowRight', 'ArrowRight', 'ArrowLeft');
    assert.equal(page.activeElement, rows()[2]);
  });

  it('keeps rows that are the same, the focus, and what was opened; gives the focus up when it goes', () => {
    const { tree, root, log, rows, names, press } = rig();
    tree.show([TABLE]);
    rows()[2]!.dispatch('click');
    press('ArrowRight');
    const [first] = rows();
    tree.show([{ ...TABLE }]);
    assert.equal(rows()[0], first);
    tree.show([{ ...TABLE, isChecksumRight: true }]);
    assert.notEqual(rows()[0], first);
    assert.equal(page.activeElement, rows()[2]);
    assert.deepEqual(names(), ['Table', 'Magic', 'Entry 1', 'Start', 'End']);
    tree.show([]);
    assert.equal(root.hidden, true);
    assert.equal(log.at(-1), 'leave');
  });

  it('marks the field under the cursor and opens its group, until the cursor or the person leaves it', () => {
    const { tree, root, names, press, rows } = rig();
    tree.show([TABLE]);
    const marked = () =>
      root.all('[data-item]').flatMap((row) => (row.getAttribute('aria-current') ? row.dataset.item! : []));
    tree.showCursor(fieldAt([TABLE], 1045));
    assert.deepEqual([marked(), names()], [['3'], ['Table', 'Magic', 'Entry 1', 'Start', 'End']]);
    tree.showCursor(fieldAt([TABLE], 1024));
    assert.deepEqual([marked(), names()], [['1'], ['Table', 'Magic', 'Entry 1', 'End']]);
    tree.showCursor(fieldAt([TABLE], 1100));
    assert.deepEqual(marked(), ['0']);
    tree.showCursor(fieldAt([TABLE], 1044));
    rows()[2]!.dispatch('click');
    press('ArrowLeft');
    assert.deepEqual(names(), ['Table', 'Magic', 'Entry 1', 'End']);
    tree.showCursor(null);
    assert.deepEqual(marked(), []);
    tree.showCursor({ ...fieldAt([TABLE], 1044)!, structure: 7 });
    assert.deepEqual(marked(), []);
  });

  it('goes to the place that a field names by its arrow, or by Ctrl+Enter', () => {
    const { tree, root, log, rows } = rig();
    const link = { view: 'device', byteOffset: 512_000 } as const;
    const fields = TABLE.fields.map((field) => (field.name === 'End' ? { ...field, link } : field));
    tree.show([{ ...TABLE, fields }]);
    root.all('[data-link]')[0]!.dispatch('click');
    rows()[3]!.dispatch('click');
    const press = (key: string, more: object) =>
      page.activeElement.dispatch('keydown', { key, stopPropagation: () => undefined, ...more });
    press('Enter', { ctrlKey: true });
    press('Enter', { ctrlKey: true, altKey: true });
    rows()[1]!.dispatch('click');
    press('Enter', { metaKey: true });
    assert.deepEqual(log, [
      ['goTo', 'device', 512_000],
      [1056, 2],
      ['goTo', 'device', 512_000],
      [1024, 4],
    ]);
    assert.match(rows()[3]!.textContent, /leads to sector 1000 of device/);
  });
});
