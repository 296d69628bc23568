import assert from 'node:assert/strict';
import type { RemapDevice } from '../../../src/engine';
import { statisticsNode } from '../../../src/views/statisticsNodes';
import { spokenOf, type TreeNode } from '../../../src/views/treeNode';

const parent: TreeNode = {
  treeReference: true,
  id: 'disk',
  parent: undefined,
  look: () => ({ label: 'disk', tooltip: () => [] }),
};

const statistics = {
  reads: 300,
  writes: 100,
  remaps: 3,
  errors: 1,
  totalIos: 400,
  normalIos: 380,
  remappedIos: 20,
  remappedSectors: 2,
};

describe('statistics', () => {
  const since = new Date(2026, 0, 2, 10, 31).getTime();
  const device = {
    info: () => ({ statistics, remaps: 1005 }),
    details: { countingSince: since },
  } as unknown as RemapDevice;

  it('say since when they count', () => {
    const { description } = statisticsNode(parent, device).look();
    assert.match(description!, /^400 requests, 1 failed since .*2026/);
  });

  it('say what they count, with a bar of the share that a screen reader is told in words', async () => {
    const looks = (await statisticsNode(parent, device).children!()).map((node) => node.look());
    const find = (label: string) => looks.find((look) => look.label === label)!;
    assert.equal(find('Reads').description, '████░ 75 %  300 requests');
    assert.equal(spokenOf(find('Reads')), 'Reads: 300 requests, 75 % of all requests');
    assert.equal(find('Reads from the Spare').description, '█░░░░ 1 %  3 requests');
    assert.equal(
      spokenOf(find('Failed on a Disk')),
      'Failed on a Disk: 1 request, under 1 % of all requests',
    );
    assert.equal(find('Newly Remapped').description, '2 sectors, 1,005 remapped in all');
    for (const look of looks) {
      const lines = look.tooltip();
      assert.match(lines[1]!, /since .*2026/);
      assert.match(lines[2]!, /^Field \d+ of the kernel's status line$/);
    }
  });

  it('have no bar of nothing', async () => {
    const zeros = Object.fromEntries(Object.keys(statistics).map((key) => [key, 0]));
    const idle = { ...device, info: () => ({ statistics: zeros, remaps: 0 }) } as unknown as RemapDevice;
    const looks = (await statisticsNode(parent, idle).children!()).map((node) => node.look());
    assert.ok(looks.every(({ description }) => !description!.includes('░')));
  });
});
