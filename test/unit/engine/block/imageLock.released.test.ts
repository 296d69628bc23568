import assert from 'node:assert/strict';
import { existsSync, renameSync, unlinkSync } from 'node:fs';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { lockPathOf } from '../../../../src/engine/block/imageLock';
import { nodeFiles } from '../../../../src/engine/outside/fileSystem';
import { putFiles } from '../../../support/outside/putDoors';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { tempFolder } from '../../../support/tempFolder';

/** On Windows a file that was removed has its name until all programs that look at it have closed it. */
describe('the lock of an image that was given back, and whose file stays for a moment', () => {
  const folder = tempFolder();
  let path: string;
  let lockPath: string;
  let renamed: string[];

  beforeEach(async () => {
    path = folder.path('main.img');
    lockPath = lockPathOf(path);
    renamed = [];
    await createImage(path, 100);
    const image = await openImage(path);
    putFiles({
      unlink: async (removed) => {
        if (removed.endsWith('.main.img.lock')) renameSync(lockPath, `${lockPath}.going`);
        else await nodeFiles.unlink(removed);
      },
      rename: async (from, to) => {
        renamed.push(to);
        await nodeFiles.rename(from, to);
      },
    });
    await image.close();
    renameSync(`${lockPath}.going`, lockPath);
  });

  it('is not taken for one that a dead process left: it is waited for', async () => {
    const opening = openImage(path);
    setTimeout(() => unlinkSync(lockPath), 100);
    const image = await opening;
    assert.deepEqual(renamed, [], 'a lock that may go was replaced: what came in its place would be lost');
    assert.ok(existsSync(lockPath));
    await image.close();
  });

  it('is waited for for some seconds, and not for ever', async () => {
    await assertFailsWith(openImage(path), 'EBUSY', /main\.img/);
    assert.deepEqual(renamed, []);
  });

  it('is taken at once where its file could not be removed: it stays', async () => {
    unlinkSync(lockPath);
    const image = await openImage(path);
    putFiles({
      unlink: async (removed) => {
        if (removed.endsWith('.main.img.lock'))
          throw Object.assign(new Error('EACCES: permission denied, unlink'), { code: 'EACCES' });
        await nodeFiles.unlink(removed);
      },
    });
    await image.close().catch(() => undefined);
    assert.ok(existsSync(lockPath));
    putFiles({ unlink: nodeFiles.unlink });
    await (await openImage(path)).close();
    assert.ok(!existsSync(lockPath));
  });
});
