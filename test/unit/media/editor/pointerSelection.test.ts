import assert from 'node:assert/strict';
import { type Column, type Cursor, INITIAL_CURSOR, selectionOf } from '../../../../media/editor/cursor';
import { element } from '../../../../media/editor/dom';
import { ScrollModel } from '../../../../media/editor/geometry';
import { PointerSelection } from '../../../../media/editor/pointerSelection';
import { FakeDom, fake } from '../../../support/media/fakeDom';

const HEIGHT = 200;
const page = new FakeDom();

/** A grid whose byte under the pointer is `x`, in the text column for odd `y`. */
function rig() {
  const viewport = element('div');
  fake(viewport).clientHeight = HEIGHT;
  page.body.append(fake(viewport));
  let cursor: Cursor = INITIAL_CURSOR;
  const scrolls: number[] = [];
  const grid = {
    viewport,
    scroll: new ScrollModel(1000, 20, HEIGHT),
    byteAt: (x: number, y: number, column: Column | null) =>
      x < 0
        ? null
        : { byteOffset: x, column: column ?? (y % 2 === 1 ? ('text' as const) : ('hex' as const)) },
    scrollBy: (pixels: number) => scrolls.push(pixels),
    focus: () => undefined,
  };
  const actions = {
    get cursor() {
      return cursor;
    },
    setCursor: (next: Cursor) => {
      cursor = next;
    },
  };
  new PointerSelection(grid, actions).listen();
  const pointer = (type: string, x: number, y: number, fields: object = {}) =>
    fake(viewport).dispatch(type, { clientX: x, clientY: y, button: 0, shiftKey: false, ...fields });
  const selected = () => [selectionOf(cursor).start, selectionOf(cursor).end, cursor.column];
  return { pointer, selected, scrolls };
}

describe('sector editor: pointer', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.dispatch('pointerup');
    page.body.replaceChildren();
    page.uninstall();
  });

  it('places the cursor in the column that is clicked', () => {
    const { pointer, selected } = rig();
    pointer('pointerdown', 40, 51);
    assert.deepEqual(selected(), [40, 41, 'text']);
    pointer('pointerdown', -1, 50);
    assert.deepEqual(selected(), [40, 41, 'text']);
  });

  it('selects while it is dragged, in the column where the drag began', () => {
    const { pointer, selected } = rig();
    pointer('pointerdown', 40, 50);
    pointer('pointermove', 45, 51);
    assert.deepEqual(selected(), [40, 46, 'hex']);
    pointer('pointermove', 30, 50);
    assert.deepEqual(selected(), [30, 41, 'hex']);
    pointer('pointerup', 30, 50);
    pointer('pointermove', 99, 50);
    assert.deepEqual(selected(), [30, 41, 'hex']);
  });

  it('extends the selection with Shift', () => {
    const { pointer, selected } = rig();
    pointer('pointerdown', 40, 50);
    pointer('pointerup', 40, 50);
    pointer('pointerdown', 50, 50, { shiftKey: true });
    assert.deepEqual(selected(), [40, 51, 'hex']);
  });

  it('leaves the selection to a context menu that is opened on it', () => {
    const { pointer, selected } = rig();
    pointer('pointerdown', 40, 50);
    pointer('pointermove', 45, 50);
    pointer('pointerup', 45, 50);
    pointer('pointerdown', 43, 50, { button: 2 });
    assert.deepEqual(selected(), [40, 46, 'hex']);
    pointer('pointerdown', 60, 50, { button: 2 });
    assert.deepEqual(selected(), [60, 61, 'hex']);
    pointer('pointermove', 70, 50);
    assert.deepEqual(selected(), [60, 61, 'hex']);
  });

  it('scrolls while it is held near an edge', async () => {
    const { pointer, scrolls } = rig();
    pointer('pointerdown', 40, 100);
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.deepEqual(scrolls, []);
    pointer('pointermove', 40, HEIGHT - 5);
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.ok(scrolls.length > 0 && scrolls.every((pixels) => pixels === 40));
    pointer('pointermove', 40, 5);
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.equal(scrolls.at(-1), -40);
  });
});
