import assert from 'node:assert/strict';
import { openFat } from '../../../../../src/engine/volume/fat/fatFileSystem';
import { checkExtents, checkOwners } from '../../../../support/volume/fixtureChecks';
import { BytesSource, volumeFixture } from '../../../../support/volume/volumeFixture';

describe('FAT volumes that other programs made', () => {
  for (const name of ['fat16', 'fat32']) {
    it(`has every path and extent of ${name}`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const fileSystem = (await openFat(new BytesSource(bytes).reader()))!;
      assert.equal(fileSystem.kind, name);
      await checkExtents(fileSystem, answers);
    });

    it(`answers every owner of ${name}`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      await checkOwners((await openFat(new BytesSource(bytes).reader()))!, answers);
    });
  }
});
