import assert from 'node:assert/strict';
import {
  describeNotRescued,
  describeStatusOf,
  type NotRescuedStatus,
  statusOfTag,
  tagOfStatus,
} from '../../../../src/engine/block/notRescued';

describe('status of a sector that was not rescued', () => {
  it('is a tag, higher where less is known', () => {
    const statuses: NotRescuedStatus[] = ['/', '*', '?'];
    assert.deepEqual(statuses.map(tagOfStatus), [0, 1, 2]);
    assert.deepEqual(statuses.map(tagOfStatus).map(statusOfTag), statuses);
  });

  it('is told in words, with the sectors of each', () => {
    assert.equal(describeStatusOf('*'), 'not trimmed');
    const run = (first: number, sectorCount: number, status: NotRescuedStatus) => ({
      first,
      sectorCount,
      tag: tagOfStatus(status),
    });
    assert.equal(
      describeNotRescued([run(5, 1, '/'), run(6, 2, '?'), run(9, 4, '?')]),
      'sectors 6 to 7, 9 to 12 were not rescued: never tried; sector 5 was not rescued: not scraped',
    );
  });
});
