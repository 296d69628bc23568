import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import { checkMetadata } from '../../../src/devices/metadataCheck';
import { Verdicts } from '../../../src/devices/verdicts';
import { createImages, Machine, type RemapDevice, RemapError } from '../../../src/engine';
import { tempFolder } from '../../support/tempFolder';

describe('a check of the metadata', () => {
  const folder = tempFolder();
  const machine = new Machine();
  let device: RemapDevice;
  let verdicts: Verdicts;
  let announced: string[];

  beforeEach(async () => {
    const main = folder.path('disk.img');
    const spare = folder.path('disk-spare.img');
    await createImages({ main, mainSectors: 8192, spare, spareSectors: 4096 });
    device = await machine.create({
      name: 'disk',
      deviceFile: null,
      main,
      spares: [spare],
      flakey: null,
      markers: { sectors: [], text: 'x' },
    });
    verdicts = new Verdicts();
    announced = [];
  });

  afterEach(() => machine.close());

  const devices = () => ({
    verdicts,
    announceVerdicts: (name: string) => void announced.push(name),
    ownerOf: (path: string) =>
      path === device.spec.spares[0] ? { device, role: 'spare' as const, member: 0 } : undefined,
    /** As the service does, it answers a new object each time. */
    find: (reference: unknown): DeviceEntry => {
      const { deviceKey } = Object(reference);
      if (reference !== 'disk' && deviceKey !== device.spec.main)
        throw new RemapError('ENODEV', 'there is no such device');
      const { name, main } = device.spec;
      return { deviceKey: main, name, deviceFile: null, content: undefined, device, problem: undefined };
    },
  });

  const damaged = async () =>
    (await verdicts.metadata(device)).copies.filter(({ valid }) => !valid).map(({ index }) => index);

  it('has the views read the copies again, however the device is named', async () => {
    const [spare] = device.spec.spares;
    const item = { treeReference: true, deviceKey: device.spec.main };
    for (const [copy, reference] of ['disk', item, spare!].entries()) {
      const before = await damaged();
      const file = await open(spare!, 'r+');
      await file.write(Buffer.alloc(512, 0xff), 0, 512, copy * 256 * 512);
      await file.close();
      assert.deepEqual(await damaged(), before);
      const report = await checkMetadata(devices(), reference, undefined);
      assert.equal(report.copies[copy]?.valid, false);
      assert.deepEqual(await damaged(), [...before, copy]);
    }
    assert.deepEqual(announced, ['disk', 'disk', 'disk']);
  });
});
