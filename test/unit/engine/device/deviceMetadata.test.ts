import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { openImage } from '../../../../src/engine';
import { deviceRig } from '../../../support/device/deviceRig';
import { independentSpare } from '../../../support/device/independentSpare';
import { heldTimers } from '../../../support/heldTimers';
import { taggedSector } from '../../../support/remap/targetRig';
import { turn } from '../../../support/turns';

describe('metadata of a device', () => {
  const rig = deviceRig();

  it('checks the copies as they are on the spare', async () => {
    await rig.device.injectErrors({ sectors: [[256, 1]], on: 'spare' });
    const { copies, winner } = await rig.device.checkMetadata();
    assert.deepEqual(
      copies.map(({ valid }) => valid),
      [true, false, true, true, true],
    );
    assert.notEqual(winner, 1);
    await assert.rejects(rig.device.checkMetadata(1), { code: 'ENOENT' });
  });

  describe('whose copies are settled when a test says so', () => {
    const timers = heldTimers();

    it('tells the copies that a commit left alone as stale and leaves them so, until they are settled (R15)', async () => {
      const { device } = rig;
      await device.remapSector(100);
      const staleCopies = async () =>
        (await device.checkMetadata()).copies.filter(({ stale }) => stale).length;
      assert.deepEqual([await staleCopies(), device.info().metadata.stale], [3, 3]);
      assert.deepEqual([await staleCopies(), device.info().metadata.valid], [3, 5]);
      rig.events.length = 0;
      timers.fire();
      while (!rig.events.some(({ kind }) => kind === 'changed')) await turn();
      assert.deepEqual([await staleCopies(), device.info().metadata.stale], [0, 0]);
    });
  });

  it('repairs a copy that could not be written', async () => {
    await rig.device.injectErrors({ sectors: [[256, 1]], on: 'spare' });
    await rig.device.remapSector(100);
    await rig.device.flush();
    await rig.device.clearErrors();
    const { copies } = await rig.device.repairMetadata();
    assert.ok(copies.every(({ valid }) => valid));
  });

  it('needs the metadata module', async () => {
    await rig.reassemble({ persistent: false });
    const { device } = rig;
    for (const refused of [device.repairMetadata(), device.exportPaths(), device.relocate()]) {
      await assert.rejects(refused, { code: 'EINVAL', message: /keeps no metadata/ });
    }
    assert.equal(device.info().metadata.sequence, null);
    assert.equal((await device.checkMetadata()).copies.length, 5);
  });

  it('takes the module when it comes late, with the remaps made before, suspended or not', async () => {
    await rig.reassemble({ persistent: false });
    await rig.device.remapSector(100);
    await rig.device.suspend();
    await rig.device.adoptMetadata();
    assert.equal(rig.device.suspended, true);
    rig.device.resume();
    assert.equal(rig.device.persistent, true);
    await rig.reassemble();
    assert.equal(rig.device.info().remaps, 1);
  });

  it('goes on as before when the spare can’t take the table that was made before the module came', async () => {
    await rig.reassemble({ persistent: false });
    await rig.device.remapSector(100);
    rig.spare().medium.inject([[0, 1280]], { mode: 'error' });
    await assert.rejects(rig.device.adoptMetadata(), { code: 'EIO' });
    const { state, remaps, metadata } = rig.device.info();
    assert.deepEqual([state, remaps, metadata.sequence, rig.device.persistent], ['active', 1, null, false]);
    rig.spare().medium.clear();
    await rig.device.remapSector(200);
    await rig.device.adoptMetadata();
    await rig.reassemble();
    assert.equal(rig.device.info().remaps, 2);
  });

  it('uses the table that the spare has when the module comes late', async () => {
    await rig.device.remapSector(100);
    await rig.reassemble({ persistent: false });
    const { state, reasons, remaps } = rig.device.info();
    assert.deepEqual([state, remaps], ['readonly', 0]);
    assert.match(
      reasons.join(),
      /lists 1 remaps that are not in use because dm-remap-v4-metadata is not loaded/,
    );
    await rig.device.adoptMetadata();
    await rig.device.adoptMetadata();
    assert.deepEqual([rig.device.info().state, rig.device.info().remaps], ['active', 1]);
  });

  it('takes no writes while a kernel left remaps inside the metadata area, until they are relocated (R9)', async () => {
    await rig.device.close();
    await independentSpare(rig.spec.spares[0]!, 20_480, [
      { original: 100, spare: 5 },
      { original: 200, spare: 200 },
      { original: 300, spare: 1400 },
    ]);
    await rig.assemble();
    const { device } = rig;
    assert.equal(device.readOnly, true);
    assert.match(
      device.reasons[0]!,
      /2 remaps are inside the metadata area of the spare \(sectors 0 to 1279\)/,
    );
    await assert.rejects(device.exportPaths(), { code: 'EROFS' });
    assert.deepEqual(await device.relocate(), { relocated: 1, lost: [100], left: [] });
    assert.deepEqual([device.info().state, device.info().remaps], ['active', 2]);
    await device.write(100, taggedSector(100, 1));
  });

  it('repairs on a read-only device only the copies that no user data lie over (R15)', async () => {
    await rig.device.close();
    const [spare] = rig.spec.spares;
    await independentSpare(spare!, 20_480, [
      { original: 100, spare: 5 },
      { original: 300, spare: 1400 },
    ]);
    const image = await openImage(spare!, { lock: true });
    await image.write(5, taggedSector(100, 1));
    await image.write(600, taggedSector(9, 9));
    await image.close();
    await rig.assemble();
    const { device } = rig;
    const valid = async () => (await device.checkMetadata()).copies.map((copy) => copy.valid);
    assert.deepEqual(await valid(), [false, true, false, true, true]);
    await device.repairMetadata();
    assert.deepEqual(await valid(), [false, true, true, true, true]);
    assert.deepEqual((await device.read(100, 1)).bytes, taggedSector(100, 1));
    assert.deepEqual(await device.relocate(), { relocated: 1, lost: [], left: [] });
    await device.repairMetadata();
    assert.deepEqual(await valid(), [true, true, true, true, true]);
    assert.deepEqual((await device.read(100, 1)).bytes, taggedSector(100, 1));
  });

  it('repairs a copy that was damaged after the device was assembled', async () => {
    const image = rig.spare().medium;
    await image.write(600, taggedSector(9, 9));
    const { copies } = await rig.device.repairMetadata();
    assert.ok(copies.every(({ valid }) => valid));
  });

  it('shows what a spare that was looked at holds once remaps are relocated, or a module comes late', async () => {
    await rig.device.close();
    await independentSpare(rig.spec.spares[0]!, 20_480, [{ original: 200, spare: 1400 }]);
    await rig.assemble({ persistent: false });
    const { device } = rig;
    const kindAt = (sector: number) => device.origins('spare', sector, 1)[0]!.kind;
    assert.equal(kindAt(1400), 'free');
    await device.adoptMetadata();
    assert.equal(kindAt(1400), 'spare');
  });

  it('leaves remaps where they are that a full spare has no room for, and says so (R9)', async () => {
    await rig.device.close();
    const room = 1000;
    await truncate(rig.spec.spares[0]!, (1280 + room) * 512);
    await independentSpare(rig.spec.spares[0]!, 20_480, [
      { original: 200, spare: 200 },
      ...Array.from({ length: room }, (_, i) => ({ original: 300 + i, spare: 1280 + i })),
    ]);
    await rig.assemble();
    const { device } = rig;
    assert.deepEqual(await device.relocate(), { relocated: 0, lost: [], left: [200] });
    assert.equal(device.info().state, 'readonly');
    assert.match(device.reasons[0]!, /1 remap is inside the metadata area/);
    assert.equal(device.info().remaps, 1 + room);
  });
});
