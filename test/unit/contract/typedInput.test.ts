import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatRanges,
  parseBlockSize,
  parseBytes,
  parseDeviceName,
  parseRanges,
  parseSector,
  parseSize,
  problemWith,
} from '../../../src/contract/typedInput';
import { mergeRanges, RemapError } from '../../../src/engine';

const SECTORS = 204_800;

describe('what people type', () => {
  it('names of devices, in any script', () => {
    for (const name of ['disk', 'disk-2_a+b.1', 'müll', '磁盘', 'диск', 'डिस्क', '7', 'x'.repeat(127)])
      assert.equal(parseDeviceName(` ${name} `), name);
  });

  for (const [text, says] of [
    ['', /consists of letters/],
    ['a/b', /consists of letters/],
    ['a b', /consists of letters/],
    ['a\u202eb', /consists of letters/],
    ['..', /begin with a dot/],
    ['.hidden', /begin with a dot/],
    ['x'.repeat(128), /at most 127 bytes/],
    ['磁'.repeat(43), /at most 127 bytes/],
  ] as const) {
    it(`no name: ${JSON.stringify(text.slice(0, 20))}, ${text.length} characters`, () => {
      assert.match(problemWith(() => parseDeviceName(text)) ?? 'accepted', says);
    });
  }

  it('sectors and ranges', () => {
    assert.deepEqual(parseRanges('1000, 2000-2010, 5000+8', SECTORS), [
      [1000, 1],
      [2000, 11],
      [5000, 8],
    ]);
    assert.deepEqual(parseRanges('5 3 4', SECTORS), [[3, 3]]);
    assert.deepEqual(parseRanges('0x10-0x1f;7', SECTORS), [
      [7, 1],
      [16, 16],
    ]);
    assert.deepEqual(parseRanges('10 - 12', SECTORS), [[10, 3]]);
    assert.deepEqual(parseRanges('204799,', SECTORS), [[204_799, 1]]);
  });

  for (const [text, says] of [
    ['', /type sectors/],
    ['  ', /type sectors/],
    ['x', /whole number/],
    ['5-', /neither a sector nor a range/],
    ['10-5', /holds no sector/],
    ['10+0', /holds no sector/],
    ['204800', /outside: the last one is 204799/],
    ['204799+2', /sector 204800 is outside/],
    ['1.5', /neither|whole number/],
    ['-5', /neither/],
    ['1--5', /neither/],
  ] as const) {
    it(`no sectors: ${JSON.stringify(text)}`, () => {
      const problem = problemWith(() => parseRanges(text, SECTORS));
      assert.match(problem ?? 'accepted', says);
    });
  }

  it('ranges read back as they are written', () => {
    const range = fc.tuple(fc.nat({ max: SECTORS - 100 }), fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), (ranges) => {
        const merged = mergeRanges(ranges);
        assert.deepEqual(parseRanges(formatRanges(merged), SECTORS), merged);
      }),
    );
  });

  it('any text gives ranges inside the device or a sentence', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          for (const [first, count] of parseRanges(text, SECTORS))
            assert.ok(first + count <= SECTORS && count > 0);
        } catch (error) {
          assert.ok(error instanceof RemapError, String(error));
        }
      }),
    );
  });

  it('a sector', () => {
    assert.equal(parseSector(' 1000 ', SECTORS), 1000);
    assert.equal(parseSector('0x3E8', SECTORS), 1000);
    for (const text of ['', '-1', '1e3', '204800', '99999999999999999999']) {
      assert.throws(() => parseSector(text, SECTORS), RemapError);
    }
  });

  it('a size', () => {
    const sizes = {
      '204800': 204_800,
      '204800 sectors': 204_800,
      '100 MiB': 204_800,
      '100m': 204_800,
      '1.5G': 3_145_728,
    };
    for (const [text, sectors] of Object.entries(sizes)) assert.equal(parseSize(text), sectors);
    assert.equal(parseSize('2 TiB'), 4_294_967_296);
    for (const text of ['', '0', '-1', '1.5', '100 X', '0.0001k', '1..2']) {
      assert.throws(() => parseSize(text), RemapError, text);
    }
  });

  it('sizes of blocks', () => {
    assert.equal(parseBlockSize(' 4096 '), 4096);
    assert.equal(parseBlockSize('0x400'), 1024);
    assert.throws(() => parseBlockSize('700'), /multiple of 512 bytes, and 700 is none/);
    for (const text of ['', '0', '4k', '-512', '512.5'])
      assert.throws(() => parseBlockSize(text), RemapError);
  });

  it('bytes', () => {
    assert.deepEqual([...parseBytes('ab', 512)], [0x61, 0x62]);
    assert.deepEqual([...parseBytes('0x00 ff', 512)], [0, 255]);
    assert.throws(() => parseBytes('0x0', 512), /two digits/);
    assert.throws(() => parseBytes('x'.repeat(513), 512), /513 bytes/);
  });

  it('only our own errors are problems of the input', () => {
    assert.equal(
      problemWith(() => 1),
      undefined,
    );
    assert.throws(() =>
      problemWith(() => {
        throw new TypeError('a bug');
      }),
    );
  });
});
