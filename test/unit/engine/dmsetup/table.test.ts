import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatErrorLine,
  formatFlakeyLine,
  formatLinearLine,
  formatRemapTable,
} from '../../../../src/engine/dmsetup/table';
import { splitLine, unescapeWord } from '../../../../src/engine/dmsetup/tableWords';
import { refusal } from '../../../support/remap/remapErrors';

const TABLE = { sectorCount: 204_800, mainPath: '/dev/mapper/flakey_persist', sparePath: '/dev/loop20' };
const word = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.string({ minLength: 1, unit: fc.constantFrom('\\', '0', '4', '1', '3', '7', ' ', '\n', 'x') }),
);
const sectors = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const words = (line: string) => splitLine(line, 'a table line').map(unescapeWord);

describe('table line', () => {
  it('prints the paths, and in v4.0.3 the target twice', () => {
    assert.equal(formatRemapTable(TABLE), '0 204800 dm-remap-v4 /dev/mapper/flakey_persist /dev/loop20');
    assert.equal(
      formatRemapTable(TABLE, 'v4.0.3'),
      '0 204800 dm-remap-v4 dm-remap-v4 /dev/mapper/flakey_persist /dev/loop20',
    );
  });

  it('prints the other layers of the stack', () => {
    assert.equal(
      formatFlakeyLine(204_800, '/dev/loop0', '0  1 1 error_reads'),
      '0 204800 flakey /dev/loop0 0 0 1 1 error_reads',
    );
    assert.equal(formatLinearLine(1001, 7, '/dev/loop0', 1001), '1001 7 linear /dev/loop0 1001');
    assert.equal(formatErrorLine(1000, 1), '1000 1 error');
  });

  it('refuses to print an empty word or a broken number', () => {
    assert.equal(refusal(() => formatRemapTable({ ...TABLE, sparePath: '' })).code, 'EINVAL');
    assert.equal(refusal(() => formatRemapTable({ ...TABLE, sectorCount: 1.5 })).code, 'EINVAL');
    assert.equal(refusal(() => formatErrorLine(-1, 1)).code, 'EINVAL');
  });

  it('refuses a flakey layer that is described in several lines', () => {
    assert.match(refusal(() => formatFlakeyLine(8, '/dev/loop0', '0 1 1\n0 1 1')).message, /one line/);
  });

  it('property: every path comes back from the line, with any characters', () => {
    fc.assert(
      fc.property(sectors, word, word, (sectorCount, mainPath, sparePath) => {
        const expected = ['0', String(sectorCount), 'dm-remap-v4', mainPath, sparePath];
        assert.deepEqual(words(formatRemapTable({ sectorCount, mainPath, sparePath })), expected);
      }),
    );
  });
});
