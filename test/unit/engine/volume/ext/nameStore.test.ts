import assert from 'node:assert/strict';
import { NameStore } from '../../../../../src/engine/volume/ext/nameStore';

describe('NameStore', () => {
  it('keeps all places of an inode in the order in which they came, however many there are', () => {
    const store = new NameStore();
    const inodes = 5000;
    for (let round = 0; round < 2; round++)
      for (let inode = 1; inode <= inodes; inode++)
        store.add(inode, 10 + round, 2 ** 45 + inode * 100 + round, false);
    for (let inode = 1; inode <= inodes; inode += 499)
      assert.deepEqual(store.of(inode), [
        { directory: 10, at: 2 ** 45 + inode * 100 },
        { directory: 11, at: 2 ** 45 + inode * 100 + 1 },
      ]);
    assert.deepEqual(store.of(inodes + 1), []);
  });

  it('keeps the names of folders alone once there are more than it may keep', () => {
    const store = new NameStore(1024);
    for (let inode = 1; inode <= 1024; inode++) store.add(inode, 2, inode * 8, inode % 100 === 0);
    assert.equal(store.isPartial, false);
    assert.deepEqual(store.of(7), [{ directory: 2, at: 56 }]);
    for (let inode = 1025; inode <= 3000; inode++) store.add(inode, 2, inode * 8, inode % 100 === 0);
    assert.equal(store.isPartial, true);
    for (let inode = 1; inode <= 3000; inode++)
      assert.deepEqual(store.of(inode), inode % 100 === 0 ? [{ directory: 2, at: inode * 8 }] : []);
    for (let inode = 3001; inode <= 9000; inode++) store.add(inode, 2, inode * 8, true);
    assert.equal(store.of(9000).length, 0);
    assert.equal(store.of(3001).length, 1);
  });
});
