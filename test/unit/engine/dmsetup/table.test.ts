import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatErrorLine,
  formatFlakeyLine,
  formatLinearLine,
  formatLoopLine,
  formatRemapTable,
  formatTableLine,
  parseRemapArguments,
  parseRemapTable,
  parseTableLine,
} from '../../../../src/engine/dmsetup/table';
import { errnoOf, openRefusal, validatePair } from '../../../../src/engine/dmsetup/tableErrors';
import { RemapError } from '../../../../src/engine/errors';
import { fuzzRuns } from '../../../support/fuzzRuns';
import { refusal } from '../../../support/remap/remapErrors';

const TABLE = { sectorCount: 204_800, mainPath: '/dev/mapper/flakey_persist', sparePath: '/dev/loop20' };
const word = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.string({ minLength: 1, unit: fc.constantFrom('\\', '0', '4', '1', '3', '7', ' ', '\n', 'x') }),
);
const sectors = fc.nat({ max: Number.MAX_SAFE_INTEGER });

describe('table line', () => {
  it('prints the paths, and in v4.0.3 the target twice', () => {
    assert.equal(formatRemapTable(TABLE), '0 204800 dm-remap-v4 /dev/mapper/flakey_persist /dev/loop20');
    assert.equal(
      formatRemapTable(TABLE, 'v4.0.3'),
      '0 204800 dm-remap-v4 dm-remap-v4 /dev/mapper/flakey_persist /dev/loop20',
    );
  });

  it('reads both forms', () => {
    assert.deepEqual(parseRemapTable(`${formatRemapTable(TABLE)}\n`), TABLE);
    assert.deepEqual(parseRemapTable(formatRemapTable(TABLE, 'v4.0.3')), TABLE);
  });

  it('takes a main that is called like the target for main', () => {
    assert.equal(parseRemapTable('0 8 dm-remap-v4 dm-remap-v4 spare').mainPath, 'dm-remap-v4');
  });

  it("refuses a wrong number of arguments in the kernel's words", () => {
    for (const args of [[], ['a'], ['a', 'b', 'c']]) {
      const error = refusal(() => parseRemapArguments(args));
      assert.equal(error.code, 'EINVAL');
      assert.equal(
        error.details.targetError,
        'Invalid argument count: dm-remap-v4 <main_device> <spare_device>',
      );
      assert.match(error.message, new RegExp(`\\(got ${args.length}\\)$`));
    }
  });

  it('refuses another target, another start and a line without a target', () => {
    assert.match(refusal(() => parseRemapTable('0 8 linear /dev/loop0 0')).message, /linear/);
    assert.match(refusal(() => parseRemapTable('8 8 dm-remap-v4 a b')).message, /sector 0, not 8/);
    assert.match(refusal(() => parseTableLine('0 8')).message, /target/);
    assert.match(refusal(() => parseTableLine('0 -8 linear')).message, /length/);
    assert.match(refusal(() => parseTableLine('x 8 linear')).message, /start/);
    assert.match(refusal(() => parseTableLine('0 8 linear a 0\n8 8 linear b 0')).message, /one line/);
  });

  it('prints the other layers of the stack', () => {
    assert.equal(
      formatFlakeyLine(204_800, '/dev/loop0', '0  1 1 error_reads'),
      '0 204800 flakey /dev/loop0 0 0 1 1 error_reads',
    );
    assert.equal(formatLinearLine(1001, 7, '/dev/loop0', 1001), '1001 7 linear /dev/loop0 1001');
    assert.equal(formatErrorLine(1000, 1), '1000 1 error');
    assert.equal(formatLoopLine('/dev/loop0', '/my disks/a.img'), '/dev/loop0: (/my\\040disks/a.img)');
  });

  it('refuses to print an empty word or a broken number', () => {
    assert.equal(refusal(() => formatRemapTable({ ...TABLE, sparePath: '' })).code, 'EINVAL');
    assert.equal(refusal(() => formatRemapTable({ ...TABLE, sectorCount: 1.5 })).code, 'EINVAL');
  });

  it('property: every line comes back from its text', () => {
    fc.assert(
      fc.property(sectors, sectors, word, fc.array(word), (startSector, sectorCount, target, args) => {
        const line = { startSector, sectorCount, target, args };
        assert.deepEqual(parseTableLine(formatTableLine(line)), line);
      }),
    );
  });

  it('property: every remap table comes back, in both dialects', () => {
    const dialects = fc.constantFrom('v4.0.3' as const, 'head' as const);
    fc.assert(
      fc.property(sectors, word, word, dialects, (sectorCount, mainPath, sparePath, dialect) => {
        const table = { sectorCount, mainPath, sparePath };
        assert.deepEqual(parseRemapTable(formatRemapTable(table, dialect)), table);
      }),
    );
  });

  it('property: only our errors escape, whatever the text', () => {
    const near = fc.array(fc.oneof(fc.constantFrom('0', '8', 'dm-remap-v4', '\\040', '\n'), fc.string()));
    fc.assert(
      fc.property(
        fc.oneof(
          near.map((words) => words.join(' ')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          try {
            parseRemapTable(text);
          } catch (error) {
            assert.ok(error instanceof RemapError && error.code === 'EINVAL', String(error));
          }
        },
      ),
      { numRuns: fuzzRuns(2000) },
    );
  });
});

describe('refusals of the constructor', () => {
  it("says which device can't be opened, with errno and cause", () => {
    const cause = new RemapError('ENOENT', 'no such file');
    const error = openRefusal('spare', '/x/spare.img', cause);
    assert.equal(error.code, 'ENOENT');
    assert.equal(error.cause, cause);
    assert.equal(error.details.targetError, 'Cannot open spare device');
    assert.deepEqual(error.details.kernelLines, ['Failed to open spare device /x/spare.img: -2']);
    assert.match(error.message, /\/x\/spare\.img/);
  });

  it('checks the sector size before the sizes', () => {
    const error = refusal(() =>
      validatePair({ sectorCount: 1, sectorSizeBytes: 512 }, { sectorCount: 1, sectorSizeBytes: 4096 }),
    );
    assert.equal(error.code, 'EINVAL');
    assert.equal(error.message, 'Sector size mismatch: main=512, spare=4096 bytes');
    assert.equal(error.details.targetError, 'Device compatibility validation failed');
  });

  it('uses the sector size of main for the rule', () => {
    // 2 metadata sectors + 4,096 bad + 65 map = 4,163, and a fifth.
    const main = { sectorCount: 204_800, sectorSizeBytes: 4096 };
    validatePair(main, { sectorCount: 4995, sectorSizeBytes: 4096 });
    assert.equal(
      refusal(() => validatePair(main, { sectorCount: 4994, sectorSizeBytes: 4096 })).code,
      'ENOSPC',
    );
  });

  it("knows Linux's numbers", () => {
    assert.deepEqual(
      (['EIO', 'EBUSY', 'EEXIST', 'EINVAL', 'ENOSPC', 'EROFS'] as const).map(errnoOf),
      [5, 16, 17, 22, 28, 30],
    );
  });
});
