import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createImage } from '../../../../src/engine/block/image';
import { formatSpare, matchMain } from '../../../../src/engine/machine/images';
import { findDevices } from '../../../../src/engine/machine/reassembly';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedSector } from '../../../support/remap/targetRig';

describe('an image that looks like a container', () => {
  const rig = deviceRig();

  function beginning(magic: string): Buffer {
    const bytes = Buffer.from(taggedSector(0, 7));
    bytes.write(magic, 'latin1');
    return bytes;
  }

  for (const magic of ['PK\x03\x04', '\x1f\x8b\x08\0', 'QFI\xfb\0\0\0\x03', '\xfd7zXZ\0', 'conectix']) {
    it(`is the main it was when a client of the device wrote ${JSON.stringify(magic)} to it`, async () => {
      const bytes = beginning(magic);
      await rig.device.write(0, bytes);
      await rig.reassemble();
      const read = await rig.device.read(0, 1);
      assert.deepEqual(Buffer.from(read.bytes), bytes);
      await rig.device.close();
      const [spare] = rig.spec.spares;
      const { found } = await findDevices([rig.spec.main, spare!], rig.clock);
      assert.deepEqual(found, [{ name: 'main', main: rig.spec.main, spares: [spare] }]);
      assert.equal((await matchMain(rig.spec.main, spare!, rig.clock)).fits, true);
    });
  }

  it('is a spare where it has the metadata of one of its size', async () => {
    await rig.device.close();
    const path = rig.spec.spares[0]!;
    const bytes = readFileSync(path);
    bytes.write('conectix', bytes.length - 512, 'latin1');
    writeFileSync(path, bytes);
    await rig.assemble();
    await rig.device.close();
    // A fixed VHD is the disk and a footer after it.
    writeFileSync(path, Buffer.concat([bytes, bytes.subarray(-512)]));
    await assert.rejects(rig.assemble(), { code: 'EINVAL', details: { path, container: 'VHD' } });
  });

  it('is refused as main of another size, and with a spare that was only formatted', async () => {
    await rig.device.close();
    const folder = join(rig.spec.main, '..');
    const main = join(folder, 'other.img');
    const spare = join(folder, 'fresh.img');
    const refusal = { code: 'EINVAL', details: { path: main, container: 'zip' } };
    copyFileSync(rig.spec.main, main);
    writeFileSync(main, Buffer.concat([beginning('PK\x03\x04'), readFileSync(main)]));
    const { spec } = rig;
    rig.spec = { ...spec, main };
    await assert.rejects(rig.assemble(), refusal);
    await assert.rejects(matchMain(main, spec.spares[0]!, rig.clock), refusal);
    await createImage(spare, 8192);
    await formatSpare(spare, { mainSectorCount: 20_481, clock: rig.clock });
    rig.spec = { ...spec, main, spares: [spare] };
    await assert.rejects(rig.assemble(), refusal);
    rig.spec = { ...spec, main, spares: [`${spare}.gone`] };
    await assert.rejects(rig.assemble(), refusal);
  });
});
