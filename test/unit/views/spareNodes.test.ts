import assert from 'node:assert/strict';
import { inspectSpare } from '../../../src/engine';
import { spareNodes } from '../../../src/views/spareNodes';
import type { TreeNode } from '../../../src/views/treeNode';
import { freeImage } from '../../support/extension/freeImage';
import { makeSpareWithRemaps } from '../../support/extension/spareImage';
import { tempFolder } from '../../support/tempFolder';

const parent: TreeNode = {
  treeReference: true,
  id: 'p',
  parent: undefined,
  look: () => ({ label: '', tooltip: () => [] }),
};

async function below(node: TreeNode): Promise<TreeNode[]> {
  return (await node.children?.()) ?? [];
}

describe('the items of a spare by itself', () => {
  const folder = tempFolder();

  it('are its copies and its remaps, which lead to their sectors, and looking at them writes nothing', async () => {
    const { spare, listed, untouched } = await makeSpareWithRemaps(folder, [5000, 1000]);
    const [copies, remaps] = spareNodes(parent, spare, await inspectSpare(spare));
    assert.deepEqual(
      [copies!.look().description, remaps!.look().spoken],
      ['5 of 5 copies valid', '2 remaps'],
    );
    const second = (await below(copies!))[1]!.look();
    assert.match(second.spoken ?? '', /^Copy 1 at spare sector 256: valid/);
    assert.deepEqual(second.opens, [spare, { sector: 256 }]);
    const entries = (await below(remaps!)).map((node) => node.look());
    assert.deepEqual(
      entries.map(({ spoken, opens }) => [spoken, opens]),
      listed.map(([original, at]) => [
        `Sector ${original}, remapped to spare sector ${at}`,
        [spare, { sector: at }],
      ]),
    );
    await untouched();
  });

  it('say which copies are damaged', async () => {
    const { inspection } = freeImage('/w/d.img', 8192, { kind: 'damaged' });
    const [copies] = spareNodes(parent, '/w/d.img', inspection!);
    assert.equal(copies!.look().description, '0 of 5 copies valid');
    assert.equal(copies!.look().icon?.id, 'warning');
    const first = (await below(copies!))[0]!.look();
    assert.equal(first.description, 'not valid');
    assert.equal(first.tooltip()[0], 'Copy 0 at spare sector 0: not valid');
  });

  it('come in pages where there are many', async () => {
    const originals = Array.from({ length: 1002 }, (_, i) => 3000 + i);
    const { spare } = await makeSpareWithRemaps(folder, originals);
    const [, remaps] = spareNodes(parent, spare, await inspectSpare(spare));
    const pages = await below(remaps!);
    assert.deepEqual(
      pages.map((page) => page.look().label),
      ['Sectors 3000 – 3999', 'Sectors 4000 – 4001'],
    );
    assert.equal((await below(pages[1]!)).length, 2);
  });
});
