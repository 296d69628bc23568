import assert from 'node:assert/strict';
import { SearchMemory } from '../../../src/editor/searchMemory';

describe('sector editor: the memory of a search', () => {
  it('is used again once its owner and all that it was held for are done', async () => {
    const first = SearchMemory.take(10, 10);
    let end = () => {};
    const read = new Promise<void>((resolve) => {
      end = resolve;
    });
    first.holdFor(read);
    first.holdFor(Promise.reject(new Error('a read that fails')));
    first.release();
    await new Promise(setImmediate);
    const second = SearchMemory.take(10, 10);
    assert.notEqual(second, first);
    end();
    await read;
    const third = SearchMemory.take(10, 10);
    assert.equal(third, first);
    second.release();
    third.release();
  });

  it('keeps what is looked for from its start on, for each search anew, and apart from the buffers', () => {
    const places: number[][] = [];
    for (let turn = 0; turn < 2; turn++) {
      const memory = SearchMemory.take(8, 100);
      places.push([memory.keep(Uint8Array.of(1, 2, 3)), memory.keep(Uint8Array.of(4))]);
      assert.deepEqual([...memory.view(0, 4)], [1, 2, 3, 4]);
      assert.ok(memory.buffer(0).byteOffset >= 8);
      memory.release();
    }
    assert.deepEqual(places, [
      [0, 3],
      [0, 3],
    ]);
  });

  it('is as large as the search needs, and not kept where that is more than usual', () => {
    const large = SearchMemory.take(200_000, 5 << 20);
    const buffers = Array.from({ length: large.bufferCount }, (_, i) => large.buffer(i));
    assert.ok(buffers[0]!.byteOffset >= 200_000);
    for (const [i, buffer] of buffers.entries()) {
      assert.ok(buffer.length >= 5 << 20);
      const next = buffers[i + 1]?.byteOffset ?? large.shared.buffer.byteLength;
      assert.ok(buffer.byteOffset + buffer.length <= next);
    }
    large.release();
    const other = SearchMemory.take(200_000, 5 << 20);
    assert.notEqual(other, large);
    other.release();
  });
});
