import assert from 'node:assert/strict';
import { equalRunsOf } from '../../../src/editor/equalRuns';
import type { SectorBytes } from '../../../src/shared/protocol';

const FIRST = 1000;
const COUNT = 100;

function sectors(
  fill: (sector: number, bytes: Uint8Array) => void,
  more: Partial<SectorBytes> = {},
): SectorBytes {
  const bytes = new Uint8Array(COUNT * 512);
  for (let i = 0; i < COUNT; i++) fill(i, bytes.subarray(i * 512, (i + 1) * 512));
  return { firstSector: FIRST, bytes, unreadable: [], origins: [], unsaved: [], ...more };
}

const places = (read: SectorBytes) => equalRunsOf(read).map(({ first, count }) => [first - FIRST, count]);

describe('equal sectors', () => {
  it('are runs of zeros, of another fill, and of sectors like the one before', () => {
    const read = sectors((sector, bytes) => {
      if (sector >= 10 && sector < 20) bytes.fill(0xf6);
      if (sector >= 30 && sector < 40) bytes.set([1, 2, 3]);
      if (sector === 50) bytes[511] = 1;
      if (sector >= 60 && sector < 63) bytes.fill(5);
    });
    assert.deepEqual(places(read), [
      [0, 10],
      [10, 10],
      [20, 10],
      [30, 10],
      [40, 10],
      [51, 9],
      [63, 37],
    ]);
    const [zeros, fill, , other] = equalRunsOf(read).map(({ content }) => content);
    assert.deepEqual([zeros, fill], ['00', 'f6']);
    assert.ok(other!.length > 2);
  });

  it('have the same content in every part of a run, and short ones only at the ends', () => {
    const read = sectors((sector, bytes) => bytes.fill(sector < 2 || sector >= 98 ? 9 : sector + 20));
    const [start, end, ...others] = equalRunsOf(read);
    assert.deepEqual([start!.count, end!.count, start!.content, end!.content], [2, 2, '09', '09']);
    assert.deepEqual(others, []);
  });

  it('have no sector of which there is something to say', () => {
    const read = sectors(() => {}, {
      unreadable: [{ first: FIRST + 10, count: 1, message: '' }],
      origins: [
        { first: FIRST, count: 20, origin: { kind: 'main', sector: FIRST } },
        { first: FIRST + 20, count: 1, origin: { kind: 'spare', sector: 5, view: 'spare' } },
        { first: FIRST + 21, count: 9, origin: { kind: 'main', sector: FIRST + 21 } },
        { first: FIRST + 30, count: 1, origin: { kind: 'filling', why: '' } },
        { first: FIRST + 31, count: 1, origin: { kind: 'listed' } },
        { first: FIRST + 32, count: 1, origin: { kind: 'table' } },
        { first: FIRST + 33, count: 67, origin: { kind: 'free' } },
      ],
      unsaved: [[(FIRST + 40) * 512 + 510, 4]],
    });
    assert.deepEqual(places(read), [
      [0, 10],
      [11, 9],
      [21, 9],
      [33, 7],
      [42, 58],
    ]);
  });
});
