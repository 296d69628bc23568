import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CorruptByte, FlakeyConfig } from '../../../../src/engine/block/flakeyConfig';
import { flakeyHints, formatFlakeyTable, parseFlakeyTable } from '../../../../src/engine/dmsetup/flakeyTable';
import { RemapError } from '../../../../src/engine/errors';
import { fuzzRuns } from '../../../support/fuzzRuns';

const NOTHING = {
  errorReads: false,
  errorWrites: false,
  dropWrites: false,
  randomReadCorrupt: 0,
  randomWriteCorrupt: 0,
};

describe('flakey table', function () {
  this.timeout(600_000);

  const read: readonly (readonly [text: string, config: Partial<FlakeyConfig>, printed?: string])[] = [
    ['0 1 1 error_reads', { errorReads: true }],
    ['0 1', { errorReads: true, errorWrites: true }, '0 1 2 error_reads error_writes'],
    ['0 1 0', { errorReads: true, errorWrites: true }, '0 1 2 error_reads error_writes'],
    ['  0\t1  1 \n ERROR_Writes ', { errorWrites: true }, '0 1 1 error_writes'],
    [
      '0 1 2 drop_writes error_reads',
      { dropWrites: true, errorReads: true },
      '0 1 2 error_reads drop_writes',
    ],
    [
      '0 1 5 Corrupt_Bio_Byte 32 R 1 0',
      { corruptByte: { byte: 32, direction: 'r', value: 1, flags: 0 } },
      '0 1 5 corrupt_bio_byte 32 r 1 0',
    ],
    [
      '0 1 6 corrupt_bio_byte 4294967295 w 255 4294967295 error_reads',
      { errorReads: true, corruptByte: { byte: 4294967295, direction: 'w', value: 255, flags: 4294967295 } },
      '0 1 6 error_reads corrupt_bio_byte 4294967295 w 255 4294967295',
    ],
    [
      '0 1 4 random_write_corrupt 100000000 random_read_corrupt 100000000',
      { randomReadCorrupt: 100_000_000, randomWriteCorrupt: 100_000_000 },
      '0 1 4 random_read_corrupt 100000000 random_write_corrupt 100000000',
    ],
    [
      '0 1 2 random_read_corrupt 0',
      { errorReads: true, errorWrites: true },
      '0 1 2 error_reads error_writes',
    ],
    [
      '0 1 4 drop_writes random_write_corrupt 0 error_reads',
      { dropWrites: true, errorReads: true },
      '0 1 2 error_reads drop_writes',
    ],
  ];
  for (const [text, config, printed] of read) {
    it(`reads ${JSON.stringify(text)} and prints it as the kernel does`, () => {
      const expected = { upSeconds: 0, downSeconds: 1, ...NOTHING, ...config };
      assert.deepEqual(parseFlakeyTable(text), expected);
      assert.equal(formatFlakeyTable(expected), printed ?? text);
    });
  }

  it('reads intervals of all 32 bits', () => {
    const { upSeconds, downSeconds } = parseFlakeyTable('4294967294 1 1 error_reads');
    assert.deepEqual([upSeconds, downSeconds], [4294967294, 1]);
  });

  const WITH_WRITE = 'is incompatible with random_write_corrupt or corrupt_bio_byte with the WRITE flag set';
  const refused: readonly (readonly [text: string, problem: string])[] = [
    ['', 'Invalid argument count'],
    ['5', 'Invalid argument count'],
    ['x 1', 'Invalid up interval'],
    ['-1 1', 'Invalid up interval'],
    ['4294967296 1', 'Invalid up interval'],
    ['0x1 1', 'Invalid up interval'],
    ['1 1s', 'Invalid down interval'],
    ['1 4294967296', 'Invalid down interval'],
    ['0 0', 'Total (up + down) interval is zero'],
    ['4294967295 1', 'Interval overflow'],
    ['0 1 x', 'Invalid number of feature args'],
    ['0 1 12 a b c d e f g h i j k l', 'Invalid number of feature args'],
    ['0 1 2 error_reads', 'Invalid number of feature args'],
    ['0 1 error_reads', 'Invalid number of feature args'],
    ['0 1 2 error_reads error_reads', 'Feature error_reads duplicated'],
    ['0 1 2 error_writes error_writes', 'Feature error_writes duplicated'],
    ['0 1 2 drop_writes DROP_WRITES', 'Feature drop_writes duplicated'],
    ['0 1 2 error_writes drop_writes', 'Feature drop_writes conflicts with feature error_writes'],
    ['0 1 2 drop_writes error_writes', 'Feature error_writes conflicts with feature drop_writes'],
    ['0 1 4 corrupt_bio_byte 1 r 1', 'Feature corrupt_bio_byte requires 4 parameters'],
    ['0 1 5 corrupt_bio_byte 0 r 1 0', 'Invalid corrupt bio byte'],
    ['0 1 5 corrupt_bio_byte 1 x 1 0', 'Invalid corrupt bio direction (r or w)'],
    ['0 1 5 corrupt_bio_byte 1 r 256 0', 'Invalid corrupt value to write into bio byte (0-255)'],
    ['0 1 5 corrupt_bio_byte 1 r 1 x', 'Invalid corrupt bio flags mask'],
    ['0 1 1 random_read_corrupt', 'Feature random_read_corrupt requires a parameter'],
    ['0 1 1 random_write_corrupt', 'Feature random_write_corrupt requires a parameter'],
    ['0 1 4 random_read_corrupt 0 random_read_corrupt 1', 'Feature random_read_corrupt duplicated'],
    ['0 1 4 random_write_corrupt 1 random_write_corrupt 1', 'Feature random_write_corrupt duplicated'],
    ['0 1 2 random_read_corrupt 1000000001', 'Invalid random corrupt argument'],
    ['0 1 1 wobble', 'Unrecognised flakey feature requested'],
    ['0 1 6 drop_writes corrupt_bio_byte 1 w 1 0', `drop_writes ${WITH_WRITE}`],
    ['0 1 3 drop_writes random_write_corrupt 1', `drop_writes ${WITH_WRITE}`],
    ['0 1 6 error_writes corrupt_bio_byte 1 w 1 0', `error_writes ${WITH_WRITE}`],
    ['0 1 3 random_write_corrupt 1 error_writes', `error_writes ${WITH_WRITE}`],
  ];
  for (const [text, problem] of refused) {
    it(`refuses ${JSON.stringify(text)} with the kernel's words`, () => {
      assert.throws(() => parseFlakeyTable(text), {
        code: 'EINVAL',
        message: `flakey: ${problem}`,
        details: { target: 'flakey', table: text },
      });
    });
  }

  describe('that only some kernels take', () => {
    const since = /^Kernels before 6\.5 may refuse/;
    const taken: readonly (readonly [text: string, printed: string, ...hints: RegExp[]])[] = [
      [
        '0 1 6 error_reads corrupt_bio_byte 1 r 1 0',
        '0 1 6 error_reads corrupt_bio_byte 1 r 1 0',
        since,
        /^Newer kernels than 6\.12 refuse error_reads with a corruption of reads/,
      ],
      [
        '0 1 3 random_read_corrupt 1 error_reads',
        '0 1 3 error_reads random_read_corrupt 1',
        since,
        /refuse error_reads with a corruption/,
      ],
      [
        '0 1 10 corrupt_bio_byte 1 r 1 0 corrupt_bio_byte 2 w 3 0',
        '0 1 5 corrupt_bio_byte 2 w 3 0',
        /^Newer kernels than 6\.12 refuse a second corrupt_bio_byte; in 6\.12 the last one counts/,
      ],
      [
        '0 1 1 error_writes drop_writes now',
        '0 1 1 error_writes',
        /ignores what follows the 1 announced words, "drop_writes now"/,
      ],
      ['0 1 0 drop_writes', '0 1 2 error_reads error_writes', /follows the 0 announced words/],
      ['0 1 1 error_reads', '0 1 1 error_reads', since],
      ['0 1 2 random_write_corrupt 5', '0 1 2 random_write_corrupt 5', since],
    ];
    for (const [text, printed, ...hints] of taken) {
      it(`${JSON.stringify(text)} is taken with a hint`, () => {
        assert.equal(formatFlakeyTable(parseFlakeyTable(text)), printed);
        const given = flakeyHints(text);
        assert.equal(given.length, hints.length, given.join('\n'));
        for (const [index, hint] of hints.entries()) assert.match(given[index]!, hint);
      });
    }

    it('not one that every kernel takes', () => {
      for (const text of [
        '5 2',
        '0 1 1 drop_writes',
        '0 1 5 corrupt_bio_byte 1 r 1 0',
        '0 1 1 error_writes',
      ]) {
        assert.deepEqual(flakeyHints(text), []);
      }
    });
  });

  it('comes back the same from its text, for any table', () => {
    fc.assert(
      fc.property(arbitraryConfig, (config) => {
        assert.deepEqual(parseFlakeyTable(formatFlakeyTable(config)), config);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives a table or EINVAL for any words (fuzz)', () => {
    fc.assert(
      fc.property(arbitraryWords, (text) => {
        let config: FlakeyConfig;
        try {
          config = parseFlakeyTable(text);
        } catch (error) {
          assert.ok(error instanceof RemapError && error.code === 'EINVAL', String(error));
          return;
        }
        assert.deepEqual(parseFlakeyTable(formatFlakeyTable(config)), config);
      }),
      { numRuns: fuzzRuns(3000) },
    );
  });
});

const uint = fc.nat(0xffff_ffff);

const arbitraryByte: fc.Arbitrary<CorruptByte> = fc.record(
  {
    byte: fc.integer({ min: 1, max: 0xffff_ffff }),
    direction: fc.constantFrom('r', 'w'),
    value: fc.nat(255),
    flags: uint,
  },
  { noNullPrototype: true },
);

/** Any table that the kernel would take. */
const arbitraryConfig: fc.Arbitrary<FlakeyConfig> = fc
  .record({
    intervals: fc.tuple(fc.nat(0x7fff_ffff), fc.integer({ min: 1, max: 0x7fff_ffff })),
    reads: fc.constantFrom('errors', 'corrupts', 'works'),
    writes: fc.constantFrom('errors', 'drops', 'corrupts', 'works'),
    byte: fc.option(arbitraryByte, { nil: undefined }),
    probability: fc.integer({ min: 1, max: 1_000_000_000 }),
  })
  .map(({ intervals: [upSeconds, downSeconds], reads, writes, byte, probability }) => {
    const isAllowed =
      byte && (byte.direction === 'r' ? reads !== 'errors' : writes === 'works' || writes === 'corrupts');
    const isIdle = reads === 'works' && writes === 'works' && !isAllowed;
    return {
      upSeconds,
      downSeconds,
      errorReads: reads === 'errors' || isIdle,
      errorWrites: writes === 'errors' || isIdle,
      dropWrites: writes === 'drops',
      ...(isAllowed ? { corruptByte: byte } : {}),
      randomReadCorrupt: reads === 'corrupts' ? probability : 0,
      randomWriteCorrupt: writes === 'corrupts' ? probability : 0,
    };
  });

const arbitraryWord = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('error_reads', 'error_writes', 'drop_writes', 'corrupt_bio_byte') },
  { weight: 2, arbitrary: fc.constantFrom('random_read_corrupt', 'random_write_corrupt', 'r', 'w', 'W') },
  { weight: 4, arbitrary: fc.nat(12).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('4294967295', '4294967296', '-1', '', '1e3', '١') },
  { weight: 1, arbitrary: fc.string() },
);

/** Words from the table's own vocabulary, mostly announced in the right number. */
const arbitraryWords = fc
  .tuple(arbitraryWord, fc.nat(3), fc.array(arbitraryWord, { maxLength: 12 }), fc.boolean())
  .map(([up, down, words, isCounted]) =>
    [isCounted ? '0' : up, down, ...(isCounted ? [words.length] : []), ...words].join(' '),
  );
