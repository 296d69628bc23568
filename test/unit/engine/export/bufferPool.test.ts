import assert from 'node:assert/strict';
import { BufferPool } from '../../../../src/engine/export/bufferPool';

describe('the buffers of a server', () => {
  it('have the length that is asked for, and are used again for lengths near it', () => {
    const pool = new BufferPool(100_000);
    const first = pool.take(8192 + 28);
    assert.equal(first.length, 8220);
    pool.give(first);
    const second = pool.take(8192 + 16);
    assert.equal(second.length, 8208);
    assert.equal(second.buffer, first.buffer);
    assert.notEqual(pool.take(8220).buffer, first.buffer, 'only once');
  });

  it('are not kept beyond a limit, and make way for other sizes', () => {
    const pool = new BufferPool(20_000);
    const small = Array.from({ length: 10 }, () => pool.take(4096));
    for (const each of small) pool.give(each);
    const large = pool.take(16_384);
    pool.give(large);
    assert.equal(pool.take(16_384).buffer, large.buffer);
  });
});
