import assert from 'node:assert/strict';
import { describeAll, describeMatch } from '../../../../media/editor/findWords';

describe('sector editor: what a search says', () => {
  const none = { sectorCount: 0, runs: [] };

  it('is where the match is, or how many there are', () => {
    const match = { byteOffset: 3 * 512 + 1, byteCount: 2, wrapped: true };
    assert.equal(describeMatch({ match, notSearched: none }), 'Sector 3 (wrapped)');
    const one = { byteOffset: 0, byteCount: 1 };
    assert.equal(describeAll({ matches: [one], isComplete: true, notSearched: none }), '1 match');
    const more = { matches: [one, one], isComplete: false, notSearched: none };
    assert.equal(describeAll(more), 'the first 2 matches; there are more');
    assert.equal(describeAll({ matches: [], isComplete: true, notSearched: none }), 'Not found');
  });

  it('is said in the sectors that are shown', () => {
    const match = { byteOffset: 3 * 4096 + 1, byteCount: 2, wrapped: false };
    assert.equal(describeMatch({ match, notSearched: none }, 4096), 'Sector 3 (of 4,096 bytes)');
    const two = { sectorCount: 2, runs: [[7, 2]] as [number, number][] };
    assert.equal(
      describeMatch({ match: null, notSearched: two }, 4096),
      'Not found · 2 sectors of 512 bytes could not be read and were not searched: in 0–1 (of 4,096 bytes)',
    );
  });

  it('names the sectors that could not be searched', () => {
    const some = {
      sectorCount: 3,
      runs: [
        [7, 1],
        [10, 2],
      ] as [number, number][],
    };
    assert.equal(
      describeMatch({ match: null, notSearched: some }),
      'Not found · 3 sectors could not be read and were not searched: 7, 10–11',
    );
    const many = { sectorCount: 100, runs: [[7, 1]] as [number, number][] };
    assert.match(describeAll({ matches: [], isComplete: true, notSearched: many }), /: 7 and others$/);
    const one = { sectorCount: 1, runs: [[7, 1]] as [number, number][] };
    assert.match(
      describeMatch({ match: null, notSearched: one }),
      /1 sector could not be read and was not searched: 7$/,
    );
  });
});
