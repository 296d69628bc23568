import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ERROR_TAG } from '../../../../src/engine/block/mediumFault';
import { parseMdadmList } from '../../../../src/engine/mapfile/mdadmList';
import { arbitraryBadSectors } from '../../../support/mapfile/arbitraries';
import { mdadmText } from '../../../support/mapfile/listWriters';

const list = (text: string) => [
  ...parseMdadmList(Buffer.from(text), { path: 'a.txt', sectorCount: 100, tag: ERROR_TAG }),
];
const refused = (text: string, line: number, message: RegExp) =>
  assert.throws(() => list(text), { code: 'EINVAL', details: { path: 'a.txt', line }, message });

describe('list of mdadm', () => {
  it('has sectors and counts', () => {
    assert.deepEqual(list('Bad-blocks on /dev/sda1:\n      10 for 8 sectors\n      30 for 1 sectors\n'), [
      [10, 8],
      [30, 1],
    ]);
    assert.deepEqual(list('  30 for 0 sectors\n'), []);
  });

  it('may be empty', () => {
    assert.deepEqual(list('Bad-blocks list is empty in /dev/sda1\n'), []);
    assert.deepEqual(list('No bad-blocks list configured on /dev/sda1\n'), []);
  });

  it('is refused with the line that does not belong to one disk', () => {
    refused('Bad-blocks on /dev/a:\n 1 for 1 sectors\nBad-blocks on /dev/b:\n', 3, /a second disk/);
    refused('1 for 1 sectors\n1 2\n', 2, /'1 2' is not a line of mdadm/);
    refused('99 for 2 sectors\n', 1, /sector 100 is outside the device, which has 100 sectors/);
  });

  it('gives the bad sectors from which it was written', () => {
    fc.assert(
      fc.property(arbitraryBadSectors(96), (set) => assert.deepEqual(list(mdadmText(set)), [...set])),
    );
  });
});
