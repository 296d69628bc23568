import assert from 'node:assert/strict';
import { commandOfKey, EditOrder, keepKeysOfBox } from '../../../../media/editor/editOrder';

/** Work that is done when the test says so. */
function rig() {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const order = new EditOrder((isBusy) => log.push(isBusy ? 'busy' : 'idle'));
  const work = (name: string) => () => {
    log.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  const end = async (name: string) => {
    ends.get(name)!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { log, order, work, end };
}

describe('sector editor: order of edits and commands', () => {
  it('runs each command when the one before it has ended', async () => {
    const { order, work, log, end } = rig();
    for (const name of ['undo', 'redo', 'save']) order.hold(work(name));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(log, ['busy', 'undo']);
    for (const name of ['undo', 'redo', 'save']) await end(name);
    assert.deepEqual(log, ['busy', 'undo', 'redo', 'save', 'idle']);
  });

  it('sends edits at once, and a command when they are made', async () => {
    const { order, work, log, end } = rig();
    order.edit(work('first'));
    order.edit(work('second'));
    order.hold(work('undo'));
    await end('second');
    assert.deepEqual(log, ['first', 'busy', 'second']);
    await end('first');
    assert.deepEqual(log, ['first', 'busy', 'second', 'undo']);
    await end('undo');
    assert.deepEqual(log.at(-1), 'idle');
  });

  it('sends an edit that was typed after a command after it', async () => {
    const { order, work, log, end } = rig();
    order.edit(work('first'));
    order.hold(work('undo'));
    order.edit(work('second'));
    order.hold(work('save'));
    for (const name of ['first', 'undo', 'second', 'save']) await end(name);
    assert.deepEqual(log, ['first', 'busy', 'undo', 'second', 'save', 'idle']);
  });

  it('goes on after work that fails', async () => {
    const { order, work, log, end } = rig();
    order.edit(() => Promise.reject(new Error('read-only')));
    order.hold(() => Promise.reject(new Error('refused')));
    order.edit(work('edit'));
    await new Promise((resolve) => setImmediate(resolve));
    await end('edit');
    assert.deepEqual(log, ['busy', 'edit', 'idle']);
  });

  it('knows the keys that must not overtake an edit', () => {
    const none = { code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
    const control = { ...none, ctrlKey: true };
    assert.equal(commandOfKey({ ...control, key: 'z' }), 'undo');
    assert.equal(commandOfKey({ ...none, metaKey: true, key: 'z' }), 'undo');
    assert.equal(commandOfKey({ ...control, key: 'Z', shiftKey: true }), 'redo');
    assert.equal(commandOfKey({ ...control, key: 'y' }), 'redo');
    assert.equal(commandOfKey({ ...control, key: 'я', code: 'KeyZ' }), 'undo');
    assert.equal(commandOfKey({ ...control, key: 'ζ', code: 'KeyZ' }), 'undo');
    assert.equal(commandOfKey({ ...control, key: 'w', code: 'KeyZ' }), null);
    assert.equal(commandOfKey({ ...control, key: 's' }), 'save');
    assert.equal(commandOfKey({ ...control, key: 'S', shiftKey: true }), null);
    assert.equal(commandOfKey({ ...none, key: 'z' }), null);
    assert.equal(commandOfKey({ ...control, key: 'z', altKey: true }), null);
    assert.equal(commandOfKey({ ...control, key: 'c' }), null);
  });

  it('leaves to a box that all of it is selected, and undo and redo of what is typed', () => {
    const none = { code: '', ctrlKey: true, metaKey: false, shiftKey: false, altKey: false };
    const kept = (isTyped: boolean) =>
      ['a', 'z', 'y', 's', 'x'].filter((key) => {
        let isStopped = false;
        const stopPropagation = () => {
          isStopped = true;
        };
        keepKeysOfBox({ ...none, key, stopPropagation }, isTyped);
        return isStopped;
      });
    assert.deepEqual(kept(true), ['a', 'z', 'y']);
    assert.deepEqual(kept(false), ['a']);
  });
});
