import assert from 'node:assert/strict';
import { openFat } from '../../../../src/engine/volume/fat/fatFileSystem';
import { walkPaths } from '../../../../src/engine/volume/walkPaths';
import { FatImage } from '../../../support/volume/fatImage';
import { BytesSource } from '../../../support/volume/volumeFixture';

async function walked(fat: FatImage, unreadable: readonly number[] = [], signal?: AbortSignal) {
  const fileSystem = (await openFat(new BytesSource(fat.bytes, new Set(unreadable)).reader()))!;
  const doubts: string[] = [];
  const paths: string[] = [];
  for await (const { path, kind } of walkPaths(fileSystem, ({ reason }) => doubts.push(reason), signal))
    paths.push(`${kind} ${path}`);
  return { paths, doubts };
}

function image(): FatImage {
  const fat = new FatImage({ bits: 16, clusters: 5000 });
  const outer = fat.folder(fat.root, 'OUTER', [10]);
  fat.file(fat.folder(outer, 'INNER', [20]), 'DEEP', [30]);
  fat.file(fat.root, 'TOP', [40]);
  return fat;
}

describe('A walk of all paths', () => {
  it('gives files and folders with their paths, and tells what it could not read', async () => {
    const paths = ['dir /OUTER', 'file /TOP', 'dir /OUTER/INNER', 'file /OUTER/INNER/DEEP'];
    assert.deepEqual(await walked(image()), { paths, doubts: [] });
    const lost = await walked(image(), [image().sectorOf(20)]);
    assert.deepEqual(lost.paths, paths.slice(0, 3));
    assert.ok(lost.doubts.length > 0);
  });

  it('ends in folders that contain each other, and when it is cancelled', async () => {
    const fat = image();
    const again = { clusters: [20], next: 3 };
    const loop = fat.folder(again, 'LOOP', [10]);
    assert.ok(loop);
    const { paths } = await walked(fat);
    assert.ok(paths.length < 20, `${paths}`);
    await assert.rejects(walked(fat, [], AbortSignal.abort(new Error('ended'))), /ended/);
  });
});
