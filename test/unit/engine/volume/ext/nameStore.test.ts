import assert from 'node:assert/strict';
import { NameStore } from '../../../../../src/engine/volume/ext/nameStore';

describe('NameStore', () => {
  it('keeps all places of an inode in the order in which they came, however many there are', () => {
    const store = new NameStore();
    const inodes = 5000;
    for (let round = 0; round < 2; round++)
      for (let inode = 1; inode <= inodes; inode++)
        store.add(inode, 10 + round, 2 ** 45 + inode * 100 + round);
    for (let inode = 1; inode <= inodes; inode += 499)
      assert.deepEqual(store.of(inode), [
        { directory: 10, at: 2 ** 45 + inode * 100 },
        { directory: 11, at: 2 ** 45 + inode * 100 + 1 },
      ]);
    assert.deepEqual(store.of(inodes + 1), []);
  });
});
