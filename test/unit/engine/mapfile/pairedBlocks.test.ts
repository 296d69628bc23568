import assert from 'node:assert/strict';
import { atOnce } from '../../../../src/engine/concurrency/slices';
import type { Mapfile } from '../../../../src/engine/mapfile/mapfile';
import { mergedBlocks, pairedBlocks } from '../../../../src/engine/mapfile/pairedBlocks';
import { parseText } from '../../../support/mapfile/mapfileText';

const map = (...lines: string[]): Mapfile => parseText(`0 + 1\n${lines.join('\n')}\n`);
const merged = (one: Mapfile, other: Mapfile, lengths = [4096, 4096]) =>
  [
    ...atOnce(
      mergedBlocks(
        { blocks: one.blocks, byteLength: lengths[0]! },
        { blocks: other.blocks, byteLength: lengths[1]! },
      ),
    ),
  ].map(({ start, end, status }) => `${start}-${end}${status}`);

describe('the maps of two rescues', () => {
  it('make one: read is what either has read, the rest is what the first says', () => {
    const one = map('0 1024 +', '1024 1024 -', '2048 2048 *');
    const other = map('0 512 -', '512 1024 +', '1536 1536 /', '3072 1024 +');
    assert.deepEqual(merged(one, other), ['0-1536+', '1536-2048-', '2048-3072*', '3072-4096+']);
  });

  it('count as never tried where they do not reach to', () => {
    assert.deepEqual(merged(map('1024 512 -'), map('2048 512 +')), [
      '0-1024?',
      '1024-1536-',
      '1536-2048?',
      '2048-2560+',
      '2560-4096?',
    ]);
  });

  it('have read nothing beyond the end of their image', () => {
    assert.deepEqual(merged(map('0 4096 +'), map('0 4096 -'), [1000, 4096]), ['0-1000+', '1000-4096?']);
    assert.deepEqual(merged(map('0 4096 -'), map('0 4096 +'), [4096, 1000]), ['0-1000+', '1000-4096-']);
  });

  it('may end at the largest position there is', () => {
    const endless = map('0 4096 +', `4096 ${2n ** 63n - 1n - 4096n} ?`);
    const { blocks } = endless;
    const whole = atOnce(mergedBlocks({ blocks, byteLength: 4096 }, { blocks, byteLength: 4096 }));
    assert.equal(whole.exactEnd, blocks.exactEnd);
    assert.equal(whole.length, 2);
  });

  it('give runs that join without gaps', () => {
    const one = { blocks: map('100 50 +').blocks, byteLength: 200 };
    const other = { blocks: map('0 120 -').blocks, byteLength: 90 };
    let at = 0;
    for (const { start, end } of pairedBlocks(one, other)) {
      assert.equal(start, at);
      at = end;
    }
    assert.equal(at, 200);
  });
});
