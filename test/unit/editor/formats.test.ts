import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseHex } from '../../../media/editor/findPattern';
import { formatBytes } from '../../../src/editor/copyFormats';
import { MapFlags } from '../../../src/editor/mapFlags';
import { OriginRuns } from '../../../src/editor/originRuns';
import { copyOrigin } from '../../../src/editor/spareVerdicts';

describe('sector editor: copy', () => {
  it('gives hex that can be pasted again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        assert.deepEqual(parseHex(formatBytes(bytes, 'hex')), bytes);
        assert.deepEqual(new Uint8Array(Buffer.from(formatBytes(bytes, 'base64'), 'base64')), bytes);
      }),
    );
  });

  it('gives text and C', () => {
    const bytes = Buffer.from('test_data_1000');
    assert.equal(formatBytes(bytes, 'text'), 'test_data_1000');
    assert.equal(
      formatBytes(bytes.subarray(0, 2), 'c'),
      'const unsigned char bytes[2] = {\n  0x74, 0x65,\n};\n',
    );
  });
});

describe('sector editor: map of a source', () => {
  it('marks the stretch that each sector lies in, and no other', () => {
    const sizes = fc.record({
      buckets: fc.integer({ min: 1, max: 50 }),
      sectors: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(
        sizes,
        fc.nat(299),
        fc.integer({ min: 1, max: 40 }),
        ({ buckets, sectors }, first, count) => {
          fc.pre(buckets <= sectors && first < sectors);
          const map = new MapFlags(buckets, sectors);
          map.add(first, count, 2);
          const expected = new Set<number>();
          for (let sector = first; sector < Math.min(first + count, sectors); sector++) {
            expected.add(Math.floor((sector / sectors) * buckets));
          }
          for (const [bucket, flags] of map.flags.entries())
            assert.equal(flags, expected.has(bucket) ? 2 : 0);
        },
      ),
    );
  });
});

describe('sector editor: origins', () => {
  it('join where one continues the other', () => {
    const runs = new OriginRuns();
    runs.add(0, 2, { kind: 'main', sector: 0 });
    runs.add(2, 1, { kind: 'main', sector: 2 });
    runs.add(3, 1, { kind: 'spare', sector: 1300, view: 'spare' });
    runs.add(4, 1, { kind: 'spare', sector: 1301, view: 'spare' });
    runs.add(5, 1, { kind: 'spare', sector: 1302, view: 'spare1' });
    runs.add(6, 1, { kind: 'spare', sector: 1400, view: 'spare1' });
    runs.add(8, 1, { kind: 'bad' });
    runs.add(9, 1, { kind: 'bad' });
    assert.deepEqual(
      runs.list.map(({ first, count }) => [first, count]),
      [
        [0, 3],
        [3, 2],
        [5, 1],
        [6, 1],
        [8, 2],
      ],
    );
  });

  it('say the verdict on a metadata copy', () => {
    const verdicts = {
      copies: [
        { index: 0, valid: true, sequence: 6 },
        { index: 1, valid: false, reason: 'CRC 0x1 instead of 0x2', sequence: null },
      ],
      winner: 0,
    };
    const verdictOf = (copy: number, known: typeof verdicts | null = verdicts) => {
      const origin = copyOrigin(copy, known);
      return origin.kind === 'metadata' ? [origin.valid, origin.verdict] : [];
    };
    assert.deepEqual(verdictOf(0), [true, 'valid (CRC matches), sequence 6, in use']);
    assert.deepEqual(verdictOf(1), [false, 'not valid: CRC 0x1 instead of 0x2']);
    assert.deepEqual(verdictOf(0, null), [null, '']);
  });
});
