import assert from 'node:assert/strict';
import { MatchList } from '../../../../media/editor/matchList';
import { FakeDom, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();

function rig(count: number) {
  const log: unknown[] = [];
  const list = new MatchList({
    goTo: ({ byteOffset }) => log.push(byteOffset),
    leave: () => log.push('leave'),
  });
  page.body.append(fake(list.root));
  list.show(Array.from({ length: count }, (_, i) => ({ byteOffset: i * 1000, byteCount: 2 })));
  const press = (key: string) => fake(list.root).dispatch('keydown', { key });
  return { list, root: fake(list.root), log, press };
}

describe('sector editor: list of matches', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.replaceChildren();
    page.uninstall();
  });

  it('goes to the first match when it gets the focus, and to others by the arrow keys, within its ends', () => {
    const { list, root, log, press } = rig(20);
    list.focus();
    for (const key of ['ArrowDown', 'ArrowUp', 'ArrowUp', 'End', 'ArrowDown', 'PageUp', 'Home', 'Enter', 'x'])
      press(key);
    assert.deepEqual(log, [0, 1000, 0, 0, 19_000, 19_000, 11_000, 0, 0]);
    assert.equal(root.getAttribute('aria-activedescendant'), 'match-0');
    assert.equal(root.all('[aria-selected]').length, 1);
    press('Escape');
    assert.equal(log.at(-1), 'leave');
  });

  it('keeps the rows and the choice when more are found, as long as these are the same', () => {
    const { list, root, log, press } = rig(3);
    list.focus();
    press('ArrowDown');
    const chosen = root.children[1]!;
    const at = (places: number[]) => places.map((byteOffset) => ({ byteOffset, byteCount: 2 }));
    list.show(at([0, 1000, 2000, 3000]));
    assert.equal(root.children[1], chosen);
    assert.deepEqual([root.children.length, root.getAttribute('aria-activedescendant')], [4, 'match-1']);
    list.show(at([0, 500, 2000, 3000]));
    assert.deepEqual([root.children.length, root.getAttribute('aria-activedescendant')], [4, null]);
    assert.deepEqual(log, [0, 1000]);
  });

  it('says places in the sectors that are shown, also once these are others', () => {
    const { list, root } = rig(2);
    list.showSectorSize(520);
    assert.equal(root.children[1]!.textContent, 'Sector 1 + 480 (of 520 bytes) · byte 0x3e8 · 2 bytes');
    list.show([{ byteOffset: 520, byteCount: 1 }]);
    assert.equal(root.children[0]!.textContent, 'Sector 1 + 0 (of 520 bytes) · byte 0x208 · 1 byte');
  });

  it('names the place of each match, and says how many are on the map only', () => {
    const { root, list } = rig(1002);
    assert.match(root.children[1]!.textContent, /^Sector 1 \+ 488 · byte 0x3e8 · 2 bytes$/);
    assert.equal(root.children.length, 1001);
    assert.match(root.children.at(-1)!.textContent, /^2 more/);
    list.show([]);
    assert.equal(root.hidden, true);
  });
});
