import assert from 'node:assert/strict';
import type { RemapDevice } from '../../../src/engine';
import { healthTerms } from '../../../src/engine/dmsetup/healthScore';
import { healthNode } from '../../../src/views/healthNodes';
import { spokenOf, type TreeNode } from '../../../src/views/treeNode';

const parent: TreeNode = {
  treeReference: true,
  id: 'disk',
  parent: undefined,
  look: () => ({ label: 'disk', tooltip: () => [] }),
};

describe('the health score', () => {
  it('opens into its terms: each says what it is, what it takes and from where on', async () => {
    const terms = healthTerms({ ioErrors: 20, totalIos: 10_000, consecutiveErrors: 6, hotspots: 3 });
    const device = { details: { health: () => ({ score: 65, terms }) } } as unknown as RemapDevice;
    const node = healthNode(parent, device);
    const { label, description, icon } = node.look();
    assert.deepEqual([label, description, icon?.id], ['Health', '65 of 100  ███░░', 'warning']);
    assert.equal(spokenOf(node.look()), 'Health: 65 of 100');
    const looks = (await node.children!()).map((term) => term.look());
    assert.deepEqual(
      looks.map((look) => spokenOf(look)),
      [
        'Failed Requests, 0.2 %, takes 20',
        'Errors in a Row, 6, takes 15',
        'Failing Sectors, 3 sectors, takes nothing',
      ],
    );
    assert.equal(looks[0]!.tooltip().at(-1), 'It takes 5 above 0.01 %, 20 above 0.1 %, 50 above 1 %');
    assert.deepEqual(
      looks.map((look) => look.icon?.id),
      ['warning', 'warning', 'pass'],
    );
  });
});
