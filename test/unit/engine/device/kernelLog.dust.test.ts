import assert from 'node:assert/strict';
import { createImages, Machine, type RemapDevice } from '../../../../src/engine';
import { taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

describe('The log of a medium with bad sectors', () => {
  let machine: Machine;
  // Before the folder's own, so that the images are closed when they go.
  afterEach(() => machine.close());

  const folder = tempFolder();
  let device: RemapDevice;
  let log: string[];

  beforeEach(async () => {
    machine = new Machine();
    const [main, spare] = [folder.path('main.img'), folder.path('spare.img')];
    await createImages({ main, mainSectors: 20_480, spare, spareSectors: 8192 });
    const markers = { sectors: [], text: '' };
    device = await machine.create({
      name: 'disk',
      deviceFile: null,
      main,
      spares: [spare],
      flakey: null,
      markers,
    });
    log = [];
    machine.onEvent((event) => {
      if (event.kind === 'log') log.push(event.text);
    });
  });

  it('has the lines of dm-dust, with its prefix', async () => {
    await device.message('addbadblock 5');
    await device.message('removebadblock 5');
    await device.message('disable');
    assert.deepEqual(log, [
      'device-mapper: dust: dust_add_block: badblock added at block 5 with write fail count 0',
      'device-mapper: dust: dust_remove_block: badblock removed at block 5',
      'device-mapper: dust: disabling read failures on bad sectors',
    ]);
  });

  it('says which sectors a write heals', async () => {
    await device.injectErrors({ sectors: [[10, 2]], mode: 'dust' });
    await device.write(10, new Uint8Array([...taggedSector(10, 1), ...taggedSector(11, 1)]));
    assert.deepEqual(log, [
      'device-mapper: dust: block 10 removed from badblocklist by write',
      'device-mapper: dust: block 11 removed from badblocklist by write',
    ]);
  });

  it('sums up a burst', async () => {
    await device.injectErrors({ sectors: [[100, 1000]], mode: 'dust' });
    await device.target.discard(100, 1000);
    assert.equal(log.length, 9);
    assert.match(log.at(-1)!, /\.\.\. and 992 sectors more$/);
  });

  it('is silent about single sectors when told to be quiet', async () => {
    await device.message('quiet');
    await device.injectErrors({ sectors: [[10, 1]], mode: 'dust' });
    await device.write(10, taggedSector(10, 1));
    assert.deepEqual(log, []);
  });
});
