import assert from 'node:assert/strict';
import { InspectorRows } from '../../../../media/editor/inspectorRows';
import { FakeDom, type FakeElement, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();

type Box = FakeElement & { value: string; readOnly: boolean };

function rig(accepts = true) {
  const log: unknown[] = [];
  const rows = new InspectorRows({
    write: (bytes) => {
      log.push([...bytes]);
      return accepts;
    },
    say: (message) => log.push(message),
    leave: () => log.push('leave'),
  });
  page.body.append(fake(rows.root));
  rows.show(Uint8Array.from([1, 2, 0, 0]), true, false);
  const box = (name: string) =>
    fake(rows.root)
      .all('.value')
      .find((each) => each.getAttribute('aria-label') === name) as Box;
  const type = (name: string, value: string, ...keys: string[]) => {
    const input = box(name);
    input.value = value;
    input.dispatch('input');
    for (const key of keys) input.dispatch('keydown', { key, stopPropagation: () => undefined });
  };
  return { rows, log, box, type };
}

describe('sector editor: values of the data inspector', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.replaceChildren();
    page.uninstall();
  });

  it('are shown in the byte order that is chosen', () => {
    const { rows, box } = rig();
    assert.equal(box('uint16').value, '513');
    assert.equal(box('uint64').value, '–');
    rows.show(Uint8Array.from([1, 2, 0, 0]), false, true);
    assert.equal(box('uint16').value, '258');
    assert.equal(box('uint16').readOnly, true);
  });

  it('are written by Enter', () => {
    const { log, type } = rig();
    type('uint16', '0x1234', 'Enter');
    assert.deepEqual(log, [[0x34, 0x12]]);
  });

  it('are not written without a change, and come back by Escape, which then leaves', () => {
    const { log, type, box } = rig();
    box('uint16').dispatch('keydown', { key: 'Enter', stopPropagation: () => undefined });
    type('uint16', '7', 'Escape');
    assert.deepEqual([box('uint16').value, log], ['513', []]);
    type('uint16', '7', 'Escape', 'Escape');
    assert.deepEqual(log, ['leave']);
  });

  it('say what can’t be written, and stay to be mended', () => {
    const { log, type, box, rows } = rig();
    type('uint8', '256', 'Enter');
    assert.deepEqual(log, ['“256” can’t be written as uint8.']);
    assert.equal(box('uint8').getAttribute('aria-invalid'), 'true');
    rows.show(Uint8Array.from([9]), true, false);
    assert.equal(box('uint8').value, '256', 'what is being typed stays');
    box('uint8').dispatch('blur');
    assert.deepEqual([box('uint8').value, box('uint8').getAttribute('aria-invalid')], ['9', null]);
  });

  it('come back when the write is refused', () => {
    const { type, box } = rig(false);
    type('uint8', '7', 'Enter');
    assert.equal(box('uint8').value, '1');
  });

  it('are one tab stop, in which the arrow keys move', () => {
    const { rows, box } = rig();
    box('uint8').dispatch('focus');
    box('uint8').dispatch('keydown', { key: 'ArrowDown', stopPropagation: () => undefined });
    assert.equal(page.activeElement, box('int8'));
    const stops = fake(rows.root)
      .all('.value')
      .filter((each) => each.tabIndex === 0);
    assert.deepEqual(stops, [box('uint8')]);
  });
});
