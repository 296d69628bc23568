import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createImages, type DeviceSpec, Machine, openImage, RemapError } from '../../../src/engine';
import { copyDeviceImages } from '../../../src/testing/copyDeviceImages';
import { tempFolder } from '../../support/tempFolder';

describe('a copy of a device', () => {
  const folder = tempFolder();
  let machine: Machine;
  let spec: DeviceSpec;

  beforeEach(async () => {
    machine = new Machine();
    const main = folder.path('main.img');
    const spare = folder.path('spare.img');
    await createImages({ main, mainSectors: 4096, spare, spareSectors: 4096 });
    const markers = { sectors: [], text: '' };
    spec = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
  });

  afterEach(() => machine.close());

  const devices = () => ({
    machine,
    getOwn: () => {
      const device = machine.device('disk');
      if (device) return device;
      throw new RemapError('ENODEV', 'not assembled');
    },
    specOf: async () => spec,
  });
  const copy = (signal?: AbortSignal) => copyDeviceImages(devices(), 'disk', folder.path('copy'), signal);

  it('has what was written, the remaps and the bad sectors, and the device goes on', async () => {
    const device = await machine.create(spec);
    await device.injectErrors({ sectors: [[7, 1]] });
    await device.write(7, new Uint8Array(512).fill(1));
    await device.injectErrors({ sectors: [[9, 1]] });
    const { main, spares } = await copy();
    assert.deepEqual([main, spares], [folder.path('copy/main.img'), [folder.path('copy/spare-0.img')]]);
    assert.equal(device.info().state, 'active');
    const copied = await machine.create({ ...spec, name: 'copy', main, spares });
    const { bytes, failed } = await copied.read(7, 3);
    assert.equal(bytes[0], 1);
    assert.deepEqual(failed, [[9, 1]]);
  });

  it('leaves a suspended device suspended', async () => {
    const device = await machine.create(spec);
    await machine.suspend('disk');
    await copy();
    assert.equal(device.info().state, 'suspended');
  });

  it('takes the images of a device that is not assembled, unless another has them open', async () => {
    const { main } = await copy();
    assert.deepEqual(readFileSync(main), readFileSync(spec.main));
    const image = await openImage(spec.main, { lock: true });
    try {
      const again = copyDeviceImages(devices(), 'disk', folder.path('again'));
      await assert.rejects(again, (error) => error instanceof RemapError && error.code === 'EBUSY');
      assert.equal(existsSync(folder.path('again/main.img')), false);
    } finally {
      await image.close();
    }
  });

  it('gives the images free and lets the device go on when it is cancelled', async () => {
    await assert.rejects(copy(AbortSignal.abort()));
    await (await openImage(spec.main, { lock: true })).close();
    const device = await machine.create(spec);
    await assert.rejects(copyDeviceImages(devices(), 'disk', folder.path('second'), AbortSignal.abort()));
    assert.equal(device.info().state, 'active');
  });
});
