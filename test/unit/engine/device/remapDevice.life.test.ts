import assert from 'node:assert/strict';
import { openImage } from '../../../../src/engine/block/image';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedRun, taggedSector } from '../../../support/remap/targetRig';

describe('The life of a device', () => {
  const rig = deviceRig();

  const images = (): string[] => [rig.spec.main, ...rig.spec.spares];
  const assertFree = async (): Promise<void> => {
    for (const path of images()) await (await openImage(path, { lock: true })).close();
  };

  it('is told by what it answers', async () => {
    const { device } = rig;
    assert.deepEqual(
      [device.name, device.sectorCount, device.persistent, device.suspended, device.readOnly],
      ['disk', 20_480, true, false, false],
    );
    await device.suspend();
    assert.deepEqual([device.suspended, device.info().state], [true, 'suspended']);
    device.resume();
    assert.equal(device.info().state, 'active');
  });

  it('ends with a close: all that was written is kept, and the images are free', async () => {
    await rig.device.injectErrors({ sectors: [[100, 1]] });
    const { remapped } = await rig.device.write(99, taggedRun(99, 3, 1), { flush: false });
    assert.deepEqual(remapped, [100]);
    await rig.device.close();
    await assert.rejects(rig.device.read(0, 1), { code: 'ENODEV' });
    await assertFree();
    await rig.assemble();
    assert.deepEqual((await rig.device.read(99, 3)).bytes, taggedRun(99, 3, 1));
  });

  it('ends with a close even when the last flush fails, which is thrown', async () => {
    await rig.device.write(99, taggedSector(99, 1), { flush: false });
    rig.stack.main.medium.flush = () => Promise.reject(new Error('no flush'));
    await assert.rejects(rig.device.close(), /no flush/);
    await assertFree();
  });

  it('goes on over the same layers after a detachment', async () => {
    await rig.device.injectErrors({ sectors: [[100, 1]], flakey: '0 1 1 drop_writes' });
    const stack = await rig.device.detach();
    assert.equal(stack, rig.stack);
    await assert.rejects(openImage(rig.spec.main, { lock: true }), { code: 'EBUSY' });
    await rig.construct();
    const { flakey, badSectors, statistics } = rig.device.info();
    assert.deepEqual([flakey, badSectors, statistics.totalIos], ['0 1 1 drop_writes', 1, 0]);
  });

  it('ends with a reboot without losing what the disks were given', async () => {
    await rig.device.write(99, taggedSector(99, 1), { flush: false });
    await rig.device.abandon();
    await assertFree();
    await rig.assemble();
    assert.deepEqual((await rig.device.read(99, 1)).bytes, taggedSector(99, 1));
  });

  it('ends with a power loss, which keeps what was flushed and may lose the rest', async () => {
    await rig.device.write(99, taggedSector(99, 1));
    for (let sector = 200; sector < 300; sector++)
      await rig.device.write(sector, taggedSector(sector, 1), { flush: false });
    const lost = await rig.device.losePower(1);
    assert.ok(lost > 0 && lost <= 100, `${lost} sectors`);
    await assertFree();
    await rig.assemble();
    assert.deepEqual((await rig.device.read(99, 1)).bytes, taggedSector(99, 1));
  });

  it('tells its state, table and script as dmsetup would', async () => {
    const { main, spares } = rig.spec;
    assert.ok(rig.device.status().startsWith(`0 20480 dm-remap-v4 v4.0-phase1.4 ${main} ${spares[0]} 0 0`));
    assert.equal(rig.device.table(), `0 20480 dm-remap-v4 ${main} ${spares[0]}`);
    const script = rig.device.shellScript();
    assert.ok(script.includes(`main_image='${main}'`) && script.includes('dmsetup create disk'));
  });

  it('names a bad sector of the spare and of main in its markers', async () => {
    const { device } = rig;
    await device.writeMarkers();
    await device.injectErrors({ sectors: [[1000, 1]] });
    await device.remapSector(2000);
    await device.injectErrors({ sectors: [[1280, 1]], on: 'spare' });
    const { results } = await device.verifyMarkers();
    assert.deepEqual(
      results.map(({ sector, ok, source }) => [sector, ok, source]),
      [
        [1000, false, 'bad sector of main'],
        [2000, false, 'bad sector of the spare'],
      ],
    );
  });

  it('is assembled although main has no fingerprint that can be saved, and says so in the log', async () => {
    rig.stack.main.medium.read = () => Promise.reject(new Error('no read'));
    await rig.device.close();
    assert.match(rig.log.join('\n'), /WARNING: Identity of main not saved: Error: no read/);
  });
});
