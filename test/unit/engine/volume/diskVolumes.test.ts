import assert from 'node:assert/strict';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import type { Allocation } from '../../../../src/engine/volume/volumeContracts';
import { ModelFileSystem, modelFile } from '../../../support/volume/modelFileSystem';
import { TableImage } from '../../../support/volume/tableImage';
import { BytesSource, type FixtureDisk, volumeFixture } from '../../../support/volume/volumeFixture';

const allocation = Array.from({ length: 90 }, (_, i): Allocation => (i < 50 ? 'used' : 'free'));

async function disk(): Promise<{ volumes: DiskVolumes; fileSystem: ModelFileSystem }> {
  const fileSystem = new ModelFileSystem({
    sectorCount: 90,
    allocation,
    files: [modelFile(12, 5000, [[10, 4, 0]])],
  });
  fileSystem.notes.push('dirty');
  const table = new TableImage(8192)
    .gpt([
      { first: 2048, last: 2147, name: 'one' },
      { first: 4096, last: 4195 },
    ])
    .fileSystem(4096);
  const volumes = await DiskVolumes.open(table.disk(), [
    async ({ first }) => (first === 2048 ? fileSystem : null),
  ]);
  return { volumes, fileSystem };
}

describe('DiskVolumes', () => {
  it('lists volumes with what the table and the file system say', async () => {
    const type = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';
    const { volumes } = await disk();
    assert.deepEqual(await volumes.list(), [
      {
        index: 1,
        first: 2048,
        count: 100,
        kind: 'ext4',
        label: 'model',
        total: 90 * 512,
        used: null,
        notes: ['dirty'],
        type,
        name: 'one',
      },
      {
        index: 2,
        first: 4096,
        count: 100,
        kind: 'xfs',
        label: '',
        total: null,
        used: null,
        notes: ['xfs: not looked into'],
        type,
        name: '',
      },
    ]);
  });

  it('answers the owners of sectors anywhere on the disk, in the order asked', async () => {
    const { volumes } = await disk();
    const owners = await volumes.ownersOf([4100, 2058, 0, 1000, 2058, 2140, 2120, 2060]);
    assert.deepEqual(
      owners.map(({ sector, kind, volume, path, what, why }) => [sector, kind, volume, path ?? what ?? why]),
      [
        [4100, 'unknown', 2, 'xfs: not looked into'],
        [2058, 'file', 1, '/12'],
        [0, 'meta', undefined, 'protective-mbr'],
        [1000, 'outside', undefined, undefined],
        [2058, 'file', 1, '/12'],
        [2140, 'outside', 1, undefined],
        [2120, 'free', 1, undefined],
        [2060, 'file', 1, '/12'],
      ],
    );
  });

  it('walks the files once for a call, and not again once they are indexed', async () => {
    const { volumes, fileSystem } = await disk();
    await volumes.ownersOf([2058, 2059, 2060]);
    assert.equal(fileSystem.walks, 1);
    const walked = await volumes.ownersOf([2058, 2090]);
    await volumes.index();
    await volumes.index();
    assert.equal(fileSystem.walks, 3);
    assert.deepEqual(await volumes.ownersOf([2058, 2090]), walked);
    assert.equal(fileSystem.walks, 3);
  });

  it('tells at once what the layout alone says', async () => {
    const { volumes, fileSystem } = await disk();
    const owners = await Promise.all(
      [1, 1000, 2120, 2058, 4100].map((sector) => volumes.quickOwnerOf(sector)),
    );
    assert.deepEqual(
      owners.map((owner) => owner?.kind ?? null),
      ['meta', 'outside', 'free', null, 'unknown'],
    );
    assert.equal(fileSystem.walks, 0);
  });

  it('refuses sectors beyond the end', async () => {
    const { volumes } = await disk();
    await assert.rejects(volumes.ownersOf([8192]), { code: 'EINVAL' });
    await assert.rejects(volumes.quickOwnerOf(-1), { code: 'EINVAL' });
  });

  it('says where partitions may be of which the chain can’t be read', async () => {
    const image = new TableImage(8192).mbr([{ type: 5, start: 1000, count: 5000 }]);
    const volumes = await DiskVolumes.open(image.disk([1000]));
    const [owner, before] = await volumes.ownersOf([3000, 900]);
    assert.equal(owner!.kind, 'unknown');
    assert.match(owner!.why!, /record of logical partitions/);
    assert.equal(before!.kind, 'unknown');
  });

  it('ends a walk when it is cancelled', async () => {
    const { volumes } = await disk();
    const signal = AbortSignal.abort(new Error('cancelled'));
    await assert.rejects(volumes.ownersOf([2058], { signal }), /cancelled/);
    await assert.rejects(volumes.index({ signal }), /cancelled/);
  });

  it('says the same or less of gpt3, and nothing else, with each sector of its tables unreadable', async function () {
    const { bytes, answers } = volumeFixture<FixtureDisk>(this, 'gpt3');
    const sectors = answers.partitions.flatMap(({ start, answers: { owners } }) =>
      owners.filter((_, i) => i % 20 === 0).map(({ sector }) => start + sector),
    );
    const expected = await (await DiskVolumes.open(new BytesSource(bytes))).ownersOf(sectors);
    const last = bytes.length / 512 - 1;
    const tables = [
      [0],
      [1],
      [2],
      [3],
      [10],
      [33],
      [last],
      [last - 1],
      [last - 32],
      [0, 1],
      [1, 2],
      [0, 1, last],
    ];
    for (const unreadable of tables) {
      const owners = await (await DiskVolumes.open(new BytesSource(bytes, new Set(unreadable)))).ownersOf(
        sectors,
      );
      for (const [i, owner] of owners.entries()) {
        if (owner.kind !== 'unknown') assert.deepEqual(owner, expected[i], `with ${unreadable} unreadable`);
        else assert.ok(unreadable.includes(last) && unreadable.length === 3);
      }
    }
  }).timeout(120_000);
});
