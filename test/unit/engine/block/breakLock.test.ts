import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { breakLock, findDoubtfulLock } from '../../../../src/engine/block/breakLock';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { lockPathOf } from '../../../../src/engine/block/imageLock';
import { currentOwner, type LockOwner } from '../../../../src/engine/block/lockOwner';
import { nodeFiles } from '../../../../src/engine/outside/fileSystem';
import { putFiles } from '../../../support/outside/putDoors';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { tempFolder } from '../../../support/tempFolder';

/** A process on a computer that can't be asked. */
const ELSEWHERE = { host: 'desk', platform: 'win32', machineId: 'windows', bootId: null };

describe('a lock that is broken', () => {
  const folder = tempFolder();
  let path: string;

  beforeEach(async () => {
    path = folder.path('main.img');
    await createImage(path, 100);
  });

  async function leaveLock(owner: Partial<LockOwner>): Promise<void> {
    const whole = { ...(await currentOwner('0123456789ab')), ...owner };
    writeFileSync(lockPathOf(path), JSON.stringify(whole));
  }

  it('was in doubt, and nothing of it is left', async () => {
    const doubtful: readonly (() => unknown)[] = [
      () => leaveLock(ELSEWHERE),
      () => leaveLock({ pid: process.ppid, startTime: null }),
      () => writeFileSync(lockPathOf(path), 'no owner'),
    ];
    for (const leave of doubtful) {
      await leave();
      await assertFailsWith(openImage(path), 'EBUSY', /delete /);
      const lock = await findDoubtfulLock(path);
      assert.equal(lock?.lockPath, lockPathOf(path));
      await breakLock(lock!);
      assert.deepEqual(readdirSync(folder.path()), ['main.img']);
      await (await openImage(path)).close();
    }
  });

  it('says whose it is', async () => {
    await leaveLock({ ...ELSEWHERE, pid: 77 });
    assert.deepEqual((await findDoubtfulLock(path))?.owner, { pid: 77, host: 'desk' });
    writeFileSync(lockPathOf(path), '');
    assert.equal((await findDoubtfulLock(path))?.owner, null);
  });

  it('is none that a living process has for certain, nor one that is taken over anyhow', async () => {
    assert.equal(await findDoubtfulLock(path), null);
    await leaveLock({ pid: 2 ** 22 + 1 });
    assert.equal(await findDoubtfulLock(path), null);
    const image = await openImage(path);
    await assertFailsWith(findDoubtfulLock(path), 'EBUSY', /already open in this process/);
    await image.close();
    await assertFailsWith(findDoubtfulLock(folder.path('absent.img')), 'ENOENT', /does not exist/);
  });

  it('is not another one that was taken meanwhile: that is put back', async () => {
    await leaveLock(ELSEWHERE);
    const lock = (await findDoubtfulLock(path))!;
    await leaveLock({ ...ELSEWHERE, nonce: 'anotherowner' });
    await assertFailsWith(breakLock(lock), 'EBUSY', /has taken the lock/);
    assert.deepEqual(readdirSync(folder.path()).sort(), ['.main.img.lock', 'main.img']);
    await leaveLock(ELSEWHERE);
    await breakLock(lock);
    await breakLock(lock);
    assert.ok(!existsSync(lockPathOf(path)));
  });

  it('is not another one that is taken in that very moment', async () => {
    await leaveLock(ELSEWHERE);
    const lock = (await findDoubtfulLock(path))!;
    const another = { ...ELSEWHERE, nonce: 'anotherowner' };
    let renames = 0;
    putFiles({
      rename: async (from, to) => {
        if (renames++ === 0) await leaveLock(another);
        return nodeFiles.rename(from, to);
      },
    });
    await assertFailsWith(breakLock(lock), 'EBUSY', /has taken the lock/);
    assert.equal(renames, 2);
    assert.deepEqual(readdirSync(folder.path()).sort(), ['.main.img.lock', 'main.img']);
  });

  it('is never aside for a moment when it is another one', async () => {
    await leaveLock(ELSEWHERE);
    const lock = (await findDoubtfulLock(path))!;
    await leaveLock({ ...ELSEWHERE, nonce: 'anotherowner' });
    putFiles({ rename: () => assert.fail('the lock of a living process was moved') });
    await assertFailsWith(breakLock(lock), 'EBUSY', /has taken the lock/);
  });
});
