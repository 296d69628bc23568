import assert from 'node:assert/strict';
import type { DiskPlace, RemapDevice, UnreadableRun } from '../../../src/engine';
import { mediumNode } from '../../../src/views/mediumNodes';
import { spokenOf, type TreeNode } from '../../../src/views/treeNode';

const ERROR = { mode: 'error' } as const;

const bad = (first: number, count: number): UnreadableRun => ({
  first,
  count,
  kind: 'bad',
  isInjected: true,
  found: '+',
  fault: ERROR,
});

/** A device whose disks can't read these runs. */
function deviceOf(main: readonly UnreadableRun[], spare: readonly UnreadableRun[] = []): RemapDevice {
  const runsOf = (place: DiskPlace) => (place === 'main' ? main : spare);
  const sum = (runs: readonly UnreadableRun[], kind: string) =>
    runs.filter((run) => run.kind === kind).reduce((total, { count }) => total + count, 0);
  const countsOf = (runs: readonly UnreadableRun[]) => ({
    badSectors: sum(runs, 'bad'),
    notRescued: sum(runs, 'notRescued'),
  });
  return {
    spec: { main: '/w/disk.img', spares: ['/w/disk-spare.img'] },
    info: () => countsOf([...main, ...spare]),
    details: {
      mediumOf: (place: DiskPlace) => ({ ...countsOf(runsOf(place)), mapPath: '/w/disk.img.map' }),
      unreadable: (place: DiskPlace, from = 0) => runsOf(place).filter(({ first }) => first >= from),
    },
  } as unknown as RemapDevice;
}

const parent: TreeNode = {
  treeReference: true,
  deviceKey: 'disk',
  id: 'disk/layers',
  parent: undefined,
  look: () => ({ label: 'Layers', tooltip: () => [] }),
};

const mediumOf = (device: RemapDevice) => mediumNode(parent, device, 'disk');

describe('the item of the medium', () => {
  it('cannot be opened where every sector can be read', () => {
    const node = mediumOf(deviceOf([]));
    assert.equal(node.children, undefined);
    assert.equal(node.look().description, 'no bad sectors');
  });

  it('opens into the ranges of main: what they are, who says so, and how they fail', async () => {
    const node = mediumOf(
      deviceOf([
        { first: 5, count: 1, kind: 'bad', isInjected: false, found: '-', fault: ERROR },
        { first: 10, count: 6, kind: 'notRescued', isInjected: false, found: '*' },
        { first: 20, count: 2, kind: 'bad', isInjected: true, found: '?', fault: { mode: 'dust' } },
        bad(1000, 8),
      ]),
    );
    const ranges = await node.children!();
    const looks = ranges.map((range) => range.look());
    assert.deepEqual(
      looks.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [
        ['5', '1 bad sector, found by disk.img.map', 'unreadable.found'],
        ['10 – 15', '6 sectors not rescued, found by disk.img.map', 'unreadable.found'],
        [
          '20 – 21',
          '2 bad sectors, injected here, over what disk.img.map found: never tried',
          'unreadable.injected',
        ],
        ['1000 – 1007', '8 bad sectors, injected here', 'unreadable.injected'],
      ],
    );
    assert.equal(spokenOf(looks[3]!), 'Sectors 1000 to 1007 of disk.img: 8 bad sectors, injected here');
    assert.deepEqual(looks[3]!.opens, ['disk', { sector: 1000, view: 'main' }]);
    assert.deepEqual(ranges[3]!.part, { disk: 'main', sectors: [[1000, 8]] });
    assert.match(
      looks[1]!.tooltip().join('\n'),
      /6 sectors not rescued \(3 KiB\), found by \/w\/disk.img.map\nnot trimmed. Reads fail/,
    );
    assert.match(looks[2]!.tooltip().join('\n'), /until it is written \(as dm-dust/);
  });

  it('has an item for a spare with trouble, whose ranges open in its view', async () => {
    const [spare] = await mediumOf(deviceOf([], [bad(2000, 1)])).children!();
    assert.deepEqual([spare!.look().label, spare!.look().description], ['disk-spare.img', '1 bad sector']);
    const [range] = await spare!.children!();
    assert.deepEqual(range!.look().opens, ['disk', { sector: 2000, view: 'spare' }]);
    assert.deepEqual(range!.part, { disk: 0, sectors: [[2000, 1]] });
  });

  it('pages many ranges, each of which has one place', async () => {
    const runs = Array.from({ length: 12_500 }, (_, i) => bad(2 * i, 1));
    const pages = await mediumOf(deviceOf(runs)).children!();
    assert.equal(pages.length, 13);
    assert.deepEqual(
      [pages[0]!.look().label, pages[12]!.look().label, pages[12]!.look().description],
      ['Sectors 0 – 1998', 'Sectors 24000 – 24998', '500 ranges'],
    );
    const ranges = (await Promise.all(pages.map((page) => page.children!()))).flat();
    assert.deepEqual(
      ranges.map((range) => range.look().label),
      runs.map(({ first }) => `${first}`),
    );
    assert.equal(new Set(ranges.map(({ id }) => id)).size, runs.length);
  });
});
