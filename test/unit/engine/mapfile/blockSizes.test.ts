import assert from 'node:assert/strict';
import { likelyBlockSizes } from '../../../../src/engine/mapfile/blockSizes';

const sizes = (text: string, path = 'bad.txt', sectorCount = 131_072) =>
  likelyBlockSizes(Buffer.from(text), { path, sectorCount });
const run = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${first + index}\n`).join('');

describe('block size of a list', () => {
  it('is that of badblocks first, unless the file says otherwise', () => {
    assert.deepEqual(sizes('5\n6\n'), [1024, 512, 4096]);
    assert.deepEqual(sizes(''), [1024, 512, 4096]);
  });

  it('is the one in the name of the file first', () => {
    assert.deepEqual(sizes('2048\n2049\n', '/a/1024/badblocks-b4096.txt'), [4096, 1024, 512]);
    assert.deepEqual(sizes('5\n', 'C:\\lists\\b512.txt'), [512, 1024, 4096]);
    assert.deepEqual(sizes('5\n', 'disk-40960.txt'), [1024, 512, 4096]);
  });

  it('is a sector first where numbers come in the groups of larger blocks', () => {
    assert.deepEqual(sizes(run(80, 8) + run(96, 16)), [512, 1024, 4096]);
    for (const text of [run(80, 7), run(81, 8), run(80, 4) + run(88, 4), `${run(80, 8)}99\n`]) {
      assert.equal(sizes(text)![0], 1024, text);
    }
  });

  it('is none with which a block would lie outside the device', () => {
    assert.deepEqual(sizes('16384\n'), [1024, 512]);
    assert.deepEqual(sizes('16383\n'), [1024, 512, 4096]);
    assert.deepEqual(sizes('131071\n'), [512]);
    assert.deepEqual(sizes('99999999999999999999\n'), []);
  });

  it('is not asked of a file that has a unit of its own, and a broken list is refused', () => {
    for (const text of ['addbadblock 4\n', '0 9 error\n', '8 for 8 sectors\n', '0 + 1\n0 512 -\n']) {
      assert.equal(sizes(text), null);
    }
    assert.throws(() => sizes('5\n6 7\n'), { code: 'EINVAL', details: { path: 'bad.txt', line: 2 } });
  });
});
