import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import { domainMap } from '../../../../src/engine/volume/domainMap';
import type { Allocation } from '../../../../src/engine/volume/volumeContracts';
import { needJudge } from '../../../support/judges';
import { tempFolder } from '../../../support/tempFolder';
import { ModelFileSystem } from '../../../support/volume/modelFileSystem';
import {
  allocatedClusters,
  copyInto,
  makeNtfs,
  usedClusterCount,
} from '../../../support/volume/ntfs/ntfsPrograms';
import { TableImage } from '../../../support/volume/tableImage';
import { BytesSource, volumeFixture } from '../../../support/volume/volumeFixture';

const SECTORS = 4096;
const FIRST = 2048;

async function textOf(disk: DiskVolumes, maxRuns?: number): Promise<string> {
  return [...(await domainMap(disk, maxRuns === undefined ? {} : { maxRuns }))].join('');
}

/** `[first, count]` of the sectors that a map calls used. */
function usedIn(text: string): number[][] {
  const blocks = [...text.matchAll(/^(0x\w+) {2}(0x\w+) {2}([?+])$/gm)];
  let end = 0;
  for (const [, start, size] of blocks) {
    assert.equal(Number(start), end);
    end += Number(size);
  }
  return blocks
    .filter(([, , , status]) => status === '+')
    .map(([, start, size]) => [Number(start) / 512, Number(size) / 512]);
}

function sectorsOf(text: string): number[] {
  return usedIn(text).flatMap(([first, count]) => Array.from({ length: count! }, (_, i) => first! + i));
}

/** A disk with a GPT and one volume, whose sectors have these states. */
function diskWith(allocation: readonly Allocation[]): Promise<DiskVolumes> {
  const table = new TableImage(SECTORS).gpt([{ first: FIRST, last: FIRST + 999 }]);
  const fileSystem = new ModelFileSystem({ sectorCount: allocation.length, allocation });
  return DiskVolumes.open(table.disk(), [async ({ first }) => (first === FIRST ? fileSystem : null)]);
}

