import assert from 'node:assert/strict';
import { ScrollModel } from '../../../../media/editor/geometry';
import { RowRing } from '../../../../media/editor/rowRing';
import { fittingShape } from '../../../../media/editor/rowShape';
import type { Display } from '../../../../src/shared/display';
import { FakeDom, fake } from '../../../support/media/fakeDom';

const SIZE = 8;
const page = new FakeDom();
const shape = (bytesPerRow: Display['bytesPerRow'], grouping: Display['grouping'] = 8) =>
  fittingShape(0, { bytesPerRow, grouping });

function rig() {
  const ring = new RowRing();
  page.body.append(fake(ring.root));
  ring.resize(SIZE, shape(16));
  const scroll = new ScrollModel(1000, 20, (SIZE - 2) * 20);
  const show = (row: number) => {
    const drawn: number[] = [];
    scroll.top = row * 20;
    ring.show(scroll, ({ index }) => drawn.push(index));
    return drawn;
  };
  const elementOf = (index: number) => fake(ring.shown.find((row) => row.index === index)?.root);
  return { ring, scroll, show, elementOf };
}

describe('sector editor: ring of rows', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.replaceChildren();
    page.uninstall();
  });

  it('draws the rows of the scroll position, and hides the elements that are left over', () => {
    const { ring, show } = rig();
    assert.deepEqual(show(10), [10, 11, 12, 13, 14, 15]);
    assert.equal(ring.shown.length, 6);
    assert.equal(fake(ring.root).children.filter(({ hidden }) => hidden).length, 2);
  });

  it('leaves a row in its element for as long as it is in view', () => {
    const { show, elementOf } = rig();
    show(10);
    const before = [12, 13, 14, 15].map(elementOf);
    show(12);
    assert.deepEqual([12, 13, 14, 15].map(elementOf), before);
  });

  it('has new elements when there are more of them, or of another shape', () => {
    const { ring } = rig();
    const before = fake(ring.root).children.slice();
    ring.resize(SIZE, shape(16));
    assert.deepEqual(fake(ring.root).children, before);
    ring.resize(SIZE, shape(16, 4));
    assert.ok(!before.includes(fake(ring.root).children[0]!));
    ring.resize(SIZE, shape(8));
    assert.ok(!before.includes(fake(ring.root).children[0]!));
    ring.resize(SIZE + 1, shape(8));
    assert.equal(ring.size, SIZE + 1);
  });

  it('puts the elements in the order of the rows once scrolling rests', async () => {
    const { ring, show, elementOf } = rig();
    show(13);
    const inOrder = () => [13, 14, 15, 16, 17, 18].map(elementOf);
    const shown = () => fake(ring.root).children.filter(({ hidden }) => !hidden);
    assert.notDeepEqual(shown(), inOrder());
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.deepEqual(shown(), inOrder());
  });

  it('numbers the rows that stay in view, and no longer, when as many become countable or too many', () => {
    const { scroll, show, elementOf } = rig();
    const numberOf = (index: number) => elementOf(index).getAttribute('aria-rowindex');
    for (const [rowCount, number] of [
      [2 ** 40, null],
      [1000, '14'],
      [2 ** 40, null],
    ] as const) {
      scroll.resize(rowCount, 20, (SIZE - 2) * 20);
      show(12);
      assert.equal(numberOf(12), number);
    }
  });
});
