import assert from 'node:assert/strict';
import { readImageEntries } from '../../../src/devices/spareEntries';
import { createImage } from '../../../src/engine';
import { makeSpareWithRemaps } from '../../support/extension/spareImage';
import { tempFolder } from '../../support/tempFolder';

describe('the remap entries of a spare by itself', () => {
  const folder = tempFolder();

  it('are those that its device made, and reading them leaves the file and its folder as they are', async () => {
    const { spare, mainSectors, listed, untouched } = await makeSpareWithRemaps(folder, [5000, 1000, 3000]);
    const { originals, spares } = await readImageEntries(spare, mainSectors);
    const entries = originals.map((original, slot) => [original, spares[slot]!] as const);
    assert.deepEqual(
      entries.sort(([a], [b]) => a - b),
      listed,
    );
    await untouched();
  });

  it('are none where no copy is valid, or the size of main is not known', async () => {
    const blank = folder.path('blank.img');
    await createImage(blank, 4096);
    assert.deepEqual((await readImageEntries(blank, 8192)).originals, []);
    assert.deepEqual((await readImageEntries(blank, undefined)).originals, []);
  });
});
