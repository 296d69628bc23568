import assert from 'node:assert/strict';
import { openExfat } from '../../../../../src/engine/volume/exfat/exfatFileSystem';
import { factsOf } from '../../../../support/volume/fileSystemFacts';
import { checkFiles, checkOwners } from '../../../../support/volume/fixtureChecks';
import { BytesSource, volumeFixture } from '../../../../support/volume/volumeFixture';

describe('exFAT volumes that other programs made', () => {
  for (const name of ['exfat']) {
    it(`has every path and extent of ${name}`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const fileSystem = (await openExfat(new BytesSource(bytes).reader()))!;
      assert.equal(fileSystem.kind, name);
      await checkFiles(await factsOf(fileSystem), answers);
    });

    it(`answers every owner of ${name}`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const fileSystem = (await openExfat(new BytesSource(bytes).reader()))!;
      await checkOwners(await factsOf(fileSystem), answers);
    });
  }
});
