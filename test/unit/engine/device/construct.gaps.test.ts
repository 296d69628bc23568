import assert from 'node:assert/strict';
import { deviceRig } from '../../../support/device/deviceRig';
import { independentSpare } from '../../../support/device/independentSpare';
import { taggedRun, taggedSector } from '../../../support/remap/targetRig';

/** What can be remapped: of 6,912 sectors 2 x 384 are for the entries of the others, and two records stay free. */
const ROOM = 6142;

describe('the room of a spare below a high entry', () => {
  const rig = deviceRig();

  it('is free, and is filled after the room above', async () => {
    await rig.device.close();
    await independentSpare(rig.spec.spares[0]!, 20_480, [
      { original: 200, spare: 1300 },
      { original: 300, spare: 8189 },
    ]);
    await rig.assemble();
    const { device } = rig;
    assert.equal(device.info().spareFree, ROOM - 2, 'the entry at the end costs the table two sectors');
    await device.injectErrors({ sectors: [[1000, 30]] });
    await device.write(1000, taggedRun(1000, 30, 1));
    const places = device.listRemaps({ limit: 50 }).remaps.map(({ spare }) => spare);
    assert.deepEqual(
      places.toSorted((a, b) => a - b),
      [...Array.from({ length: 29 }, (_, i) => 1280 + i), 8189, 8190, 8191],
      'each has a place of its own',
    );
    assert.deepEqual((await device.read(1000, 30)).bytes, taggedRun(1000, 30, 1));
  });

  it('stays free after a remap that was asked for by its number, also through another assembly', async () => {
    await rig.device.message('test_remap 100 8191');
    assert.equal(rig.device.info().spareFree, ROOM - 1);
    await rig.device.close();
    await rig.assemble();
    assert.equal(rig.device.info().spareFree, ROOM - 1);
    await rig.device.remapSector(101);
    assert.equal(rig.device.listRemaps().remaps[1]!.spare, 1280);
  });

  it('holds the large table when data lie at the end of the spare', async () => {
    const { device } = rig;
    await device.write(100, taggedSector(100, 1));
    await device.message('test_remap 100 8191');
    await device.injectErrors({ sectors: [[1000, 2100]] });
    await device.write(1000, taggedRun(1000, 2100, 1));
    await device.close();
    await rig.assemble();
    assert.equal(rig.device.info().remaps, 2101);
    assert.deepEqual((await rig.device.read(1000, 2100)).bytes, taggedRun(1000, 2100, 1));
    assert.deepEqual((await rig.device.read(100, 1)).bytes, taggedSector(100, 1));
    assert.deepEqual([rig.device.readOnly, rig.device.reasons], [false, []]);
    const [table, data] = rig.device.origins('spare', 8190, 2);
    assert.deepEqual([table?.kind, data?.kind, data?.detail], ['table', 'spare', 100]);
    await rig.device.write(100, taggedSector(100, 2));
    assert.deepEqual((await rig.device.read(100, 1)).bytes, taggedSector(100, 2));
  });
});
