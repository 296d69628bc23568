import assert from 'node:assert/strict';
import type { RemapDevice, RemapListing } from '../../../src/engine';
import { RemapLists } from '../../../src/views/remapLists';
import { remapsNode, strayNodes } from '../../../src/views/remapNodes';
import type { TreeNode } from '../../../src/views/treeNode';

/** A device with entries at every tenth sector, which counts how many of them it was asked for. */
class ManyRemaps {
  listed = 0;

  constructor(private readonly total: number) {}

  listRemaps({ offset = 0, limit = 1000 }: { offset?: number; limit?: number }): RemapListing {
    const count = Math.max(0, Math.min(limit, this.total - offset));
    this.listed += count;
    const remaps = Array.from({ length: count }, (_, i) => ({
      original: (offset + i) * 10,
      spare: 1280 + offset + i,
      time: null,
      errors: 1,
      state: 'active' as const,
      member: 0,
    }));
    return { total: this.total, remaps };
  }
}

const parent: TreeNode = {
  treeReference: true,
  id: 'disk',
  parent: undefined,
  look: () => ({ label: 'disk', tooltip: () => [] }),
};

async function labels(nodes: readonly TreeNode[]): Promise<string[]> {
  return nodes.map((node) => node.look().label);
}

describe('a remap that leads nowhere', () => {
  const stray = { original: 1000, spare: 200_000, time: null, errors: 1, state: 'stray' as const, member: 0 };
  const beyond = { ...stray, original: 99_999 };
  const device = (strays: readonly (typeof stray)[]) =>
    ({
      sectorCount: 4096,
      strays: () => strays,
      listRemaps: () => ({ total: strays.length, remaps: strays }),
    }) as unknown as RemapDevice;

  it('has a line that says what can be done, and an item that its command is called from', async () => {
    assert.deepEqual(strayNodes(parent, device([]), 'disk'), []);
    const [line] = strayNodes(parent, device([stray]), 'disk');
    const { label, description, contextValue } = line!.look();
    assert.deepEqual(
      [label, description, contextValue],
      ['1 remap leads nowhere', 'write its sector, relocate or drop it', 'strays'],
    );
    const [item] = await line!.children!();
    assert.equal(item!.sector, 1000);
    const look = item!.look();
    assert.deepEqual(
      [look.label, look.description, look.contextValue],
      ['1000', '→ spare sector 200000, leads nowhere', 'remap.stray'],
    );
    assert.match(look.tooltip!().join(' '), /can't be read.*Write the sector.*or drop the remap/s);
    assert.deepEqual(look.opens, ['disk', { sector: 1000, view: 'device' }]);
    const [inList] = await remapsNode(parent, device([stray]), 'disk', new RemapLists()).children!();
    assert.deepEqual([inList!.look().contextValue, inList!.sector], ['remap.stray', 1000]);
  });

  it('opens no sector that the device does not have', async () => {
    const [line] = strayNodes(parent, device([stray, beyond]), 'disk');
    assert.equal(line!.look().label, '2 remaps lead nowhere');
    const items = await line!.children!();
    assert.equal(items[1]!.look().opens, undefined);
    assert.match(items[1]!.look().tooltip!()[0]!, /has no sector 99999/);
  });
});

describe('a remap that is pending', () => {
  it('says that the kernel served main when it made it, and where what was written then is', async () => {
    const entry = {
      original: 1000,
      spare: 6000,
      time: null,
      errors: 1,
      state: 'pending' as const,
      member: 0,
    };
    const device = { listRemaps: () => ({ total: 1, remaps: [entry] }) } as unknown as RemapDevice;
    const [item] = await remapsNode(parent, device, 'disk', new RemapLists()).children!();
    const look = item!.look();
    assert.equal(look.description, '→ spare sector 6000, pending: the kernel served main');
    assert.equal(look.spoken, 'Sector 1000, remapped to spare sector 6000, pending: the kernel served main');
    assert.match(
      look.tooltip!().join('\n'),
      /served the main image.*what was written to the sector then is there/,
    );
  });
});

describe('a remap that is disputed', () => {
  it('says that the sector fails until it is written, and why', async () => {
    const entry = { original: 7, spare: 1300, time: null, errors: 1, state: 'disputed' as const, member: 1 };
    const device = { listRemaps: () => ({ total: 1, remaps: [entry] }) } as unknown as RemapDevice;
    const [item] = await remapsNode(parent, device, 'disk', new RemapLists()).children!();
    const look = item!.look();
    assert.equal(look.description, "→ spare 1, sector 1300, disputed: can't be read until written");
    assert.match(look.tooltip!().join(' '), /which data are right is not known.*write the sector/);
  });
});

describe('a hundred thousand remaps', () => {
  it('cost what is looked at', async () => {
    const device = new ManyRemaps(100_000);
    const node = remapsNode(parent, device as unknown as RemapDevice, 'disk', new RemapLists());
    assert.equal(node.look().description, '100,000');
    const pages = await node.children!();
    assert.equal(pages.length, 100);
    assert.equal(device.listed, 0);
    assert.deepEqual((await labels(pages)).slice(0, 2), ['Sectors 0 – 9990', 'Sectors 10000 – 19990']);
    assert.equal(device.listed, 200);
    const entries = await pages[99]!.children!();
    assert.equal(device.listed, 1200);
    assert.equal(entries[999]!.look().label, '999990');
  });

  it('and a million come in pages of pages', async () => {
    const device = new ManyRemaps(1_500_000);
    const node = remapsNode(parent, device as unknown as RemapDevice, 'disk', new RemapLists());
    const pages = await node.children!();
    assert.deepEqual(await labels(pages), ['Sectors 0 – 9999990', 'Sectors 10000000 – 14999990']);
    assert.equal((await pages[0]!.children!()).length, 1000);
    assert.equal((await pages[1]!.children!()).length, 500);
  });
});
