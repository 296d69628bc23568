import assert from 'node:assert/strict';
import { ActiveCell } from '../../../../media/editor/activeCell';
import { INITIAL_CURSOR } from '../../../../media/editor/cursor';
import { element } from '../../../../media/editor/dom';
import { GridRow } from '../../../../media/editor/gridRow';
import { FakeDom, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();

function rig() {
  const rows = [new GridRow(16), new GridRow(16)];
  for (const row of rows) row.root.hidden = false;
  const viewport = element('div', {}, ...rows.map(({ root }) => root));
  const grid = element('div', {}, viewport);
  const other = element('input');
  page.body.append(fake(grid), fake(other));
  const active = new ActiveCell(grid, viewport);
  const show = (row: GridRow | undefined, index = 3) => active.show(row, index, INITIAL_CURSOR, 0x41);
  return { active, rows, viewport: fake(viewport), other: fake(other), show };
}

describe('sector editor: the cell under the cursor', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.moveFocus(page.body);
    page.body.replaceChildren();
    page.uninstall();
  });

  it('is what assistive technology is told of, and no other cell', () => {
    const { rows, show } = rig();
    show(rows[0]);
    const first = fake(rows[0]!.cell('hex', 3));
    assert.deepEqual(
      ['tabindex', 'aria-selected', 'aria-label'].map((name) => first.getAttribute(name)),
      ['0', 'true', '41'],
    );
    show(rows[1]);
    assert.equal(first.getAttribute('tabindex'), null);
    assert.equal(first.getAttribute('aria-label'), null);
    assert.equal(first.classList.contains('cursor'), false);
    assert.equal(fake(rows[1]!.cell('hex', 3)).getAttribute('aria-label'), '41');
  });

  it('takes the focus along when the cursor moves', () => {
    const { active, rows, show } = rig();
    show(rows[0]);
    assert.equal(page.activeElement, page.body);
    active.focus();
    assert.equal(page.activeElement, fake(rows[0]!.cell('hex', 3)));
    show(rows[1]);
    assert.equal(page.activeElement, fake(rows[1]!.cell('hex', 3)));
  });

  it('leaves the focus to the viewport while its row is not in view, and takes it back', () => {
    const { active, rows, viewport, show } = rig();
    show(rows[0]);
    assert.equal(viewport.tabIndex, -1);
    active.focus();
    show(undefined);
    assert.equal(viewport.tabIndex, 0);
    assert.equal(page.activeElement, viewport);
    show(rows[1]);
    assert.equal(page.activeElement, fake(rows[1]!.cell('hex', 3)));
  });

  it('does not take the focus from another part of the page', () => {
    const { active, rows, other, show } = rig();
    show(rows[0]);
    active.focus();
    other.focus();
    show(rows[1]);
    assert.equal(page.activeElement, other);
  });

  it('takes the focus back that was lost because its row was hidden', () => {
    const { active, rows, show } = rig();
    show(rows[0]);
    active.focus();
    fake(rows[0]!.root).hidden = true;
    page.moveFocus(page.body);
    show(rows[1]);
    assert.equal(page.activeElement, fake(rows[1]!.cell('hex', 3)));
  });
});
