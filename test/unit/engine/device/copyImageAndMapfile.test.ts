import assert from 'node:assert/strict';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { copyImageAndMapfile } from '../../../../src/engine/device/copyImageAndMapfile';
import { mapfilePath } from '../../../../src/engine/device/disk';
import { smallDisk } from '../../../support/smallDisk';
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

  it('leaves nothing when the mapfile can not be copied, and overwrites none', async () => {
    const [source, target] = [folder.path('a.img'), folder.path('b.img')];
    await writeFile(source, Buffer.alloc(2048, 7));
    await writeFile(mapfilePath(source), 'a mapfile');
    await writeFile(mapfilePath(target), 'theirs');
    await assert.rejects(copyImageAndMapfile(source, target), { code: 'EEXIST' });
    assert.equal(await readFile(mapfilePath(target), 'utf8'), 'theirs');
    await assert.rejects(access(target), { code: 'ENOENT' });
  });

  describe('to a full file system', () => {
    const disk = smallDisk(1);

    it('leaves nothing when the mapfile finds no room', async () => {
      const [source, target] = [folder.path('a.img'), disk.path('b.img')];
      await writeFile(source, Buffer.alloc(2048, 7));
      await writeFile(mapfilePath(source), Buffer.alloc(100_000, 10));
      disk.fill(20_000);
      await assert.rejects(copyImageAndMapfile(source, target), {
        code: 'ENOSPC',
        message: /no room is left/,
      });
      assert.deepEqual(await readdir(disk.path()), ['ballast']);
    });
  });

  it('takes the mapfile that the image has under another name', async () => {
    const [source, target, map] = [folder.path('a.img'), folder.path('b.img'), folder.path('other.log')];
    await writeFile(source, Buffer.alloc(2048, 7));
    await writeFile(map, 'a mapfile elsewhere');
    await copyImageAndMapfile(source, target, { map });
    assert.equal(await readFile(mapfilePath(target), 'utf8'), 'a mapfile elsewhere');
  });
});
