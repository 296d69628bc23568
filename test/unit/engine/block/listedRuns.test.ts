import assert from 'node:assert/strict';
import { ListedRuns } from '../../../../src/engine/block/listedRuns';

describe('listed runs', () => {
  it('join runs that touch, and count no sector twice', () => {
    const listed = new ListedRuns();
    for (const [first, count] of [
      [1, 2],
      [3, 1],
      [3, 1],
      [2, 4],
      [9, 1],
    ] as const)
      listed.add(first, count);
    assert.deepEqual(
      [listed.runs, listed.sectorCount],
      [
        [
          [1, 5],
          [9, 1],
        ],
        6,
      ],
    );
  });

  it('count what they no longer list', () => {
    const listed = new ListedRuns();
    for (let index = 0; index < 10_005; index++) listed.add(index * 2, 1);
    listed.add(20_009, 3);
    assert.deepEqual([listed.runs.length, listed.sectorCount], [10_000, 10_008]);
    assert.deepEqual(listed.runs.at(-1), [19_998, 1]);
  });
});
