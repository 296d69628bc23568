import assert from 'node:assert/strict';
import {
  bucketText,
  bucketWords,
  MapKnowledge,
  marksOf,
  totalOf,
  worstMarkOf,
  worstOf,
} from '../../../../media/editor/mapModel';

const PART = { firstSector: 1000, sectorCount: 400, bucketCount: 4 };
const COUNTED = [
  { kind: 'remapped', counts: Float64Array.of(0, 2, 0, 1) },
  { kind: 'bad', counts: Float64Array.of(3, 1, 0, 0) },
  { kind: 'notRescued', counts: Float64Array.of(7, 0, 0, 0) },
] as const;

describe('sector editor: map', () => {
  it('joins neighbouring buckets into marks', () => {
    const marks = marksOf({ part: PART, layers: COUNTED });
    assert.deepEqual(
      marks.map(({ mark, first, count }) => [mark.kind, first, count]),
      [
        ['remapped', 1, 1],
        ['remapped', 3, 1],
        ['notRescued', 0, 1],
        ['bad', 0, 2],
      ],
    );
  });

  it('says of a bucket what matters most, and all that is in it with counts', () => {
    const map = { part: PART, layers: COUNTED };
    assert.deepEqual(
      [0, 1, 2, 3].map((bucket) => worstOf(map, bucket)),
      ['bad', 'bad', null, 'remapped'],
    );
    assert.equal(bucketWords(map, 0), '3 bad, 7 not rescued');
    assert.equal(bucketText(map, 1), 'Sectors 1,100 – 1,199: 1 bad, 2 remapped');
    assert.equal(bucketText(map, 2), 'Sectors 1,200 – 1,299');
    const single = { part: { ...PART, sectorCount: 4 }, layers: [] };
    assert.equal(bucketText(single, 2), 'Sector 1,002');
    const large = { ...map, sectorSize: 4096 };
    assert.equal(
      bucketText(large, 1),
      'Sectors 137 – 149 (of 4,096 bytes): 1 bad, 2 remapped, in sectors of 512 bytes',
    );
    assert.equal(bucketText({ ...single, sectorSize: 4096 }, 2), 'Sector 125 (of 4,096 bytes)');
  });

  it('leaves unknown what is not known', () => {
    const { layers } = new MapKnowledge().mapOf(PART, COUNTED);
    assert.deepEqual(
      (['empty', 'written', 'match'] as const).map((kind) => totalOf(layers, kind)),
      [null, null, null],
    );
  });

  it('counts as written what is neither in a hole nor unreadable', () => {
    const knowledge = new MapKnowledge();
    knowledge.empty = Float64Array.of(900, 150, 1250, 1000);
    const map = knowledge.mapOf(PART, COUNTED);
    assert.equal(totalOf(map.layers, 'empty'), 50 + 150);
    assert.equal(totalOf(map.layers, 'written'), 400 - 200 - 4 - 7);
    assert.equal(bucketWords(map, 2), '50 written, 50 empty');
    assert.deepEqual(
      [worstOf(map, 3), worstMarkOf(map, 3), worstMarkOf(map, 2)],
      ['remapped', 'remapped', null],
    );
  });

  it('counts matches where they begin', () => {
    const knowledge = new MapKnowledge();
    knowledge.matches = [999, 1000, 1250, 1250, 1400].map((sector) => ({ byteOffset: sector * 512 + 9 }));
    const map = knowledge.mapOf(PART, []);
    assert.equal(totalOf(map.layers, 'match'), 3);
    assert.equal(bucketText(map, 0), 'Sectors 1,000 – 1,099: 1 match');
    assert.equal(bucketText(map, 2), 'Sectors 1,200 – 1,299: 2 matches');
  });

  it('counts bookmarks as it does matches, and marks them at the edge', () => {
    const knowledge = new MapKnowledge();
    assert.equal(totalOf(knowledge.mapOf(PART, []).layers, 'bookmark'), null);
    knowledge.bookmarks = [1050, 1250, 1251].map((sector) => ({ byteOffset: sector * 512 }));
    const map = knowledge.mapOf(PART, []);
    assert.equal(bucketText(map, 0), 'Sectors 1,000 – 1,099: 1 bookmark');
    assert.equal(bucketText(map, 2), 'Sectors 1,200 – 1,299: 2 bookmarks');
    assert.deepEqual(
      marksOf(map).map(({ mark, first }) => [mark.shape, first]),
      [
        ['flag', 0],
        ['flag', 2],
      ],
    );
  });
});
