import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { parseBlockList } from '../../../../src/engine/mapfile/blockList';
import { arbitraryBadSectors } from '../../../support/mapfile/arbitraries';
import { blockListText } from '../../../support/mapfile/listWriters';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const list = (text: string, blockSize = 1024) =>
  parseBlockList(bytes(text), { path: 'a.bb', blockSize, sectorCount: 100 });
const invalid = (line: number, message: RegExp) => ({
  code: 'EINVAL',
  details: { path: 'a.bb', line },
  message,
});

describe('list of block numbers', () => {
  it('is read in the unit that is asked for, in any order', () => {
    assert.deepEqual(
      [...list('4\n0\n5\n')],
      [
        [0, 2],
        [8, 4],
      ],
    );
    assert.deepEqual(
      [...list('7\n4\n', 512)],
      [
        [4, 1],
        [7, 1],
      ],
    );
    assert.deepEqual([...list('3\n', 4096)], [[24, 8]]);
  });

  it('reads over empty lines and comments, and the answer of dm-dust that there are none', () => {
    assert.deepEqual([...list('\n# of sda\n  12 \r\n\t13\n', 512)], [[12, 2]]);
    assert.deepEqual([...list('No blocks in badblocklist\n')], []);
  });

  it('refuses a line with anything but one number, instead of taking the first', () => {
    for (const [text, line] of [
      ['1\n0x10\n', 2],
      ['12a\n', 1],
      ['5\n6 done\n', 2],
      ['5\n6 # a comment\n', 2],
      ['# Rates\n 0  0x00000000  0  0  0  0\n', 2],
      ['Checking blocks 0 to 99\n5\n', 1],
      ['5\n-5\n', 2],
    ] as const) {
      assert.throws(() => list(text), invalid(line, /one decimal block number on a line, and nothing else/));
    }
  });

  it('refuses a block outside the device, however large, and a unit that is no sectors', () => {
    assert.deepEqual([...list('49\n')], [[98, 2]]);
    assert.throws(
      () => list('1\n\n50\n'),
      invalid(3, /block 50 of 1024 bytes is outside the device, which has 100 sectors/),
    );
    assert.throws(() => list('99999999999999999999\n'), invalid(1, /block 9223372036854775807 of/));
    assert.throws(() => list('11\n12\n', 4096), invalid(2, /block 12 of 4096 bytes is outside/));
    for (const blockSize of [0, 100, 513, -512, Number.NaN]) {
      assert.throws(() => list('1\n', blockSize), { code: 'EINVAL' });
    }
  });

  it('takes numbers of more than 32 bits', () => {
    const set = parseBlockList(bytes('4294967296\n'), { path: 'a', blockSize: 4096 });
    assert.deepEqual([...set], [[2 ** 35, 8]]);
  });

  it('comes back the same in sectors, and grown to whole blocks in others', () => {
    fc.assert(
      fc.property(arbitraryBadSectors(96), fc.constantFrom(512, 1024, 4096), (set, blockSize) => {
        const read = list(blockListText(set, blockSize), blockSize);
        const sectorsABlock = blockSize / 512;
        const expected = new RangeSet();
        for (let sector = 0; sector < 96; sector++) {
          if (set.intersects(sector - (sector % sectorsABlock), sectorsABlock)) expected.add(sector, 1);
        }
        assert.deepEqual([...read], [...expected]);
      }),
    );
  });
});
