import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatStatus, parseStatus, type StatusLine } from '../../../../src/engine/dmsetup/status';
import { RemapError } from '../../../../src/engine/errors';
import { NO_FIXTURES, statusFixtures } from '../../../support/dmsetup/statusFixtures';
import { fuzzRuns } from '../../../support/fuzzRuns';

const U64_MAX = 2n ** 64n - 1n;
const REPORT_LINE =
  '0 204800 dm-remap-v4 v4.0-phase1.4 /dev/mapper/flakey_persist /dev/loop20 304 5 0 0 0 309 266727 863 ' +
  '17731601731 512 4294864896 309 309 0 0 0 309 0 0 0 100 0 0 operational real';

const u64 = fc.bigInt(0n, U64_MAX).map((value) => (value <= 2n ** 53n - 1n ? Number(value) : value));
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const word = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.string({ minLength: 1, unit: fc.constantFrom('\\', '0', '4', '1', '3', '7', ' ', '\n', 'x') }),
);

const anyStatus: fc.Arbitrary<StatusLine> = fc.record(
  {
    startSector: u64,
    sectorCount: u64,
    target: word,
    version: word,
    mainPath: word,
    sparePath: word,
    readCount: u64,
    writeCount: u64,
    remappedReadCount: u64,
    errorCount: u64,
    activeMappings: u32,
    ioOperations: u64,
    totalIoTimeNs: u64,
    averageLatencyNs: u64,
    peakBytesPerSecond: u64,
    sectorSizeBytes: u32,
    spareSectors: u64,
    totalIos: u64,
    normalIos: u64,
    remappedIos: u64,
    remappedSectors: u64,
    cacheHits: u64,
    cacheMisses: u64,
    fastPathHits: u64,
    slowPathHits: u64,
    healthScanCount: u64,
    healthScore: u32,
    hotspotCount: u32,
    cacheHitRatePercent: u32,
    operationalState: word,
    deviceMode: word,
  },
  { noNullPrototype: true },
);

function hasCode(code: string, message: RegExp) {
  return (error: unknown) =>
    error instanceof RemapError && error.code === code && message.test(error.message);
}

