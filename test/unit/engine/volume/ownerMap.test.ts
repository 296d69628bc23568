import assert from 'node:assert/strict';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import type { Owner } from '../../../../src/engine/volume/owner';
import { OwnerMap } from '../../../../src/engine/volume/ownerMap';
import { FatImage } from '../../../support/volume/fatImage';
import { randomSets } from '../../../support/volume/random';
import { BytesSource, volumeFixture } from '../../../support/volume/volumeFixture';

/** The kind of each sector of a run, by the map. */
function mapped(map: OwnerMap, firstSector: number, sectorCount: number): string[] {
  const layers = map.layers({ firstSector, sectorCount, bucketCount: sectorCount });
  return Array.from({ length: sectorCount }, (_, at) => {
    const kinds = layers.filter(({ counts }) => counts[at] === 1).map(({ kind }) => kind);
    assert.ok(kinds.length <= 1);
    return kinds[0] ?? 'outside';
  });
}

/** What the map must show of a sector whose owner is known. */
function expected({ kind, what }: Owner): string {
  if (kind === 'file' || kind === 'dir' || kind === 'slack') return 'file';
  if (kind === 'meta') return what === 'marked-bad' ? 'unknown' : 'structure';
  return kind === 'allocated' ? 'unknown' : kind;
}

async function assertSame(bytes: Uint8Array, sectors: readonly number[], unreadable: readonly number[] = []) {
  const disk = await DiskVolumes.open(new BytesSource(bytes, new Set(unreadable)));
  const shown = mapped(await OwnerMap.build(disk), 0, disk.sectorCount);
  await disk.index();
  const owners = await disk.ownersOf(sectors);
  for (const owner of owners)
    assert.equal(shown[owner.sector], expected(owner), JSON.stringify({ owner, unreadable }));
}

function everyNth(count: number, step: number): number[] {
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}

describe('The map of owners', () => {
  for (const name of ['ext2_1k', 'ext4_1k', 'ext4_4k', 'fat16', 'fat32', 'exfat', 'ntfs', 'gpt3'])
    it(`shows of ${name} what is told of each sector by itself`, async function () {
      const { bytes } = volumeFixture(this, name);
      await assertSame(bytes, everyNth(bytes.length / 512, 7));
    }).timeout(60_000);

  it('shows what is told of each sector where some can’t be read, too', async function () {
    for (const name of ['ext4_1k', 'fat16', 'exfat', 'ntfs']) {
      const { bytes } = volumeFixture(this, name);
      const sectors = everyNth(bytes.length / 512, 41);
      const candidates = everyNth(Math.min(bytes.length / 512, 4096), 1);
      for (const unreadable of randomSets(candidates, 4)) await assertSame(bytes, sectors, unreadable);
    }
  }).timeout(60_000);

  const fat = new FatImage({ bits: 16, clusters: 5000 });
  fat.file(fat.root, 'ONE', [10, 11, 12]);

  it('counts how much of each bucket is whose', async () => {
    const map = await OwnerMap.build(await DiskVolumes.open(new BytesSource(fat.bytes)));
    const sectorCount = fat.bytes.length / 512;
    const layers = new Map(
      map.layers({ firstSector: 0, sectorCount, bucketCount: 3 }).map(({ kind, counts }) => [kind, counts]),
    );
    // The root folder takes four sectors before the clusters.
    assert.deepEqual([...layers.get('file')!], [3 + 4, 0, 0]);
    assert.deepEqual([...layers.get('structure')!], [fat.sectorOf(2) - 4, 0, 0]);
    assert.equal(
      [...layers.values()].flatMap((counts) => [...counts]).reduce((sum, count) => sum + count, 0),
      sectorCount,
    );
    const one = map.layers({ firstSector: fat.sectorOf(11), sectorCount: 4, bucketCount: 2 });
    assert.deepEqual([...one.find(({ kind }) => kind === 'file')!.counts], [2, 0]);
    assert.deepEqual([...one.find(({ kind }) => kind === 'free')!.counts], [0, 2]);
  });

  it('has larger cells on a larger disk, which show the kind that counts first', async () => {
    const disk = await DiskVolumes.open(new BytesSource(fat.bytes));
    const map = await OwnerMap.build(disk, { maxCells: 1024 });
    const first = Math.floor(fat.sectorOf(10) / 8) * 8;
    const kinds = mapped(map, first, 16);
    assert.ok(kinds.slice(0, 8).every((kind) => kind === 'file'));
    assert.equal(mapped(map, 0, 1)[0], 'structure');
    assert.equal(kinds[15], 'free');
  });

  it('tells how far it is, and ends when it is cancelled', async () => {
    const disk = await DiskVolumes.open(new BytesSource(fat.bytes));
    const told: number[] = [];
    await OwnerMap.build(disk, { progress: (done) => told.push(done) });
    assert.equal(told.at(-1), 1);
    const signal = AbortSignal.abort(new Error('ended'));
    await assert.rejects(OwnerMap.build(disk, { signal }), /ended/);
  });
});