describe('A domain map of used space', () => {
  const folder = tempFolder();

  it('has what is used or unknown, the table, and what is before the first partition', async () => {
    const states = ['used', 'free', { reason: 'lost', ranges: [] }, 'bad', 'free'] as const;
    const text = await textOf(await diskWith(states));
    assert.deepEqual(usedIn(text), [
      [0, FIRST + 1],
      [FIRST + 2, 2],
      [SECTORS - 33, 33],
    ]);
    assert.match(text, /^# Mapfile\. Created by Remap Inspector\n# Domain of used space: /);
  });

  it('has the whole of a volume that isn’t looked into, and of a disk whose table can’t be read', async () => {
    assert.deepEqual(usedIn(await textOf(await DiskVolumes.open(new TableImage(100).fileSystem(0).disk()))), [
      [0, 100],
    ]);
    const lost = new TableImage(SECTORS).gpt([{ first: FIRST, last: FIRST + 999 }]).disk([1, SECTORS - 1]);
    assert.deepEqual(usedIn(await textOf(await DiskVolumes.open(lost))), [[0, SECTORS]]);
  });

  it('joins runs across the smallest gaps where there would be too many, and leaves nothing used out', async () => {
    const states = Array.from(
      { length: 900 },
      (_, i): Allocation => (i % 4 === 0 || (i > 500 && i < 700 && i % 40 < 20) ? 'used' : 'free'),
    );
    const text = await textOf(await diskWith(states), 20);
    const used = usedIn(text);
    assert.ok(used.length <= 21, `${used.length} runs`);
    for (const [i, state] of states.entries()) {
      const isUsed = used.some(([first, count]) => FIRST + i >= first! && FIRST + i < first! + count!);
      assert.ok(isUsed || state === 'free');
    }
  });

  it('ends with the disk, where a file system goes on beyond it', async () => {
    const allocation = ['used', 'free', 'free', 'free', 'used', 'free'] as const;
    const fileSystem = new ModelFileSystem({ sectorCount: 6, allocation });
    for (const [length, used] of [
      [3, [[0, 1]]],
      [4, [[0, 1]]],
      [
        5,
        [
          [0, 1],
          [4, 1],
        ],
      ],
    ] as const) {
      const disk = await DiskVolumes.open(new BytesSource(new Uint8Array(length * 512)), [
        async () => fileSystem,
      ]);
      const text = await textOf(disk);
      assert.deepEqual(usedIn(text), used);
      const last = [...text.matchAll(/^(0x\w+) {2}(0x\w+) {2}[?+]$/gm)].at(-1)!;
      assert.equal(Number(last[1]) + Number(last[2]), length * 512);
    }
  });

  for (const name of ['ext4_1k', 'ext4_4k', 'ext2_1k', 'fat32', 'ntfs', 'exfat', 'gpt3']) {
    it(`of ${name} is accepted by ddrescuelog, which adds up the same`, async function () {
      needJudge(this, 'ddrescuelog');
      const { bytes } = volumeFixture(this, name);
      const text = await textOf(await DiskVolumes.open(new BytesSource(bytes)));
      writeFileSync(folder.path('used.map'), text);
      const { status, stdout } = spawnSync('ddrescuelog', ['-b512', '-l+', folder.path('used.map')], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      assert.equal(status, 0);
      assert.deepEqual(stdout.trim().split('\n').map(Number), sectorsOf(text));
    });
  }

  for (const name of ['ext4_1k', 'ext4_4k', 'ext2_1k']) {
    it(`of ${name} has the blocks that dumpe2fs doesn’t call free`, async function () {
      needJudge(this, 'mke2fs');
      const { bytes } = volumeFixture<{ blockSize: number }>(this, name);
      const { answers } = volumeFixture(this, name);
      writeFileSync(folder.path('fs.img'), bytes);
      const { stdout } = spawnSync('dumpe2fs', [folder.path('fs.img')], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      const perBlock = answers.blockSize / 512;
      const free = new Set<number>();
      for (const [, list] of stdout.matchAll(/^ {2}Free blocks: (.*)$/gm))
        for (const range of list!.split(', ').filter(Boolean)) {
          const [from, to = from] = range.split('-').map(Number);
          for (let block = from!; block <= to!; block++) free.add(block);
        }
      assert.ok(free.size > 100);
      const used = sectorsOf(await textOf(await DiskVolumes.open(new BytesSource(bytes))));
      const expected = Array.from({ length: bytes.length / 512 }, (_, i) => i).filter(
        (sector) => !free.has(Math.floor(sector / perBlock)),
      );
      assert.deepEqual(used, expected);
    });
  }

  /** Compares the used clusters of a map with those that The Sleuth Kit names, and ntfscluster counts. */
  async function assertNtfs(context: Mocha.Context, bytes: Uint8Array, clusterBytes: number): Promise<void> {
    for (const program of ['ntfscluster', 'fls'] as const) needJudge(context, program);
    const image = { path: folder.path('ntfs.img'), clusterBytes };
    writeFileSync(image.path, bytes);
    const isUsed = allocatedClusters(image);
    const used = sectorsOf(await textOf(await DiskVolumes.open(new BytesSource(bytes))));
    const perCluster = clusterBytes / 512;
    // The backup of the boot sector follows the last cluster.
    const expected = Array.from({ length: bytes.length / 512 }, (_, i) => i).filter(
      (sector) => isUsed[Math.floor(sector / perCluster)] ?? true,
    );
    assert.deepEqual(used, expected);
    const inClusters = used.filter((sector) => sector < isUsed.length * perCluster);
    assert.equal(inClusters.length / perCluster, usedClusterCount(image));
    assert.ok(isUsed.includes(false));
  }

  it('of the NTFS fixture has the clusters that The Sleuth Kit and ntfscluster call used', async function () {
    const { bytes, answers } = volumeFixture<{ blockSize: number }>(this, 'ntfs');
    await assertNtfs(this, bytes, answers.blockSize);
  });

  for (const clusterBytes of [512, 4096])
    it(`of a new NTFS with clusters of ${clusterBytes} has those too`, async function () {
      needJudge(this, 'mkntfs');
      const image = makeNtfs(folder.path('new.img'), 8 * 2 ** 20, clusterBytes);
      for (const size of [5, 70_000, 500_000]) {
        writeFileSync(folder.path('source'), 'x'.repeat(size));
        copyInto(image, folder.path('source'), `copy of ${size}`);
      }
      await assertNtfs(this, readFileSync(image.path), clusterBytes);
    });
});
