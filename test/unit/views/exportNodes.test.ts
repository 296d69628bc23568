import assert from 'node:assert/strict';
import type { ShownExport } from '../../../src/devices/deviceExports';
import { exportNodes } from '../../../src/views/exportNodes';
import { spokenOf, type TreeNode } from '../../../src/views/treeNode';

const ROOT: TreeNode = {
  treeReference: true,
  deviceKey: '/a/disk.remap',
  id: '/a/disk.remap',
  parent: undefined,
  look: () => ({ label: 'disk', tooltip: () => ['disk'] }),
};
const SHOWN: ShownExport = {
  name: 'disk',
  device: 'disk',
  uri: 'nbd+unix:///disk?socket=/tmp/x/nbd.sock',
  socket: '/tmp/x/nbd.sock',
  from: 'device',
  readOnly: false,
  clients: 2,
  reads: 1500,
  writes: 20,
  flushes: 3,
  bytesRead: 0,
  bytesWritten: 0,
  errors: 0,
  lastError: null,
  rates: { reads: 120.4, writes: 3, flushes: 1, bytesRead: 1024 ** 2, bytesWritten: 0 },
};

async function itemsOf(node: TreeNode): Promise<string[]> {
  return ((await node.children?.()) ?? []).map(({ look }) => spokenOf(look()));
}

describe('exportNodes', () => {
  it('shows clients and rates of an export, and what they did', async () => {
    const [node] = exportNodes(ROOT, () => [SHOWN]);
    assert.equal(spokenOf(node!.look()), 'NBD Export: 2 clients, 120 reads a second, 3 writes a second');
    assert.deepEqual(await itemsOf(node!), [
      `Address, ${SHOWN.uri}`,
      'Reads, 1,500, now 120 a second, 1 MiB a second',
      'Writes, 20, now 3 a second, 0 bytes a second',
      'Flushes, 3, now 1 a second',
      'No Error',
    ]);
    assert.equal(node!.exportUri, SHOWN.uri);
    for (const child of (await node!.children?.()) ?? []) assert.equal(child.exportUri, SHOWN.uri);
  });

  it('says what failed last, and shows what is so now', async () => {
    let shown = SHOWN;
    const [node] = exportNodes(ROOT, () => [shown]);
    shown = { ...SHOWN, clients: 0, readOnly: true, errors: 4, lastError: 'sector 7 of main is bad' };
    assert.equal(node!.look().description, '0 clients, read-only');
    assert.equal((await itemsOf(node!)).at(-1), 'Last error: sector 7 of main is bad. 4 requests failed');
  });

  it('tells apart the exports of a device and of its images', () => {
    const nodes = exportNodes(ROOT, () => [SHOWN, { ...SHOWN, from: 'main', uri: 'nbd+unix:///main' }]);
    assert.deepEqual(
      nodes.map(({ look }) => look().label),
      ['NBD Export', 'NBD Export of Main'],
    );
    assert.equal(new Set(nodes.map(({ id }) => id)).size, 2);
  });
});
