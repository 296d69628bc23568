import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { DUST_TAG, ERROR_TAG } from '../../../../src/engine/block/mediumFault';
import { injectedState, READABLE } from '../../../../src/engine/block/mediumSectors';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { createMapfile, formatMapfile } from '../../../../src/engine/mapfile/mapfile';
import { markWritten } from '../../../../src/engine/mapfile/markWritten';
import { edited, mediumIn, parseText } from '../../../support/mapfile/mapfileText';
import { tempFolder } from '../../../support/tempFolder';

describe('what is written to an image by itself', () => {
  const folder = tempFolder();

  it('is rescued in its map; dust heals, and an injected error stays over it', async () => {
    const path = folder.path('disk.img.map');
    const states = RangeSet.from([
      [1, 1, injectedState(2, DUST_TAG)],
      [2, 1, injectedState(2, ERROR_TAG)],
      [3, 2, 4],
      [5, 2, 2],
    ]);
    await writeFile(path, [...formatMapfile(edited(createMapfile(8 * 512), { states }))].join(''), 'latin1');
    assert.equal(
      await markWritten(
        path,
        8,
        RangeSet.from([
          [0, 4, 0],
          [6, 1, 0],
        ]),
      ),
      true,
    );
    const { badSectors, notRescued, injected } = mediumIn(parseText(await readFile(path, 'latin1')), 8);
    assert.deepEqual(
      [[...badSectors], [...notRescued]],
      [
        [
          [2, 1],
          [4, 1],
        ],
        [[5, 1]],
      ],
    );
    assert.deepEqual([...injected.tagged()], [{ first: 2, sectorCount: 1, tag: READABLE }]);
    assert.equal(
      await markWritten(
        path,
        8,
        RangeSet.from([
          [0, 4, 0],
          [6, 1, 0],
        ]),
      ),
      false,
    );
  });

  it('needs no map', async () => {
    assert.equal(await markWritten(folder.path('none.map'), 8, RangeSet.from([[0, 1, 0]])), false);
  });
});
