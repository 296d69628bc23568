import assert from 'node:assert/strict';
import fs from 'node:fs';
import { parse } from 'node:path';
import { describeFullDisk } from '../../../../src/engine/block/fullDisk';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { VolatileCache } from '../../../../src/engine/block/volatileCache';
import { isHostFull } from '../../../../src/engine/errors';
import { patternBytes, readSectors } from '../../../support/block/sectors';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { smallDisk } from '../../../support/smallDisk';
import { tempFolder } from '../../../support/tempFolder';

describe('a full file system', () => {
  const folder = tempFolder();

  it('is named by where it is mounted', () => {
    const { reason, details } = describeFullDisk(folder.path('none/disk.img'));
    assert.equal(details.full, 'host');
    assert.ok(
      reason.startsWith(
        `no room is left for ${folder.path('none/disk.img')} on the file system ${parse(folder.path()).root}`,
      ),
    );
    const { fileSystem } = describeFullDisk(folder.path('disk.img')).details;
    assert.equal(fs.statSync(fileSystem!).dev, fs.statSync(folder.path()).dev);
    assert.ok(folder.path().startsWith(fileSystem!));
  });

  describe('of a few MiB', () => {
    const disk = smallDisk(2);

    it('fails the write of an image for exactly the sectors without room, names itself, and takes them later', async () => {
      const path = disk.path('main.img');
      await createImage(path, 8192);
      const image = await openImage(path);
      disk.fill(8 * 1024);
      const error = await assertFailsWith(
        image.write(0, patternBytes(0, 64)),
        'ENOSPC',
        /no room is left for/,
      );
      assert.ok(isHostFull(error));
      assert.deepEqual(
        { path: error.details.path, fileSystem: error.details.fileSystem },
        { path, fileSystem: disk.path().replace(/\/$/, '') },
      );
      disk.makeRoom();
      await image.write(0, patternBytes(0, 64));
      await image.flush();
      assert.deepEqual(await readSectors(image, 0, 64), patternBytes(0, 64));
      await image.close();
    });

    it('fails the flush of a cache, which keeps what it has, and lets a later flush succeed', async () => {
      const path = disk.path('main.img');
      await createImage(path, 8192);
      const cache = new VolatileCache(await openImage(path));
      disk.fill();
      await cache.write(100, patternBytes(100, 16));
      const error = await assertFailsWith(cache.flush(), 'ENOSPC', /^the write cache .*no room is left for/);
      assert.ok(isHostFull(error));
      assert.equal(error.details.path, path);
      assert.deepEqual(await readSectors(cache, 100, 16), patternBytes(100, 16));
      disk.makeRoom();
      await cache.flush();
      await cache.close();
      const image = await openImage(path);
      assert.deepEqual(await readSectors(image, 100, 16), patternBytes(100, 16));
      await image.close();
    });

    it('refuses the lock of an image, and leaves nothing of it', async () => {
      const path = disk.path('main.img');
      await createImage(path, 100);
      disk.fill();
      const error = await assertFailsWith(openImage(path), 'ENOSPC', /can't lock .*no room is left for/);
      assert.ok(isHostFull(error));
      assert.deepEqual(fs.readdirSync(disk.path()).sort(), ['ballast', 'main.img']);
      disk.makeRoom();
      await (await openImage(path)).close();
    });
  });
});
