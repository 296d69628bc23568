import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import { factsOf } from '../../../../support/volume/fileSystemFacts';
import { checkFiles, checkOwners } from '../../../../support/volume/fixtureChecks';
import { BytesSource, volumeFixture } from '../../../../support/volume/volumeFixture';

describe('openExt, on images that other programs know', () => {
  for (const name of ['ext2_1k', 'ext4_1k', 'ext4_4k'])
    it(`says all paths, extents and owners of ${name}`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const fileSystem = await openExt(new BytesSource(bytes).reader());
      const facts = await factsOf(fileSystem!);
      await checkFiles(facts, answers);
      await checkOwners(facts, answers);
    });
});
