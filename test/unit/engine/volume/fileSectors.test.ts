import assert from 'node:assert/strict';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import { sectorsOf } from '../../../../src/engine/volume/fileSectors';
import type { FileRecord } from '../../../../src/engine/volume/volumeContracts';
import { type Model, ModelFileSystem, modelFile } from '../../../support/volume/modelFileSystem';
import { TableImage } from '../../../support/volume/tableImage';

const doubt = { reason: 'a folder can’t be read', ranges: [] };

/** A disk with two volumes, at 2048 and 4096, and a third that isn't looked into. */
function diskWith(one: Partial<Model>, two: Partial<Model> = {}): Promise<DiskVolumes> {
  const table = new TableImage(8192).gpt([
    { first: 2048, last: 2147 },
    { first: 4096, last: 4195 },
    { first: 5000, last: 5099 },
  ]);
  return DiskVolumes.open(table.disk(), [
    async ({ first }) => {
      const model = first === 2048 ? one : first === 4096 ? two : null;
      return model && new ModelFileSystem({ sectorCount: 100, ...model });
    },
  ]);
}

const file = (record: Partial<FileRecord> = {}): FileRecord => ({
  ...modelFile(12, 900, [
    [30, 2, 8],
    [10, 2, 0],
  ]),
  ...record,
});

describe('The sectors of a file', () => {
  it('are its runs in its own order, on the disk, with what is kept for it', async () => {
    const parts: FileRecord['parts'] = [
      ...file().parts,
      { role: 'unwritten', sector: 50, sectorCount: 4, fileSector: 10 },
      { role: 'meta', sector: 21, sectorCount: 1, fileSector: 0, what: 'extent-tree' },
      { role: 'meta', sector: 20, sectorCount: 1, fileSector: 0, what: 'xattr' },
    ];
    assert.deepEqual(await sectorsOf(await diskWith({ files: [file({ parts, doubts: [doubt] })] }), '/12'), {
      volume: 1,
      size: 900,
      extents: [
        [0, 2058, 2],
        [8, 2078, 2],
      ],
      unwritten: [[10, 2098, 4]],
      meta: [[2068, 2]],
      unknown: [doubt.reason],
    });
  });

  it('are not those of its other streams', async () => {
    const part = {
      sector: 60,
      sectorCount: 1,
      fileSector: 0,
      role: 'data',
      stream: { name: 's', size: 77 },
    } as const;
    const disk = await diskWith({ files: [file({ parts: [...file().parts, part] })] });
    const { size, extents } = await sectorsOf(disk, '/12');
    assert.deepEqual([size, extents.length], [900, 2]);
  });

  it('are found on the volume that has the file; where two have it, the volume must be said', async () => {
    assert.equal((await sectorsOf(await diskWith({}, { files: [file()] }), '/12')).volume, 2);
    const both = await diskWith({ files: [file()] }, { files: [file()] });
    await assert.rejects(sectorsOf(both, '/12'), {
      code: 'EINVAL',
      message: 'volumes 1 and 2 have a file /12: say which volume',
    });
    assert.deepEqual((await sectorsOf(both, '/12', 2)).extents[0], [0, 4106, 2]);
  });

  it('are refused for a file or volume that isn’t there, or isn’t looked into', async () => {
    const disk = await diskWith({ files: [file()] });
    await assert.rejects(sectorsOf(disk, '/none'), {
      code: 'ENOENT',
      message: 'no file /none is on any volume',
    });
    await assert.rejects(sectorsOf(disk, '/12', 2), {
      code: 'ENOENT',
      message: 'no file /12 is on volume 2',
    });
    await assert.rejects(sectorsOf(disk, '/12', 9), {
      code: 'EINVAL',
      message: 'there is no volume 9: the disk has 1, 2, 3',
    });
    await assert.rejects(sectorsOf(disk, '/12', 3), {
      code: 'EINVAL',
      message: /^volume 3 can't be looked into: no known/,
    });
  });

  it('are unknown, and the file not missing, where a folder on the way can’t be read', async () => {
    const disk = await diskWith({ doubts: [doubt] });
    await assert.rejects(sectorsOf(disk, '/12'), {
      code: 'EIO',
      message: /^whether there is a file \/12 can't be told: a folder/,
    });
  });
});
