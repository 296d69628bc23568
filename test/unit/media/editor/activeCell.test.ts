import assert from 'node:assert/strict';
import { ActiveCell } from '../../../../media/editor/activeCell';
import { INITIAL_CURSOR } from '../../../../media/editor/cursor';
import { element } from '../../../../media/editor/dom';
import { GridRow } from '../../../../media/editor/gridRow';
import { fittingShape } from '../../../../media/editor/rowShape';
import { FakeDom, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();
const SHAPE = fittingShape(200, { bytesPerRow: 16, grouping: 8 });

function rig() {
  const rows = [new GridRow(SHAPE), new GridRow(SHAPE)];
  const grid = element('div', {}, ...rows.map(({ root }) => root));
  page.body.append(fake(grid));
  const active = new ActiveCell(grid);
  const show = (row: GridRow | undefined, byteOffset = 3) =>
    active.show(row, byteOffset % 16, { ...INITIAL_CURSOR, byteOffset }, 0x41);
  return { rows, grid: fake(grid), show };
}

describe('sector editor: the cell under the cursor', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.replaceChildren();
    page.uninstall();
  });

  it('is what the grid names to assistive technology, and no other cell', () => {
    const { rows, grid, show } = rig();
    show(rows[0]);
    const first = fake(rows[0]!.cell('hex', 3));
    const facts = (cell: typeof first) =>
      ['aria-selected', 'aria-label'].map((name) => cell.getAttribute(name));
    assert.deepEqual(facts(first), ['true', '41']);
    assert.equal(grid.getAttribute('aria-activedescendant'), first.getAttribute('id'));
    show(rows[1], 19);
    const second = fake(rows[1]!.cell('hex', 3));
    assert.deepEqual(facts(first), [null, null]);
    assert.equal(first.getAttribute('id'), null);
    assert.equal(first.classList.contains('cursor'), false);
    assert.deepEqual(facts(second), ['true', '41']);
    assert.equal(grid.getAttribute('aria-activedescendant'), second.getAttribute('id'));
  });

  it('has another name in another place, though one element shows both', () => {
    const { rows, grid, show } = rig();
    show(rows[0], 3);
    const before = grid.getAttribute('aria-activedescendant');
    show(rows[0], 1027);
    assert.notEqual(grid.getAttribute('aria-activedescendant'), before);
  });

  it('leaves the focus where it is, whatever becomes of its row', () => {
    const { rows, grid, show } = rig();
    show(rows[0]);
    grid.focus();
    fake(rows[0]!.root).remove();
    show(undefined);
    assert.equal(page.activeElement, grid);
    assert.equal(grid.getAttribute('aria-activedescendant'), null);
    show(rows[1]);
    assert.equal(page.activeElement, grid);
    assert.equal(grid.tabIndex, 0);
  });
});
