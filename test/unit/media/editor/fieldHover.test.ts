import assert from 'node:assert/strict';
import { FieldHover } from '../../../../media/editor/fieldHover';
import type { Grid } from '../../../../media/editor/grid';
import type { OpenView } from '../../../../media/editor/openView';
import type { Structure } from '../../../../media/editor/structureFields';
import { FakeDom, type FakeElement, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const TABLE: Structure = {
  name: 'Table',
  byteOffset: 512,
  byteCount: 512,
  isChecksumRight: null,
  fields: [
    { level: 1, name: 'Size', value: '7', meaning: 'How much', byteOffset: 516, byteCount: 1, link: null },
  ],
};

/** A grid in which the pointer's x is the byte that it is on. */
function rig() {
  const viewport = document.createElement('div');
  page.body.append(fake(viewport));
  const asked: number[] = [];
  let answer: (structures: readonly Structure[]) => void = () => undefined;
  const hover = new FieldHover(
    { viewport, byteAt: (x: number) => (x < 0 ? null : { byteOffset: x, column: 'hex' }) } as unknown as Grid,
    () => ({}) as OpenView,
    (_view, sector) => {
      asked.push(sector);
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  );
  const root = fake(hover.root);
  const move = (clientX: number, buttons = 0) =>
    fake(viewport).dispatch('pointermove', { clientX, clientY: 10, buttons });
  const lines = () => root.children.map(({ textContent }: FakeElement) => textContent);
  return {
    viewport: fake(viewport),
    root,
    asked,
    move,
    lines,
    answer: (found: readonly Structure[]) => answer(found),
  };
}

describe('sector editor: the field under the mouse', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.replaceChildren();
    page.uninstall();
  });

  it('is shown once the pointer rests, with what is known of it, until it moves on', async () => {
    const { root, asked, move, lines, answer } = rig();
    move(515);
    move(516);
    assert.deepEqual(asked, []);
    await pause(400);
    assert.deepEqual(asked, [1]);
    answer([TABLE]);
    await pause(1);
    assert.equal(root.hidden, false);
    assert.deepEqual(lines(), ['Table › Size', '7', 'How much', 'byte 0x204, 1 byte']);
    move(516);
    assert.equal(root.hidden, false, 'it has not moved');
    move(517);
    assert.equal(root.hidden, true);
  });

  it('is hidden at a key, a click and a scroll, also where the answer comes later', async () => {
    const { viewport, root, move, answer } = rig();
    const show = async (x: number) => {
      move(x);
      await pause(400);
      answer([TABLE]);
      await pause(1);
      assert.equal(root.hidden, false);
    };
    await show(516);
    page.body.dispatch('keydown', { key: 'ArrowDown' });
    assert.equal(root.hidden, true);
    for (const [i, type] of ['pointerdown', 'wheel', 'pointerleave'].entries()) {
      await show(517 + i);
      viewport.dispatch(type);
      assert.equal(root.hidden, true, type);
    }
    move(600);
    await pause(400);
    page.body.dispatch('keydown', { key: 'a' });
    answer([TABLE]);
    await pause(1);
    assert.equal(root.hidden, true);
  });

  it('is none where no structure is, beside the bytes, and while something is dragged', async () => {
    const { root, asked, move, answer } = rig();
    move(-1);
    await pause(400);
    move(516, 1);
    await pause(400);
    assert.deepEqual(asked, []);
    move(5000);
    await pause(400);
    answer([]);
    await pause(1);
    assert.equal(root.hidden, true);
  });
});
