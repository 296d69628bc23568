import assert from 'node:assert/strict';
import { PageComparison } from '../../../../media/editor/comparison';
import { Geometry, ScrollModel } from '../../../../media/editor/geometry';
import type { OpenView } from '../../../../media/editor/openView';
import type { ComparisonState, ToExtension } from '../../../../src/shared/protocol';
import { FakeDom, fake } from '../../../support/media/fakeDom';

const page = new FakeDom();
const ROWS = 33;

function rig(sectorSize = 512) {
  const sent: ToExtension[] = [];
  const said: string[] = [];
  const scroll = new ScrollModel(100 * ROWS, 20, 200);
  const open = { info: { id: 'main' }, geometry: new Geometry(100 * 512, 16, [], sectorSize) } as OpenView;
  const comparison = new PageComparison(
    () => open,
    scroll,
    (words) => said.push(words),
    { send: (message) => sent.push(message), scrolled: () => comparison.tellScroll() },
  );
  const show = (state: Partial<ComparisonState>) =>
    comparison.show({ side: 'first', state: 'done', words: 'no difference', ...state });
  const buttons = () =>
    fake(comparison.root)
      .all('.text-button')
      .filter(({ hidden }) => !hidden)
      .map(({ textContent }) => textContent);
  return { comparison, scroll, sent, said, show, buttons };
}

describe('sector editor: comparison with another editor', () => {
  beforeEach(() => page.install());
  afterEach(() => page.uninstall());

  it('tells the first side’s place when it begins, and each other place once', () => {
    const { comparison, scroll, sent, show } = rig();
    scroll.top = 10 * ROWS * 20 + ROWS * 5;
    comparison.tellScroll();
    assert.deepEqual(sent, []);
    show({});
    comparison.tellScroll();
    assert.deepEqual(sent, [{ type: 'scrolled', view: 'main', sector: 10, millionths: 250_000 }]);
    scroll.top = 0;
    comparison.tellScroll();
    assert.equal(sent.length, 2);
    comparison.show(null);
    scroll.top = 20;
    comparison.tellScroll();
    assert.equal(sent.length, 2);
  });

  it('goes where the other side is without telling it, and the second side tells nothing at first', () => {
    const { comparison, scroll, sent, show } = rig();
    show({ side: 'second' });
    comparison.follow({ type: 'scrollTo', view: 'main', sector: 3, millionths: 500_000 });
    assert.equal(scroll.top, 3.5 * ROWS * 20);
    comparison.follow({ type: 'scrollTo', view: 'device', sector: 9, millionths: 0 });
    assert.equal(scroll.top, 3.5 * ROWS * 20);
    assert.deepEqual(sent, []);
  });

  it('tells and takes places in sectors of 512 bytes where it shows others', () => {
    const { comparison, scroll, sent, show } = rig(520);
    const rows = 34;
    show({});
    scroll.top = 64 * rows * 20;
    comparison.tellScroll();
    assert.deepEqual(sent.at(-1), { type: 'scrolled', view: 'main', sector: 65, millionths: 0 });
    comparison.follow({ type: 'scrollTo', view: 'main', sector: 32, millionths: 500_000 });
    assert.equal(scroll.top, 32 * rows * 20);
  });

  it('says how it goes, with a button to stop it or to let it go on', () => {
    const { comparison, sent, said, show, buttons } = rig();
    assert.equal(comparison.root.hidden, true);
    show({ state: 'looking', words: 'looking' });
    assert.deepEqual([buttons(), said], [['Stop'], []]);
    fake(comparison.root).all('.text-button')[0]!.dispatch('click');
    show({ state: 'stopped', words: 'stopped' });
    assert.deepEqual([buttons(), said], [['Go On'], ['stopped']]);
    fake(comparison.root).all('.text-button')[1]!.dispatch('click');
    show({ state: 'done', words: 'done' });
    assert.deepEqual([buttons(), said], [[], ['stopped', 'done']]);
    const acts = sent.flatMap((message) => (message.type === 'compare' ? [message.act] : []));
    assert.deepEqual(acts, ['stop', 'goOn']);
    comparison.show(null);
    assert.equal(comparison.root.hidden, true);
  });
});
