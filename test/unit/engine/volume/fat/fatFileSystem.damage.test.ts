import assert from 'node:assert/strict';
import { openFat } from '../../../../../src/engine/volume/fat/fatFileSystem';
import { fatScene } from '../../../../support/volume/clusterScenes';
import { DamageRig } from '../../../../support/volume/damage';
import type { FatGeometry } from '../../../../support/volume/fatImage';
import { randomSets } from '../../../../support/volume/random';
import { BytesSource, volumeFixture } from '../../../../support/volume/volumeFixture';

const GEOMETRIES: readonly FatGeometry[] = [
  { bits: 12, clusters: 400 },
  { bits: 12, clusters: 400, perCluster: 2, tables: 1 },
  { bits: 16, clusters: 4085 },
  { bits: 32, clusters: 400 },
  { bits: 32, clusters: 400, activeTable: 1 },
];

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

  for (const geometry of GEOMETRIES) {
    const name = `FAT${geometry.bits} with ${geometry.tables ?? 2} FATs, and files and folders in pieces`;

    it(`says what is right or nothing, whichever metadata sector is lost: ${name}`, async () => {
      const scene = fatScene(geometry);
      const rig = await DamageRig.of(openFat, scene.bytes, scene);
      await rig.check([]);
      assert.equal(rig.less, 0, 'all is known of the whole image');
      for (const sector of rig.metadata) await rig.check([sector]);
      assert.ok(rig.less < rig.answers / 5, `${rig.less} of ${rig.answers}`);
      console.log(`      ${rig.metadata.length} sectors, ${rig.less} of ${rig.answers} answers said less`);
    });

    it(`says what is right or nothing, whichever sectors are lost: ${name}`, async () => {
      const scene = fatScene(geometry);
      const rig = await DamageRig.of(openFat, scene.bytes, scene);
      for (const sectors of randomSets(rig.metadata, 1000)) await rig.check(sectors);
      console.log(`      ${rig.less} of ${rig.answers} answers said less`);
    });
  }

  for (const bits of [12, 16, 32] as const)
    it(`loses nothing with one of two FATs, whichever, and says which was used: FAT${bits}`, async () => {
      const scene = fatScene({ bits, clusters: bits === 16 ? 4085 : 400 });
      const rig = await DamageRig.of(openFat, scene.bytes, scene);
      const [first, second] = scene.tables as [number[], number[]];
      for (const lost of [first, second, ...halves(first, second)]) await rig.check(lost);
      assert.equal(rig.less, 0);
      await rig.check([...first, ...second]);
      assert.ok(rig.less > 0);
      const notesOf = async (lost: readonly number[]) => {
        const fileSystem = (await openFat(new BytesSource(scene.bytes, new Set(lost)).reader()))!;
        for await (const _ of fileSystem.files({ onDoubt: () => undefined }));
        return fileSystem.notes.join();
      };
      assert.match(await notesOf(first), /part of a FAT can’t be read; its other copy was used/);
      assert.doesNotMatch(await notesOf([]), /other copy/);
    });
});

/** Of each FAT another part: together they have all. */
function halves(first: readonly number[], second: readonly number[]): number[][] {
  const odd = (_: number, at: number) => at % 2 === 1;
  const even = (_: number, at: number) => at % 2 === 0;
  return [
    [...first.filter(odd), ...second.filter(even)],
    [...first.filter(even), ...second.filter(odd)],
  ];
}
