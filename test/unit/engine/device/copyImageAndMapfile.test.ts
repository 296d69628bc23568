import assert from 'node:assert/strict';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { copyImageAndMapfile } from '../../../../src/engine/device/copyImageAndMapfile';
import { mapfilePath } from '../../../../src/engine/device/disk';
import { tempFolder } from '../../../support/tempFolder';

describe('disk copy', () => {
  const folder = tempFolder();

  it('takes the mapfile along', async () => {
    const [source, target] = [folder.path('a.img'), folder.path('b.img')];
    await writeFile(source, Buffer.alloc(2048, 7));
    await writeFile(mapfilePath(source), 'a mapfile');
    await copyImageAndMapfile(source, target);
    assert.deepEqual(await readFile(target), Buffer.alloc(2048, 7));
    assert.equal(await readFile(mapfilePath(target), 'utf8'), 'a mapfile');
  });

  it('makes do without one', async () => {
    const [source, target] = [folder.path('a.img'), folder.path('b.img')];
    await writeFile(source, Buffer.alloc(2048, 7));
    await copyImageAndMapfile(source, target);
    await assert.rejects(access(mapfilePath(target)), { code: 'ENOENT' });
  });

  it('fails when the mapfile can not be copied', async () => {
    const [source, target] = [folder.path('a.img'), folder.path('b.img')];
    await writeFile(source, Buffer.alloc(2048, 7));
    await writeFile(mapfilePath(source), 'a mapfile');
    await mkdir(mapfilePath(target));
    await assert.rejects(copyImageAndMapfile(source, target));
  });
});
