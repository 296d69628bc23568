import assert from 'node:assert/strict';
import { errnoOf } from '../../../../src/engine/dmsetup/errno';

describe('errnoOf', () => {
  it("knows Linux's numbers", () => {
    assert.deepEqual(
      (['EIO', 'EBUSY', 'EEXIST', 'EINVAL', 'ENOSPC', 'EROFS'] as const).map(errnoOf),
      [5, 16, 17, 22, 28, 30],
    );
  });
});
