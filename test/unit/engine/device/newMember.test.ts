import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { formatSpare } from '../../../../src/engine/machine/images';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedSector } from '../../../support/remap/targetRig';

describe('a new member of the pool', () => {
  const rig = deviceRig();
  let path: string;

  beforeEach(async () => {
    path = join(dirname(rig.spec.main), 'b.img');
    await createImage(path, 4096);
  });

  const format = (mainSectorCount: number): Promise<unknown> =>
    formatSpare(path, { mainSectorCount, clock: rig.clock });

  it('is formatted when it is blank, and belongs to the device from then on', async () => {
    await rig.device.addSpare(path);
    assert.deepEqual(rig.device.spec.spares, [...rig.spec.spares, path]);
    assert.equal(rig.device.info().spareSectors, 8192 + 4096);
    assert.equal(rig.device.dataEnd(1), 4096);
    await rig.reassemble();
    assert.deepEqual([rig.device.info().state, rig.device.hasSpare(1)], ['active', true]);
  });

  it('may be formatted for a main of this size already', async () => {
    await format(20_480);
    await rig.device.addSpare(path);
    assert.equal(rig.device.hasSpare(1), true);
  });

  it('is refused, and let go of, when it holds something else or is too small', async () => {
    const small = join(dirname(path), 'small.img');
    await createImage(small, 1280);
    await assert.rejects(rig.device.addSpare(small), { code: 'ENOSPC' });
    await format(10_240);
    await assert.rejects(rig.device.addSpare(path), { code: 'EEXIST', message: /not a fresh spare/ });
    const image = await openImage(path, { lock: true });
    await image.write(0, taggedSector(0, 1));
    await image.close();
    await assert.rejects(rig.device.addSpare(path), { code: 'EEXIST', message: /is not blank/ });
    assert.equal(rig.device.spec.spares.length, 1);
    await (await openImage(path, { lock: true })).close();
  });

  it('is refused when it is a container, and stays as it is', async () => {
    await writeFile(path, Buffer.concat([Buffer.from('KDMV'), Buffer.alloc(4096 * 512 - 4)]));
    await assert.rejects(rig.device.addSpare(path), { code: 'EINVAL', details: { path, container: 'VMDK' } });
    assert.equal(rig.device.spec.spares.length, 1);
    assert.equal(
      (await readFile(path)).subarray(4).every((byte) => byte === 0),
      true,
    );
  });

  it('needs the metadata module', async () => {
    await rig.reassemble({ persistent: false });
    await assert.rejects(rig.device.addSpare(path), { code: 'EINVAL' });
  });
});
