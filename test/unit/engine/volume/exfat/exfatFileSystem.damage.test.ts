import assert from 'node:assert/strict';
import { openExfat } from '../../../../../src/engine/volume/exfat/exfatFileSystem';
import { DamageRig } from '../../../../support/volume/damage';
import { randomSets } from '../../../../support/volume/random';
import { volumeFixture } from '../../../../support/volume/volumeFixture';

describe('exFAT volumes of which sectors can’t be read', () => {
  for (const name of ['exfat']) {
    it(`says of ${name} what is right or nothing, whichever metadata sector is lost`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const rig = await DamageRig.of(openExfat, bytes, answers);
      for (const sector of rig.metadata) await rig.check([sector]);
      assert.ok(rig.less < rig.answers / 10, `${rig.less} of ${rig.answers}`);
      console.log(`      ${rig.metadata.length} sectors, ${rig.less} of ${rig.answers} answers said less`);
    });

    it(`says of ${name} what is right or nothing, whichever sectors are lost`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const rig = await DamageRig.of(openExfat, bytes, answers);
      for (const sectors of randomSets(rig.metadata, 1000)) await rig.check(sectors);
      console.log(`      ${rig.less} of ${rig.answers} answers said less`);
    });
  }
});
