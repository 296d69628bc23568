import assert from 'node:assert/strict';
import { DisplayMenu } from '../../../../media/editor/displayMenu';
import { DEFAULT_DISPLAY, type Display } from '../../../../src/shared/display';
import { FakeDom, type FakeElement, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();

function rig() {
  const chosen: Display[] = [];
  const menu = new DisplayMenu((display) => chosen.push(display));
  const root = fake(menu.root);
  page.body.append(root);
  const [button] = root.all('.icon-button');
  const [panel] = root.all('.display-panel');
  const labels = panel!.children as FakeElement[];
  /** The control of a label, by the label's words. */
  const control = (words: string) => {
    const label = labels.find(({ children }) => children.some((child) => child.textContent === words));
    const found = label?.children.find((child) => child.textContent !== words);
    return (found ?? assert.fail(words)) as FakeElement & { value: string; checked: boolean };
  };
  return { menu, root, button: button!, panel: panel!, chosen, control };
}

describe('sector editor: how bytes are shown', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.replaceChildren();
    page.uninstall();
  });

  it('opens from its button, with the focus on the first choice; Escape closes it and gives the focus back', () => {
    const { root, button, panel, control } = rig();
    assert.ok(panel.hidden);
    button.dispatch('click');
    assert.ok(!panel.hidden);
    assert.equal(button.getAttribute('aria-expanded'), 'true');
    assert.equal(page.activeElement, control('Bytes a row'));
    root.dispatch('keydown', { key: 'Escape' });
    assert.ok(panel.hidden);
    assert.equal(button.getAttribute('aria-expanded'), 'false');
    assert.equal(page.activeElement, button);
  });

  it('closes when the focus goes elsewhere in the page, not within it', () => {
    const { button, panel, control } = rig();
    button.dispatch('click');
    control('Text').focus();
    assert.ok(!panel.hidden);
    page.moveFocus(page.body);
    assert.ok(!panel.hidden);
    const other = document.createElement('div');
    page.body.append(fake(other));
    control('Text').focus();
    other.focus();
    assert.ok(panel.hidden);
  });

  it('shows the present choices, and tells what is chosen with the others as they are', () => {
    const { menu, chosen, control } = rig();
    const display: Display = { ...DEFAULT_DISPLAY, grouping: 4, text: 'utf8' };
    menu.show(display);
    assert.equal(control('Bytes a row').value, 'auto');
    assert.equal(control('Bytes a group').value, '4');
    assert.equal(control('Text').value, 'utf8');
    control('Bytes a row').value = '32';
    control('Bytes a row').dispatch('change');
    control('Offsets').value = 'sector';
    control('Offsets').dispatch('change');
    control('Colours by kind of byte').checked = true;
    control('Colours by kind of byte').dispatch('change');
    assert.deepEqual(chosen, [
      { ...display, bytesPerRow: 32 },
      { ...display, offsets: 'sector' },
      { ...display, colors: true },
    ]);
  });
});
