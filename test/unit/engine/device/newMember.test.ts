import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { parseFlakeyTable } from '../../../../src/engine/dmsetup/flakeyTable';
import { formatSpare, inspectSpare } from '../../../../src/engine/machine/images';
import { deviceRig } from '../../../support/device/deviceRig';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { taggedSector } from '../../../support/remap/targetRig';
import { smallDisk } from '../../../support/smallDisk';

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
    assert.deepEqual(rig.device.tableRanges(1), []);
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

  describe('that can’t be taken in', () => {
    const disk = smallDisk(1);

    /** The device has one spare, alone and as before, and the image is free and blank. */
    async function assertUnchanged(image: string): Promise<void> {
      assert.deepEqual([rig.device.spec.spares.length, rig.device.info().spareSectors], [1, 8192]);
      assert.deepEqual([rig.device.reasons, rig.device.suspended], [[], false]);
      await (await openImage(image, { lock: true })).close();
      assert.equal((await inspectSpare(image)).kind, 'blank');
      await rig.device.write(2000, taggedSector(2000, 1));
      await rig.reassemble();
      assert.deepEqual([rig.device.info().state, rig.device.spec.spares.length], ['active', 1]);
      assert.deepEqual((await rig.device.read(2000, 1)).bytes, taggedSector(2000, 1));
    }

    it('because its file system has no room for the table, is let go of and blank again', async () => {
      const image = disk.path('b.img');
      await createImage(image, 4096);
      rig.stack.main.medium.inject([[0, 2100]], { mode: 'error' });
      await rig.device.write(0, new Uint8Array(2100 * 512));
      disk.fill(680 * 1024);
      const { remaps } = rig.device.info();
      await assertFailsWith(rig.device.addSpare(image), 'ENOSPC', /no room is left for .*b\.img/);
      assert.equal(rig.device.info().remaps, remaps);
      rig.stack.main.medium.clear();
      disk.makeRoom();
      await assertUnchanged(image);
    });

    it('because the first spare fails, is let go of and blank again', async () => {
      await rig.device.remapSector(5);
      rig.spare().medium.inject([[0, 1280]], { mode: 'error' });
      await assert.rejects(rig.device.addSpare(path), { code: 'EIO' });
      rig.spare().medium.clear();
      await rig.device.flush();
      await assertUnchanged(path);
    });

    it('because the device can’t be flushed, is let go of and blank again', async () => {
      await rig.device.write(5, taggedSector(5, 1), { flush: false });
      rig.stack.flakey.setTable(parseFlakeyTable('0 60 1 error_writes'));
      await assert.rejects(rig.device.addSpare(path), { code: 'EIO' });
      rig.stack.flakey.setTable(undefined);
      await assertUnchanged(path);
    });
  });
});
