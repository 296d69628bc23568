import assert from 'node:assert/strict';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import { remappedFiles } from '../../../../src/engine/volume/remappedFiles';
import { FatImage } from '../../../support/volume/fatImage';
import { BytesSource } from '../../../support/volume/volumeFixture';

const fat = new FatImage({ bits: 16, clusters: 5000 });
fat.file(fat.root, 'ONE', [10, 11, 20]);
const folder = fat.folder(fat.root, 'SUB', [30]);
fat.file(folder, 'TWO', [40]);
fat.file(fat.root, 'THREE', [50]);

const open = () => DiskVolumes.open(new BytesSource(fat.bytes));

function remapped(...clusters: number[]): RangeSet {
  const set = new RangeSet();
  for (const cluster of clusters) set.add(fat.sectorOf(cluster), 1);
  return set;
}

describe('The files with remapped sectors', () => {
  it('are told with how many there are, those of a folder itself too; free space and structures are no file', async () => {
    const set = remapped(11, 20, 30, 40, 999);
    set.add(0, 1);
    assert.deepEqual(await remappedFiles(await open(), set), [
      { volume: 0, path: '/ONE', kind: 'file', sectorCount: 2 },
      { volume: 0, path: '/SUB', kind: 'dir', sectorCount: 1 },
      { volume: 0, path: '/SUB/TWO', kind: 'file', sectorCount: 1 },
    ]);
  });

  it('are none, without a look at the files, where nothing is remapped', async () => {
    const disk = await open();
    const signal = AbortSignal.abort(new Error('ended'));
    assert.deepEqual(await remappedFiles(disk, new RangeSet(), { signal }), []);
    await assert.rejects(remappedFiles(disk, remapped(10), { signal }), /ended/);
  });

  it('are at most as many as may be told', async () => {
    const files = await remappedFiles(await open(), remapped(10, 40, 50), { fileLimit: 1 });
    assert.equal(files.length, 1);
  });
});
