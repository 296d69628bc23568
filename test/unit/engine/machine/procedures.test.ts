import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import type { DeviceSpec } from '../../../../src/engine/device/deviceContracts';
import type { RemapDevice } from '../../../../src/engine/device/remapDevice';
import { createImages } from '../../../../src/engine/machine/images';
import { Machine } from '../../../../src/engine/machine/machine';
import { need } from '../../../support/needs';
import { assertFailsWith, hasCode } from '../../../support/remap/remapErrors';
import { taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

describe('procedures of a machine with a displaced image (R13)', () => {
  before(function () {
    need(this, 'openFilesGo');
  });
  let machine: Machine;
  const lines: string[] = [];
  let device: RemapDevice;
  let other: RemapDevice;
  afterEach(() => machine.close().catch(() => undefined));

  const folder = tempFolder();

  async function create(name: string): Promise<RemapDevice> {
    const [main, spare] = [folder.path(`${name}.img`), folder.path(`${name}-spare.img`)];
    await createImages({ main, mainSectors: 20_480, spare, spareSectors: 8192 });
    const markers = { sectors: [1000], text: 'm_{sector}' };
    const spec: DeviceSpec = { name, deviceFile: null, main, spares: [spare], flakey: null, markers };
    return machine.create(spec);
  }

  const states = (): string[] => machine.devices().map((each) => `${each.name} ${each.info().state}`);

  beforeEach(async () => {
    machine = new Machine();
    lines.length = 0;
    machine.onEvent((event) => event.kind === 'log' && lines.push(event.text));
    other = await create('a');
    device = await create('b');
    await create('c');
    await device.write(5, taggedSector(5, 1));
  });

  it('refuse to reload, with all devices as they were: the open file must stay open', async () => {
    unlinkSync(device.spec.main);
    await assertFailsWith(machine.reload(), 'ESTALE', /b\.img was deleted/);
    assert.deepEqual(states(), ['a active', 'b readonly', 'c active']);
    assert.deepEqual((await device.read(5, 1)).bytes, taggedSector(5, 1));
    assert.equal(machine.device('a'), other);
    assert.ok(machine.modules().every(({ loaded }) => loaded));
  });

  it('bring back what was taken down when the image goes amid a reload', async () => {
    await other.write(6, taggedSector(6, 1));
    const onStep = (text: string): void => {
      if (text === 'suspend b') unlinkSync(device.spec.main);
    };
    await assertFailsWith(machine.reload(undefined, { onStep }), 'ESTALE', /b\.img was deleted/);
    assert.deepEqual(states(), ['a active', 'b readonly', 'c active']);
    assert.deepEqual((await machine.device('a')!.read(6, 1)).bytes, taggedSector(6, 1));
  });

  it('leave devices suspended that were, when the image goes amid a reload', async () => {
    for (const name of ['a', 'b']) await machine.suspend(name);
    const onStep = (text: string): void => {
      if (text === 'remove b') unlinkSync(device.spec.main);
    };
    await assertFailsWith(machine.reload(undefined, { onStep }), 'ESTALE', /b\.img was deleted/);
    assert.deepEqual(
      machine.devices().map(({ name, suspended }) => [name, suspended]),
      [
        ['a', true],
        ['b', true],
        ['c', false],
      ],
    );
    machine.device('b')!.resume();
    assert.deepEqual((await device.read(5, 1)).bytes, taggedSector(5, 1));
  });

  it('bring a device up again whose image went while it was down: read-only, with what it holds', async () => {
    const onStep = (text: string): void => {
      if (text === 'load stats') unlinkSync(device.spec.main);
    };
    await machine.reload(undefined, { onStep });
    const again = machine.device('b')!;
    await again.checkPlaces();
    assert.deepEqual(states(), ['a active', 'b readonly', 'c active']);
    await again.saveOpenImage(folder.path('saved.img'));
    assert.deepEqual((await again.read(5, 1)).bytes, taggedSector(5, 1));
  });

  it('construct a device read-only whose image is known to be displaced', async () => {
    let down = false;
    const onStep = (text: string): void => {
      if (text === 'load stats') down = true;
    };
    unlinkSync(device.spec.spares[0]!);
    // A look that comes too late for the check before the reload.
    const { checkPlaces } = device;
    device.checkPlaces = () => Promise.resolve();
    await machine.reload(undefined, { onStep }).catch(() => undefined);
    device.checkPlaces = checkPlaces;
    assert.equal(down, false);
    assert.equal(machine.device('b')!.info().state, 'readonly');
  });

  it('reboot all the same, and log what could not be flushed', async () => {
    unlinkSync(device.spec.main);
    const { before, after } = await machine.reboot();
    assert.deepEqual([before.length, after.length, states()], [3, 0, []]);
    assert.ok(
      lines.some((line) => /b: .*b\.img was deleted while it was open, and was closed without/.test(line)),
    );
  });

  it('lose power all the same', async () => {
    unlinkSync(device.spec.main);
    await machine.reboot({ powerLoss: true, seed: 1 });
    assert.deepEqual(states(), []);
  });

  it('load a module for the other devices', async () => {
    await machine.close();
    machine = new Machine({ modules: ['stats', 'real'] });
    device = await machine.create(device.spec);
    other = await machine.create(other.spec);
    unlinkSync(device.spec.main);
    await machine.loadModule('metadata');
    assert.deepEqual([device.persistent, other.persistent], [false, true]);
    assert.deepEqual(states(), ['a active', 'b readonly']);
  });

  it('remove the device, and say that what it held is lost unless it was saved', async () => {
    unlinkSync(device.spec.main);
    await assertFailsWith(machine.remove('b'), 'ESTALE', /was closed without being saved/);
    assert.deepEqual(states(), ['a active', 'c active']);
    await other.write(6, taggedSector(6, 1), { flush: false });
    unlinkSync(other.spec.main);
    assert.ok(await machine.suspend('a').then(() => false, hasCode('ESTALE')));
    await other.saveOpenImage(folder.path('saved.img'));
    await machine.remove('a');
    assert.deepEqual(states(), ['c active']);
  });
});