describe('status line', () => {
  const fixtures = statusFixtures();
  if (fixtures.length === 0) it.skip(`fixtures round-trip (${NO_FIXTURES})`);
  for (const fixture of fixtures) {
    it(`${fixture.name} parses and formats back to the same text`, () => {
      const parsed = parseStatus(fixture.text);
      assert.equal(`${formatStatus(parsed.status, parsed.dialect)}\n`, fixture.text);
      assert.deepEqual(parsed.warnings, []);
    });
  }

  it('gives every field its place', () => {
    const words = REPORT_LINE.split(' ').map((text, index) =>
      /^\d+$/.test(text) ? String(index + 1) : text,
    );
    const { status } = parseStatus(words.join(' '));
    assert.deepEqual(Object.values(status), [
      1,
      2,
      'dm-remap-v4',
      'v4.0-phase1.4',
      '/dev/mapper/flakey_persist',
      '/dev/loop20',
      ...Array.from({ length: 23 }, (_, index) => index + 7),
      'operational',
      'real',
    ]);
    assert.equal(status.writeCount, 8);
    assert.equal(status.ioOperations, 12);
    assert.equal(status.spareSectors, 17);
    assert.equal(status.remappedSectors, 21);
    assert.equal(status.hotspotCount, 28);
  });

  it('reads the wrapped field 17 of v4.0.3 as the sectors of the spare', () => {
    const { status, dialect } = parseStatus(REPORT_LINE);
    assert.equal(dialect, 'v4.0.3');
    assert.equal(status.spareSectors, 102_400);
  });

  it('formats field 17 in both dialects', () => {
    const { status } = parseStatus(REPORT_LINE);
    assert.equal(formatStatus(status, 'v4.0.3').split(' ')[16], '4294864896');
    assert.equal(formatStatus(status, 'head').split(' ')[16], '102400');
  });

  it('reads field 17 of the newest code as it is', () => {
    const { status, dialect } = parseStatus(REPORT_LINE.replace('4294864896', '102400'));
    assert.equal(dialect, 'head');
    assert.equal(status.spareSectors, 102_400);
  });

  it('takes the dialect from the caller where the line leaves it open', () => {
    const line = REPORT_LINE.replace('4294864896', '1000');
    assert.equal(parseStatus(line, 'v4.0.3').status.spareSectors, 205_800);
    assert.equal(parseStatus(line, 'head').status.spareSectors, 1000);
    assert.equal(parseStatus(REPORT_LINE, 'head').status.spareSectors, 4_294_864_896);
  });

  it('does not read a spare of less than nothing', () => {
    for (const [main, printed] of [
      ['1000', '4294966296'],
      ['1000', '2147483648'],
    ]) {
      const line = REPORT_LINE.replace(' 204800 ', ` ${main} `).replace('4294864896', printed!);
      for (const dialect of [undefined, 'v4.0.3' as const]) {
        const parsed = parseStatus(line, dialect);
        assert.deepEqual([parsed.dialect, parsed.status.spareSectors], ['head', Number(printed)]);
      }
    }
  });

  it('keeps underflowed counters exact (B12, B13)', () => {
    const line = REPORT_LINE.replace(' 100 0 0 op', ' 4294967291 0 0 op').replace(
      '17731601731',
      `${U64_MAX}`,
    );
    const { status, dialect } = parseStatus(line);
    assert.equal(status.healthScore, 4_294_967_291);
    assert.equal(status.peakBytesPerSecond, U64_MAX);
    assert.equal(formatStatus(status, dialect), line);
  });

  it('refuses a short line with the count of its fields', () => {
    assert.throws(
      () => parseStatus('0 204800 dm-remap-v4'),
      hasCode('EINVAL', /^Expected 31 fields, got 3$/),
    );
    assert.throws(() => parseStatus('\n'), hasCode('EINVAL', /^Expected 31 fields, got 0$/));
    assert.throws(() => parseStatus('Error: No device'), hasCode('EINVAL', /got 3$/));
  });

  it('names extra fields and reads the rest', () => {
    const { status, warnings } = parseStatus(`${REPORT_LINE} more words\n`);
    assert.equal(status.deviceMode, 'real');
    assert.deepEqual(warnings, ['extra field 32: more', 'extra field 33: words']);
  });

  it('names at most ten extra fields', () => {
    const { warnings } = parseStatus(`${REPORT_LINE}${' x'.repeat(25)}`);
    assert.equal(warnings.length, 11);
    assert.equal(warnings.at(-1), '15 more extra fields');
  });

  it('refuses a field that is no unsigned number, by its place', () => {
    for (const bad of ['x', '-1', '1.5', '0x10', `${U64_MAX + 1n}`]) {
      assert.throws(
        () => parseStatus(REPORT_LINE.replace(' 304 ', ` ${bad} `)),
        hasCode('EINVAL', /^field 7 \(readCount\)/),
      );
    }
    assert.throws(
      () => parseStatus(REPORT_LINE.replace(' 512 ', ' 4294967296 ')),
      hasCode('EINVAL', /^field 16 \(sectorSizeBytes\)/),
    );
  });

  it('keeps a path with blanks in one word', () => {
    const { status } = parseStatus(REPORT_LINE);
    const text = formatStatus({ ...status, mainPath: '/my disks/main\t1.img' }, 'head');
    assert.equal(text.split(' ').length, 31);
    assert.match(text, / \/my\\040disks\/main\\0111\.img /);
    assert.equal(parseStatus(text).status.mainPath, '/my disks/main\t1.img');
  });

  it('leaves names that libdm has mangled as they are', () => {
    const line = REPORT_LINE.replace('flakey_persist', 'a\\x20b');
    const { status, dialect } = parseStatus(line);
    assert.equal(status.mainPath, '/dev/mapper/a\\x20b');
    assert.equal(formatStatus(status, dialect), line);
  });

  it('refuses to format what would not parse', () => {
    const { status } = parseStatus(REPORT_LINE);
    assert.throws(() => formatStatus({ ...status, mainPath: '' }, 'head'), hasCode('EINVAL', /field 5/));
    assert.throws(() => formatStatus({ ...status, readCount: 1.5 }, 'head'), hasCode('EINVAL', /field 7/));
    assert.throws(() => formatStatus({ ...status, readCount: -1 }, 'head'), hasCode('EINVAL', /field 7/));
    assert.throws(
      () => formatStatus({ ...status, healthScore: 2 ** 32 }, 'head'),
      hasCode('EINVAL', /field 27/),
    );
    assert.throws(
      () => formatStatus({ ...status, totalIos: U64_MAX + 1n }, 'head'),
      hasCode('EINVAL', /field 18/),
    );
  });

  it('property: every status of the newest dialect comes back from its line', () => {
    fc.assert(
      fc.property(anyStatus, (status) => {
        assert.deepEqual(parseStatus(formatStatus(status, 'head'), 'head').status, status);
      }),
    );
  });

  it('property: a spare below 2^31 sectors comes back from the v4.0.3 dialect', () => {
    const size = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(anyStatus, size, size, (base, sectorCount, spareSectors) => {
        const status = { ...base, sectorCount, spareSectors };
        const text = formatStatus(status, 'v4.0.3');
        assert.deepEqual(parseStatus(text, 'v4.0.3').status, status);
        if (spareSectors < sectorCount) assert.deepEqual(parseStatus(text).status, status);
      }),
    );
  });

  it('property: a line formats back to itself in the dialect found in it', () => {
    fc.assert(
      fc.property(
        anyStatus,
        fc.constantFrom('v4.0.3' as const, 'head' as const, undefined),
        (status, dialect) => {
          const text = formatStatus(status, dialect ?? 'head');
          const parsed = parseStatus(text, dialect);
          assert.equal(formatStatus(parsed.status, parsed.dialect), text);
        },
      ),
    );
  });

  it('property: any text gives a result or one of our errors', () => {
    const mutated = fc
      .tuple(fc.array(fc.tuple(fc.nat(30), fc.string()), { maxLength: 4 }), fc.string())
      .map(([changes, tail]) => {
        const words = REPORT_LINE.split(' ');
        for (const [index, text] of changes) words[index] = text;
        return words.join(' ') + tail;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string(), fc.string({ unit: 'binary' })), (text) => {
        try {
          parseStatus(text);
        } catch (error) {
          assert.ok(error instanceof RemapError && error.code === 'EINVAL', String(error));
        }
      }),
      { numRuns: fuzzRuns(2000) },
    );
  });

  it('refuses several lines, and one beyond any length', () => {
    assert.throws(() => parseStatus(`${REPORT_LINE}\n${REPORT_LINE}`), hasCode('EINVAL', /one line/));
    assert.throws(() => parseStatus('0 '.repeat(40_000)), hasCode('EINVAL', /at most 65536 characters/));
  });
});
