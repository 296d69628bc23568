import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import { manyExfat } from '../../../support/volume/many/manyExfat';
import { manyExt } from '../../../support/volume/many/manyExt';
import { manyFat } from '../../../support/volume/many/manyFat';
import {
  FILES_IN_FOLDER,
  fileName,
  folderName,
  type ManyFiles,
} from '../../../support/volume/many/manyFiles';
import { manyNtfs } from '../../../support/volume/many/manyNtfs';
import { memoryInUse } from '../../../support/volume/memory';

const MOST_BYTES = 100e6;
const MAKERS: Readonly<Record<string, (fileCount: number) => ManyFiles>> = {
  ext2: manyExt,
  fat32: manyFat,
  exfat: manyExfat,
  ntfs: manyNtfs,
};

function pathOf(kind: string, file: number): string {
  const folder = kind === 'ntfs' ? '' : `/${folderName(Math.floor(file / FILES_IN_FOLDER))}`;
  return `${folder}/${fileName(file)}`;
}

/** Indexes a disk and asks for some owners; the most memory that this took beyond what was in use before. */
async function peakOf(kind: string, fileCount: number): Promise<number> {
  // What the test before let go of would count as memory that this one gives back.
  for (let turn = 0; turn < 3; turn++) {
    memoryInUse();
    await setImmediate();
  }
  const before = memoryInUse();
  const { source, sectorOf } = MAKERS[kind]!(fileCount);
  const disk = await DiskVolumes.open(source);
  assert.equal(disk.volumes[0]!.kind, kind);
  let peak = 0;
  let next = 0;
  const progress = (done: number) => {
    if (done < next) return;
    next = done + 0.1;
    peak = Math.max(peak, memoryInUse() - before);
  };
  await disk.index({ progress });
  const files = [0, 1234, fileCount - 1];
  const owners = await disk.ownersOf(files.map(sectorOf));
  peak = Math.max(peak, memoryInUse() - before);
  assert.deepEqual(
    owners.map(({ kind, path }) => [kind, path]),
    files.map((file) => ['file', pathOf(kind, file)]),
  );
  return peak;
}

describe('The memory that an index of files takes', () => {
  for (const kind of Object.keys(MAKERS))
    it(`is at most 100 MB for a million files of ${kind}`, async () => {
      const peak = await peakOf(kind, 1_000_000);
      console.log(`      ${(peak / 1e6).toFixed(1)} MB`);
      assert.ok(peak <= MOST_BYTES, `${peak} bytes`);
    }).timeout(300_000);

  it('is no more for files that are too many to be kept', async () => {
    const peak = await peakOf('ext2', 1_700_000);
    console.log(`      ${(peak / 1e6).toFixed(1)} MB`);
    assert.ok(peak <= MOST_BYTES, `${peak} bytes`);
  }).timeout(300_000);
});
