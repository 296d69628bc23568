import assert from 'node:assert/strict';
import { parseRange, rangeText } from '../../../../media/editor/findRange';

describe('sector editor: the range of a search', () => {
  const bytes = 1000 * 512 + 100;
  const read = (input: string, cursor = 0) => {
    const found = parseRange(input, bytes, cursor);
    return 'within' in found ? found.within && [found.within.start, found.within.end] : found.message;
  };

  it('is two places, both of them in it, one place, or everywhere', () => {
    assert.equal(read(' '), null);
    assert.deepEqual(read('Sectors 2..3'), [1024, 2048]);
    assert.deepEqual(read('2 to end'), [1024, bytes]);
    assert.deepEqual(read('0x10–0x11'), [8192, 9216]);
    assert.deepEqual(read('byte 0x10..byte 0x1f'), [16, 32]);
    assert.deepEqual(read('byte 0x10..1'), [16, 1024]);
    assert.deepEqual(read('start..+2', 5 * 512 + 3), [0, 8 * 512]);
    assert.deepEqual(read('7'), [3584, 4096]);
    assert.deepEqual(read('byte 7'), [7, 8]);
  });

  it('counts in the sectors that are shown', () => {
    assert.deepEqual(parseRange('Sectors 2..3', bytes, 0, 4096), { within: { start: 8192, end: 16_384 } });
    assert.equal(rangeText({ start: 8192, end: 16_384 }, 4096), 'Sectors 2..3');
    assert.equal(rangeText({ start: 1040, end: 1560 }, 520), 'Sector 2');
    assert.equal(rangeText({ start: 1024, end: 2048 }, 4096), 'byte 0x400..byte 0x7ff');
  });

  it('is refused with what is wrong with it', () => {
    assert.match(String(read('3..2')), /ends before it begins/);
    assert.match(String(read('1..2..3')), /Type a range/);
    assert.match(String(read('marker 1..2')), /Type a range/);
    assert.match(String(read('1..5000')), /last sector is 1000/);
    assert.match(String(read('x..2')), /not a sector/);
  });

  it('is written as it is read', () => {
    for (const span of [
      { start: 1024, end: 4096 },
      { start: 512, end: 1024 },
      { start: 5, end: 700 },
    ]) {
      assert.deepEqual(read(rangeText(span)), [span.start, span.end]);
    }
    assert.equal(rangeText({ start: 1024, end: 4096 }), 'Sectors 2..7');
    assert.equal(rangeText({ start: 512, end: 1024 }), 'Sector 1');
  });
});
