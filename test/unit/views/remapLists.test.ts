import assert from 'node:assert/strict';
import { createImages, Machine, type RemapDevice } from '../../../src/engine';
import { RemapLists } from '../../../src/views/remapLists';
import { findRemapNode, remapsNode } from '../../../src/views/remapNodes';
import { spokenOf, type TreeNode } from '../../../src/views/treeNode';
import { tempFolder } from '../../support/tempFolder';

const root: TreeNode = {
  treeReference: true,
  deviceKey: 'disk',
  id: 'disk',
  parent: undefined,
  look: () => ({ label: 'disk', tooltip: () => [] }),
};

describe('the list of remaps', () => {
  const { path } = tempFolder();
  let machine: Machine;
  let device: RemapDevice;
  let lists: RemapLists;
  const remaps = () => remapsNode(root, device, 'disk', lists);
  const labels = async () => (await remaps().children!()).map((node) => node.look().label);

  beforeEach(async () => {
    machine = new Machine();
    lists = new RemapLists();
    const [main, spare] = [path('disk.img'), path('spare.img')];
    await createImages({ main, mainSectors: 8192, spare, spareSectors: 8192 });
    const markers = { sectors: [1], text: 'x' };
    device = await machine.create({
      name: 'disk',
      deviceFile: null,
      main,
      spares: [spare],
      flakey: null,
      markers,
    });
    for (const sector of [30, 10, 20]) await device.remapSector(sector);
  });

  afterEach(() => machine.close());

  it('is in the order of the table, or in the one that was chosen', async () => {
    assert.deepEqual(await labels(), ['10', '20', '30']);
    lists.change('disk', { order: 'spare', isDescending: false });
    assert.deepEqual(await labels(), ['30', '10', '20']);
    assert.equal(remaps().look().description, '3 · by spare sector');
    assert.equal(spokenOf(remaps().look()), '3 remaps, by spare sector');
    lists.change('disk', { order: 'errors', isDescending: true });
    const [first] = await remaps().children!();
    assert.match(first!.look().description!, /^→ spare sector \d+, \d errors?$/);
    lists.change('disk', { order: 'time', isDescending: true });
    assert.match((await remaps().children!())[0]!.look().description!, /, .*\d\d:\d\d/);
  });

  it('holds what the filter lets through, says so, and offers to change it', async () => {
    lists.change('disk', { filter: { originals: [[15, 100]] }, filterText: '15+100' });
    assert.deepEqual(await labels(), ['2 of 3 remaps', '20', '30']);
    const [filter] = await remaps().children!();
    const { runs, contextValue } = filter!.look();
    assert.equal(contextValue, 'remapFilter');
    assert.deepEqual(runs, {
      command: 'remap.filterRemaps',
      title: 'Filter Remaps',
      arguments: [{ treeReference: true, deviceKey: 'disk' }],
    });
    assert.equal(remaps().look().contextValue, 'remaps.filtered');
    lists.change('disk', { filter: { member: 3 }, filterText: 'member:3' });
    assert.deepEqual(await labels(), ['0 of 3 remaps']);
  });

  it('follows the table, and is made once for each state of it', async () => {
    lists.change('disk', { order: 'original', isDescending: true });
    let made = 0;
    const details = Object.create(device.details, {
      remapRevision: { get: () => device.details.remapRevision },
      selectRemaps: {
        value: (query: never) => {
          made++;
          return device.details.selectRemaps(query);
        },
      },
      remapsOf: { value: (originals: never) => device.details.remapsOf(originals) },
    });
    const counted = {
      details,
      listRemaps: (page: never) => device.listRemaps(page),
    } as unknown as RemapDevice;
    const first = await lists.listOf(counted, 'disk');
    await lists.listOf(counted, 'disk');
    assert.deepEqual([made, first.total], [1, 3]);
    await device.remapSector(40);
    assert.deepEqual(
      (await lists.listOf(counted, 'disk')).entries(0, 9).map(({ original }) => original),
      [40, 30, 20, 10],
    );
    assert.equal(made, 2);
  });

  it('tells where the entry of a sector is, also in a page, with all items above it', async () => {
    await device.injectErrors({ sectors: [[1000, 2500]] });
    await device.write(1000, new Uint8Array(2500 * 512));
    for (const settings of [{}, { order: 'spare', isDescending: false } as const]) {
      lists.change('disk', settings);
      const found = await findRemapNode(remaps(), device, 'disk', lists, 2500);
      const page = (await remaps().children!()).find(({ id }) => id === found!.parent!.id);
      const entries = await page!.children!();
      assert.ok(entries.some(({ id, sector }) => id === found!.id && sector === 2500));
      assert.equal(found!.parent!.parent!.id, 'disk/remaps');
    }
    assert.equal(await findRemapNode(remaps(), device, 'disk', lists, 11), undefined);
    lists.change('disk', { filter: { originals: [[0, 100]] }, filterText: '0+100' });
    assert.equal(await findRemapNode(remaps(), device, 'disk', lists, 2500), undefined);
  });

  it('names its pages by what it is ordered by', async () => {
    await device.injectErrors({ sectors: [[1000, 2500]] });
    await device.write(1000, new Uint8Array(2500 * 512));
    const cases = [
      ['spare', /^Spare sectors \d+ – \d+$/],
      ['time', /^.*\d\d:\d\d.* – .*\d\d:\d\d/],
      ['errors', /^\d errors? – \d errors?$/],
      ['member', /^Spare 0, sector 10 – spare 0, sector \d+$/],
    ] as const;
    for (const [order, label] of cases) {
      lists.change('disk', { order, isDescending: false });
      const [page] = await remaps().children!();
      assert.match(page!.look().label, label);
    }
  });
});
