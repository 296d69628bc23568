import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { copyImage } from '../../../../src/engine/block/copyImage';
import { openImage } from '../../../../src/engine/block/image';
import { lockPathOf } from '../../../../src/engine/block/imageLock';
import { releaseLockFile } from '../../../../src/engine/block/lockFile';
import {
  openRegularFile,
  readRegularFile,
  readRegularFileSync,
} from '../../../../src/engine/block/regularFile';
import { loadMapfile } from '../../../../src/engine/mapfile/mapfileIo';
import { need } from '../../../support/needs';
import { tempFolder } from '../../../support/tempFolder';

const LIST = { kind: 'a list', maxBytes: 10 };

describe('regular file', () => {
  const folder = tempFolder();

  function pipe(name: string): string {
    execFileSync('mkfifo', [folder.path(name)]);
    return folder.path(name);
  }

  it('is read whole when it is small enough, and refused before it is read when it is not', async () => {
    const path = folder.path('list');
    for (const text of ['', 'ten bytes!']) {
      writeFileSync(path, text);
      assert.equal((await readRegularFile(path, LIST)).toString(), text);
      assert.equal(readRegularFileSync(path, LIST).toString(), text);
    }
    // Sparse: reading it would take more memory than there is.
    truncateSync(path, 2 ** 40);
    const tooLarge = {
      code: 'EINVAL',
      message: `${path} has ${2 ** 40} bytes, and a list has at most 10: is it another kind of file?`,
    };
    await assert.rejects(readRegularFile(path, LIST), tooLarge);
    assert.throws(() => readRegularFileSync(path, LIST), tooLarge);
  });

  it('is nothing else: folders, devices and pipes are refused at once', async function () {
    need(this, 'posixPrograms');
    mkdirSync(folder.path('folder'));
    for (const access of ['r', 'r+'] as const) {
      const open = (path: string) => openRegularFile(path, access, 'a list');
      await assert.rejects(open(folder.path('folder')), {
        code: 'EINVAL',
        message: /is a folder: choose a list/,
      });
      await assert.rejects(open('/dev/zero'), {
        code: 'EINVAL',
        message: /is not a regular file: choose a list/,
      });
      await assert.rejects(open(folder.path('missing')), { code: 'ENOENT' });
    }
    const path = pipe('pipe');
    await assert.rejects(readRegularFile(path, LIST), { code: 'EINVAL' });
    assert.throws(() => readRegularFileSync(path, LIST), { code: 'EINVAL' });
  });

  it('is what images, their copies, maps and lock files must be', async function () {
    need(this, 'posixPrograms');
    const refused = { code: 'EINVAL', message: /is not a regular file/ };
    const path = pipe('disk.img');
    await assert.rejects(openImage(path), refused);
    await assert.rejects(openImage(path, { readOnly: true }), refused);
    await assert.rejects(copyImage(path, folder.path('copy.img')), refused);
    await assert.rejects(loadMapfile(path), refused);
    writeFileSync(folder.path('other.img'), new Uint8Array(512));
    const lockPath = lockPathOf(folder.path('other.img'));
    pipe(lockPath.slice(folder.path().length + 1));
    await assert.rejects(openImage(folder.path('other.img')), { code: 'EBUSY', message: /names no process/ });
    await releaseLockFile(lockPath, 'ours');
  });

  it('of 4 KiB is the largest that a lock file can be', async () => {
    const path = folder.path('disk.img');
    writeFileSync(path, new Uint8Array(512));
    writeFileSync(lockPathOf(path), '');
    truncateSync(lockPathOf(path), 2 ** 40);
    await assert.rejects(openImage(path), { code: 'EBUSY', message: /names no process/ });
  });
});
