import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { statusOfTag } from '../../../../src/engine/block/notRescued';
import { arbitraryMapfile } from '../../../support/mapfile/arbitraries';
import { mediumIn, parseText } from '../../../support/mapfile/mapfileText';

const SECTORS = 24;

function notRescued(text: string, sectorCount: number): [number, number, string][] {
  const found = mediumIn(parseText(text), sectorCount).notRescued.tagged();
  return [...found].map(({ first, sectorCount: count, tag }) => [first, count, statusOfTag(tag)]);
}

describe('sectors that a mapfile says were not rescued', () => {
  it('are those with any status but + and -', () => {
    assert.deepEqual(notRescued('0 + 1\n0 512 +\n512 512 ?\n1024 512 *\n1536 512 /\n2048 512 -\n', 5), [
      [1, 1, '?'],
      [2, 1, '*'],
      [3, 1, '/'],
    ]);
  });

  it('are all before the first block and after the last', () => {
    assert.deepEqual(notRescued('0 + 1\n1024 512 +\n', 5), [
      [0, 2, '?'],
      [3, 2, '?'],
    ]);
    assert.deepEqual(notRescued('', 5), [[0, 5, '?']]);
    assert.deepEqual(notRescued('0 + 1\n4096 512 +\n', 5), [[0, 5, '?']]);
  });

  it('have of several statuses the one that says least, and none in a bad sector', () => {
    assert.deepEqual(notRescued('0 + 1\n0 100 /\n100 100 *\n200 1000 +\n1200 100 -\n1300 800 ?\n', 5), [
      [0, 1, '*'],
      [3, 2, '?'],
    ]);
  });

  it('are what a look at each byte gives', () => {
    fc.assert(
      fc.property(arbitraryMapfile, (mapfile) => {
        const bytes: string[] = new Array(SECTORS * SECTOR_SIZE).fill('?');
        for (const { start, end, status } of mapfile.blocks) {
          bytes.fill(status, start, Math.min(end, bytes.length));
        }
        const medium = mediumIn(mapfile, SECTORS);
        for (let sector = 0; sector < SECTORS; sector++) {
          const within = bytes.slice(sector * SECTOR_SIZE, (sector + 1) * SECTOR_SIZE);
          const worst = ['-', '?', '*', '/', '+'].find((status) => within.includes(status))!;
          const tag = medium.notRescued.tagOf(sector);
          const told = medium.badSectors.has(sector) ? '-' : tag === undefined ? '+' : statusOfTag(tag);
          assert.equal(told, worst, `sector ${sector}`);
        }
      }),
      { numRuns: 300 },
    );
  });
});
