import assert from 'node:assert/strict';
import { breakLockQuestion, isInDoubt } from '../../../src/contract/lockTexts';
import { RemapError } from '../../../src/engine';

const lock = {
  image: '/disks/disk.img',
  lockPath: '/disks/.disk.img.lock',
  owner: { pid: 77, host: 'desk' },
  nonce: 'aaaaaaaaaaaa',
};

describe('the question before a lock is broken', () => {
  it('names the images, the locks and their owners, and what may be lost', () => {
    const other = { ...lock, image: '/disks/spare.img', lockPath: '/disks/.spare.img.lock', owner: null };
    const { message, detail, verbs } = breakLockQuestion([lock, other]);
    assert.equal(message, 'Break the lock of disk.img and spare.img?');
    assert.match(detail, /^\/disks\/\.disk\.img\.lock was taken by process 77 on desk\. /);
    assert.match(detail, /\/disks\/\.spare\.img\.lock names no process\. .* data are lost/);
    assert.deepEqual(verbs, ['Break Lock']);
  });

  it('is offered with an error of a lock in doubt, and with no other', () => {
    assert.ok(isInDoubt(new RemapError('EBUSY', 'in use', { lockPath: lock.lockPath })));
    assert.ok(!isInDoubt(new RemapError('EBUSY', 'in use', { pid: 77 })));
    assert.ok(!isInDoubt(new RemapError('EACCES', 'no', { lockPath: lock.lockPath })));
    assert.ok(!isInDoubt(new Error('no')));
  });
});
