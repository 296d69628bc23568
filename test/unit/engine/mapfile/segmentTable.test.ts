import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ERROR_TAG } from '../../../../src/engine/block/mediumFault';
import { parseSegmentTable } from '../../../../src/engine/mapfile/segmentTable';
import { arbitraryBadSectors } from '../../../support/mapfile/arbitraries';
import { tableText } from '../../../support/mapfile/listWriters';

const table = (text: string) => {
  const options = { path: 'a.table', sectorCount: 100, tag: ERROR_TAG };
  const { badSectors, flakey } = parseSegmentTable(Buffer.from(text), options);
  return { bad: [...badSectors], flakey };
};
const refused = (text: string, line: number, message: RegExp) =>
  assert.throws(() => table(text), { code: 'EINVAL', details: { path: 'a.table', line }, message });

describe('table of dmsetup', () => {
  it('has its error segments for bad sectors', () => {
    const text = '# of disk\n0 10 linear /dev/loop0 0\n10\t2 error\n\n12 88 linear 7:0 12\n';
    assert.deepEqual(table(text), { bad: [[10, 2]], flakey: undefined });
  });

  it('gives the flakey layer', () => {
    assert.deepEqual(table('0 100 flakey 252:0 0 0 1 1 error_reads\n'), {
      bad: [],
      flakey: '0 1 1 error_reads',
    });
    refused('\n0 100 flakey 252:0 0 0 0\n', 2, /Total \(up \+ down\) interval is zero/);
    refused('0 100 flakey 252:0 0 1 1 1 wobble\n', 1, /Unrecognised flakey feature/);
  });

  it('has nothing bad in a dust segment', () => {
    assert.deepEqual(table('0 100 dust 7:0 0 4096\n'), { bad: [], flakey: undefined });
  });

  it('may have a whole stack, each line with the name of its device', () => {
    const text = `disk: 0 100 dm-remap-v4 252:1 7:1
disk-flakey: 0 100 flakey 252:0 0 5 2
disk-main-medium: 0 40 linear 7:0 0
disk-main-medium: 40 1 error
disk-main-medium: 41 59 linear 7:0 41\n`;
    assert.deepEqual(table(text), { bad: [[40, 1]], flakey: '5 2 2 error_reads error_writes' });
  });

  it('is refused where it holds the faults of two devices, for which is main can not be told', () => {
    refused('a: 0 5 error\nb: 0 5 error\n', 2, /a second device with error segments/);
    refused('a: 0 5 flakey 7:0 0 1 1\nb: 0 5 flakey 7:0 0 1 1\n', 2, /a second device with flakey segments/);
  });

  it('is refused with the line for what it does not understand', () => {
    refused('0 100 crypt aes - 0 7:0 0\n', 1, /a crypt segment is not understood/);
    refused('0 100 zero\n', 1, /a zero segment/);
    refused('0 5 error\nfoo\n', 2, /'foo' is not a line of a device-mapper table/);
    refused('0 5 error\n6 5 error\n', 2, /begins at sector 6, not at 5/);
    refused('5 5 error\n', 1, /begins at sector 5, not at 0/);
    refused('0 0 error\n', 1, /no sectors/);
    refused('0 100 linear 7:0 0\n100 1 error\n', 2, /sectors up to 100 fail, but the device has 100/);
    refused('0 5 error\n5 95 flakey 7:0 5 1 1\n', 2, /over a part of a device/);
    refused('0 95 flakey 7:0 5 1 1\n95 5 error\n', 2, /over a part of a device/);
  });

  it('gives the bad sectors from which it was written', () => {
    fc.assert(
      fc.property(arbitraryBadSectors(96), (set) => {
        assert.deepEqual(table(tableText(set, 100)).bad, [...set]);
      }),
    );
  });
});
