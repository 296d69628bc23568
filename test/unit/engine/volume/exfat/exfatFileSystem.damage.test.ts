import assert from 'node:assert/strict';
import { openExfat } from '../../../../../src/engine/volume/exfat/exfatFileSystem';
import { exfatScene } from '../../../../support/volume/clusterScenes';
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

  for (const perClusterLog of [0, 1]) {
    const name = `clusters of ${2 ** perClusterLog} sectors, files and folders in pieces`;

    it(`says what is right or nothing, whichever metadata sector is lost: ${name}`, async () => {
      const scene = exfatScene(perClusterLog);
      const rig = await DamageRig.of(openExfat, scene.bytes, scene);
      await rig.check([]);
      assert.equal(rig.less, 0, 'all is known of the whole image');
      for (const sector of rig.metadata) await rig.check([sector]);
      assert.ok(rig.less < rig.answers / 3, `${rig.less} of ${rig.answers}`);
      console.log(`      ${rig.metadata.length} sectors, ${rig.less} of ${rig.answers} answers said less`);
    });

    it(`says what is right or nothing, whichever sectors are lost: ${name}`, async () => {
      const scene = exfatScene(perClusterLog);
      const rig = await DamageRig.of(openExfat, scene.bytes, scene);
      for (const sectors of randomSets(rig.metadata, 1000)) await rig.check(sectors);
      console.log(`      ${rig.less} of ${rig.answers} answers said less`);
    });
  }
});
