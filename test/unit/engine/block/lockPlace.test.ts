import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { LockPlace } from '../../../../src/engine/block/lockPlace';
import { imageProcesses } from '../../../support/block/imageProcess';
import { tempFolder } from '../../../support/tempFolder';

describe('the lock of an image in a folder that is renamed', () => {
  const folder = tempFolder();
  const processes = imageProcesses();

  beforeEach(async () => {
    fs.mkdirSync(folder.path('disks'));
    await createImage(folder.path('disks/main.img'), 100);
  });

  const rename = (): void => fs.renameSync(folder.path('disks'), folder.path('moved'));

  it('is released where it is now', async () => {
    const image = await openImage(folder.path('disks/main.img'));
    rename();
    await image.close();
    assert.deepEqual(fs.readdirSync(folder.path('moved')), ['main.img']);
    const other = await processes.start();
    assert.deepEqual(await other.ask({ kind: 'open', path: folder.path('moved/main.img') }), { ok: true });
  });

  it('is released when its process exits', async () => {
    const other = await processes.start();
    await other.ask({ kind: 'open', path: folder.path('disks/main.img') });
    rename();
    await other.exit();
    if (process.platform === 'linux') assert.deepEqual(fs.readdirSync(folder.path('moved')), ['main.img']);
  });

  it('is found among the neighbours where a folder can’t be reached by a handle', async () => {
    const path = folder.path('disks/.main.img.lock');
    const place = await LockPlace.open(path, false);
    assert.deepEqual([place.likelyPath, await place.find()], [path, path]);
    rename();
    fs.mkdirSync(folder.path('disks'));
    assert.equal(await place.find(), folder.path('moved/.main.img.lock'));
    fs.rmSync(folder.path('moved'), { recursive: true });
    assert.equal(await place.find(), path);
    await place.close();
  });
});
