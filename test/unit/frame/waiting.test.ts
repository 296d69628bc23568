import assert from 'node:assert/strict';
import { createImages, Machine } from '../../../src/engine';
import { whatItWaitsFor } from '../../../src/frame/waiting';
import { tempFolder } from '../../support/tempFolder';

describe('what work waits for', () => {
  const folder = tempFolder();

  it('is that its device is resumed, once it waits', async () => {
    const machine = new Machine();
    const [main, spare] = [folder.path('disk.img'), folder.path('disk-spare.img')];
    await createImages({ main, mainSectors: 4096, spare, spareSectors: 2048 });
    const markers = { sectors: [], text: '' };
    const spec = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
    const device = await machine.create(spec);
    await device.suspend();
    assert.equal(whatItWaitsFor({ device, sector: 7 }), undefined);
    const read = device.read(0, 1);
    const text = 'waits until disk is resumed: it is suspended';
    assert.deepEqual([whatItWaitsFor({ device, sector: 7 }), whatItWaitsFor(device)], [text, text]);
    for (const other of [undefined, 'disk', { device: 'disk' }])
      assert.equal(whatItWaitsFor(other), undefined);
    device.resume();
    await read;
    assert.equal(whatItWaitsFor(device), undefined);
    await machine.close();
  });
});
