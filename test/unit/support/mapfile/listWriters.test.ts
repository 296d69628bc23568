import assert from 'node:assert/strict';
import { tagOfFault } from '../../../../src/engine/block/mediumFault';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { blockListText, dustScriptText } from '../../../support/mapfile/listWriters';

describe('lists of bad sectors for tests', () => {
  it('a badblocks list names every block that holds a bad sector, once', () => {
    const set = RangeSet.from([
      [1, 1],
      [3, 2],
      [5, 1],
      [9, 4],
    ]);
    assert.equal(blockListText(set, 512), '1\n3\n4\n5\n9\n10\n11\n12\n');
    assert.equal(blockListText(set, 1024), '0\n1\n2\n4\n5\n6\n');
    assert.equal(blockListText(set, 4096), '0\n1\n');
    assert.equal(blockListText(new RangeSet(), 512), '');
  });
  it('a dm-dust script holds the commands that make the blocks bad', () => {
    const set = RangeSet.from([
      [4, 2, tagOfFault({ mode: 'dust' })],
      [9, 1, tagOfFault({ mode: 'dust', writeFailures: 7 })],
      [10, 1],
    ]);
    assert.equal(
      dustScriptText(set, 'd'),
      'dmsetup message d 0 addbadblock 4\ndmsetup message d 0 addbadblock 5\n' +
        'dmsetup message d 0 addbadblock 9 7\ndmsetup message d 0 addbadblock 10 255\n',
    );
  });
});
