import assert from 'node:assert/strict';
import { formatComparison, isEqual } from '../../../src/contract/comparisonText';
import { SECTORS_IN, sectorLinks } from '../../../src/contract/reportLinks';
import type { Comparison } from '../../../src/engine';

const FOUND: Comparison = {
  firstSectorCount: 100,
  secondSectorCount: 90,
  equalSectors: 84,
  differing: [[20, 3]],
  differingSectors: 3,
  unreadable: [[7, 3]],
  unreadableSectors: 3,
  unreadableInFirst: [[7, 2]],
  unreadableInSecond: [[9, 1]],
};

describe('the text of a comparison', () => {
  it('has the places in order, each of which leads to its sector', () => {
    const text = formatComparison(FOUND, 'a', 'b');
    assert.match(
      text,
      /7-8 {2}can't be read in the first\n9 {2}can't be read in the second\n20-22 {2}differs\n$/,
    );
    assert.match(text, /^Only in one +10 sectors at the end of the first$/m);
    for (const pattern of [SECTORS_IN.scanned, SECTORS_IN.unreadableOfMain, SECTORS_IN.unreadableOfSpare]) {
      assert.deepEqual(
        sectorLinks(text, pattern).map(({ sector }) => sector),
        [7, 9, 20],
      );
    }
  });

  it('says where it lists less than was found', () => {
    assert.match(
      formatComparison({ ...FOUND, differingSectors: 4 }, 'a', 'b'),
      /only the first of them are listed/,
    );
  });

  it('calls disks equal where all sectors are known to be', () => {
    assert.equal(isEqual(FOUND), false);
    const equal = { ...FOUND, secondSectorCount: 100, differingSectors: 0, unreadableSectors: 0 };
    assert.equal(isEqual(equal), true);
    assert.equal(isEqual({ ...equal, unreadableSectors: 1 }), false);
    assert.equal(isEqual({ ...equal, secondSectorCount: 99 }), false);
  });
});
