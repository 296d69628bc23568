import assert from 'node:assert/strict';
import { type Cursor, INITIAL_CURSOR } from '../../../../media/editor/cursor';
import { element } from '../../../../media/editor/dom';
import type { Grid } from '../../../../media/editor/grid';
import { listenToInput } from '../../../../media/editor/input';
import { FakeDom, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();
const NO_MODIFIERS = {
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  isComposing: false,
  getModifierState: (_name: string) => false,
};

function rig({ isHeld = false, isMac = false, hasHalf = false } = {}) {
  const root = element('div', { tabindex: 0 });
  page.body.append(fake(root));
  const log: unknown[] = [];
  const actions = {
    cursor: INITIAL_CURSOR as Cursor | null,
    setCursor: (cursor: Cursor) => log.push(cursor),
    move: (motion: string, extend: boolean) => log.push([motion, extend]),
    selectAll: () => log.push('all'),
    hold: () => isHeld,
    type: (character: string) => {
      log.push(`type ${character}`);
      return /[0-9a-f]/.test(character);
    },
    takeDigitBack: () => hasHalf,
    follow: () => log.push('follow'),
    copy: (format: string) => log.push(`copy ${format}`),
    paste: (text: string) => log.push(`paste ${text}`),
    pasteAs: () => log.push('paste as'),
  };
  const grid = { root, viewport: element('div'), focus: () => fake(root).focus() };
  listenToInput(grid as unknown as Grid, actions, isMac);
  /** @returns true if the page kept the key from VS Code */
  const press = (key: string, modifiers: object = {}, part: HTMLElement = root) => {
    let isKept = false;
    const preventDefault = () => {
      isKept = true;
    };
    fake(part).focus();
    fake(part).dispatch('keydown', {
      key,
      ...NO_MODIFIERS,
      ...modifiers,
      preventDefault,
      stopPropagation() {},
    });
    return isKept;
  };
  return { root: fake(root), actions, log, press };
}

function anotherPart(): HTMLElement {
  const part = element('button');
  page.body.append(fake(part));
  return part;
}

describe('sector editor: input', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.moveFocus(page.body);
    page.body.replaceChildren();
    page.uninstall();
  });

  it('asks for the form by Ctrl+Shift+V, which a browser would take for a plain paste', () => {
    const { log, press } = rig();
    assert.ok(press('V', { ctrlKey: true, shiftKey: true }));
    assert.ok(!press('v', { ctrlKey: true }));
    assert.deepEqual(log, ['paste as']);
  });

  it('moves the cursor, and extends the selection with Shift', () => {
    const { log, press } = rig();
    assert.ok(press('ArrowDown'));
    assert.ok(press('End', { ctrlKey: true, shiftKey: true }));
    assert.deepEqual(log, [
      ['down', false],
      ['end', true],
    ]);
  });

  it('leaves a key alone that another part has taken, though that has given the focus to the grid', () => {
    const { log, press } = rig();
    press('Enter', { defaultPrevented: true });
    assert.deepEqual(log, []);
    press('Enter');
    assert.deepEqual(log, ['follow']);
  });

  it('keeps undo, redo and save in every part of the page', () => {
    const { press } = rig({ isHeld: true });
    assert.ok(press('z', { ctrlKey: true }, anotherPart()));
  });

  it('leaves every other key of another part alone', () => {
    const { press, log } = rig();
    assert.ok(!press('ArrowDown', {}, anotherPart()));
    assert.deepEqual(log, []);
  });

  it('takes a character that the column has a use for, and leaves every other key to VS Code', () => {
    const { log, press } = rig();
    assert.equal(press('a'), true);
    assert.equal(press('x'), false);
    for (const key of ['F5', 'Shift', 'Insert']) assert.equal(press(key), false);
    assert.equal(press('a', { altKey: true }), false);
    assert.equal(press('p', { ctrlKey: true }), false);
    assert.equal(press('a', { isComposing: true }), false);
    assert.deepEqual(log, ['type a', 'type x']);
  });

  it('types what Option types on a Mac and AltGr elsewhere, and leaves Alt to the menus', () => {
    const text = { ...INITIAL_CURSOR, column: 'text' as const };
    const altGraph = { ctrlKey: true, altKey: true, getModifierState: (name: string) => name === 'AltGraph' };
    const pc = rig();
    pc.actions.cursor = text;
    pc.press('€', altGraph);
    assert.equal(pc.press('e', { altKey: true }), false);
    assert.deepEqual(pc.log, ['type €']);
    const mac = rig({ isMac: true });
    mac.actions.cursor = text;
    mac.press('≈', { altKey: true, code: 'KeyX' });
    assert.equal(mac.press('≈', { altKey: true, metaKey: true, code: 'KeyX' }), false);
    assert.deepEqual(mac.log, ['type ≈']);
  });

  it('takes the Latin letter of a key on a layout with other letters, for shortcuts and digits, never for text', () => {
    const { actions, log, press } = rig();
    assert.ok(press('ф', { code: 'KeyA' }));
    assert.ok(press('ф', { code: 'KeyA', ctrlKey: true }));
    actions.cursor = { ...INITIAL_CURSOR, column: 'text' };
    press('ф', { code: 'KeyA' });
    assert.deepEqual(log, ['type a', 'all', 'type ф']);
  });

  it('takes a single digit back with Escape before it drops the selection', () => {
    const { log, press } = rig({ hasHalf: true });
    assert.equal(press('Escape'), true);
    assert.deepEqual(log, []);
  });

  it('goes to the other column with Tab, and out of the grid at its ends', () => {
    const { actions, log, press } = rig();
    assert.equal(press('Tab', { shiftKey: true }), false);
    assert.equal(press('Tab'), true);
    actions.cursor = { ...INITIAL_CURSOR, column: 'text' };
    assert.equal(press('Tab'), false);
    assert.equal(press('Tab', { shiftKey: true }), true);
    assert.deepEqual(
      log.map((cursor) => (cursor as Cursor).column),
      ['text', 'hex'],
    );
  });

  it('follows with Enter, selects all, and drops the selection with Escape', () => {
    const { actions, log, press } = rig();
    actions.cursor = { ...INITIAL_CURSOR, byteOffset: 7, anchor: 3, secondDigit: true };
    press('Enter');
    press('A', { ctrlKey: true });
    press('Escape');
    assert.deepEqual(log, ['follow', 'all', { ...INITIAL_CURSOR, byteOffset: 7, anchor: 7 }]);
  });

  it('does nothing with a key that waits for an edit', () => {
    const held = rig({ isHeld: true });
    assert.equal(held.press('a'), true);
    assert.deepEqual(held.log, []);
  });

  it('does nothing while there is no view', () => {
    const empty = rig();
    empty.actions.cursor = null;
    assert.equal(empty.press('a'), false);
    assert.deepEqual(empty.log, []);
  });

  it('copies in the way of the column and pastes, unless another control has the focus', () => {
    const { root, actions, log } = rig();
    const other = fake(element('input'));
    page.body.append(other);
    const clipboardData = { getData: () => 'de ad' };
    const copyAndPaste = () => {
      page.body.dispatch('copy');
      page.body.dispatch('paste', { clipboardData });
    };
    other.focus();
    copyAndPaste();
    assert.deepEqual(log, []);
    root.focus();
    copyAndPaste();
    actions.cursor = { ...INITIAL_CURSOR, column: 'text' };
    page.body.dispatch('copy');
    assert.deepEqual(log, ['copy hex', 'paste de ad', 'copy text']);
  });

  it('takes the keys, and the focus, when the control that had it is gone', () => {
    const { root, log } = rig();
    const button = fake(element('button'));
    page.body.append(button);
    button.focus();
    page.body.dispatch('keydown', { key: 'ArrowDown', ...NO_MODIFIERS });
    assert.deepEqual(log, []);
    button.remove();
    page.body.dispatch('keydown', { key: 'ArrowDown', ...NO_MODIFIERS });
    assert.deepEqual(log, [['down', false]]);
    assert.equal(page.activeElement, root);
  });

  it('leaves Enter and Space to a button within the grid', () => {
    const { root, log } = rig();
    const button = fake(element('button'));
    root.append(button);
    button.focus();
    for (const key of ['Enter', ' ']) button.dispatch('keydown', { key, ...NO_MODIFIERS });
    assert.deepEqual(log, []);
  });
});
