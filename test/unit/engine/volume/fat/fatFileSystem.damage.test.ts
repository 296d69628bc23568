import assert from 'node:assert/strict';
import { openFat } from '../../../../../src/engine/volume/fat/fatFileSystem';
import { DamageRig } from '../../../../support/volume/damage';
import { randomSets } from '../../../../support/volume/random';
import { volumeFixture } from '../../../../support/volume/volumeFixture';

describe('FAT volumes of which sectors can’t be read', () => {
  for (const name of ['fat16', 'fat32']) {
    it(`says of ${name} what is right or nothing, whichever metadata sector is lost`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const rig = await DamageRig.of(openFat, bytes, answers);
      for (const sector of rig.metadata) await rig.check([sector]);
      // Both FATs hold the same, so that one sector takes little away.
      assert.ok(rig.less < rig.answers / 20, `${rig.less} of ${rig.answers}`);
      console.log(`      ${rig.metadata.length} sectors, ${rig.less} of ${rig.answers} answers said less`);
    });

    it(`says of ${name} what is right or nothing, whichever sectors are lost`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const rig = await DamageRig.of(openFat, bytes, answers);
      for (const sectors of randomSets(rig.metadata, 1000)) await rig.check(sectors);
      console.log(`      ${rig.less} of ${rig.answers} answers said less`);
    });
  }
});
