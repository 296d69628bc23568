import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { createImage } from '../../../../src/engine/block/image';
import type { DeviceSpec } from '../../../../src/engine/device/deviceContracts';
import type { RemapError } from '../../../../src/engine/errors';
import { createImages } from '../../../../src/engine/machine/images';
import { Machine } from '../../../../src/engine/machine/machine';
import type { MachineEvent } from '../../../../src/engine/machine/machineContracts';
import { taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

describe('machine', () => {
  let machine: Machine;
  // Before the hook that removes the folder, so that the images are closed when they go.
  afterEach(() => machine.close());

  const folder = tempFolder();
  let events: MachineEvent[];

  const log = (): string[] => events.flatMap((event) => (event.kind === 'log' ? [event.text] : []));

  beforeEach(() => {
    machine = new Machine();
    events = [];
    machine.onEvent((event) => events.push(event));
  });

  async function imagesOf(name: string): Promise<DeviceSpec> {
    const [main, spare] = [folder.path(`${name}.img`), folder.path(`${name}-spare.img`)];
    await createImages({ main, mainSectors: 20_480, spare, spareSectors: 8192 });
    const markers = { sectors: [1000], text: 'm_{sector}' };
    return { name, deviceFile: null, main, spares: [spare], flakey: null, markers };
  }

  it('tells what happens in the order in which it happens, until it is told to stop', async () => {
    const stop = machine.onEvent(() => assert.fail('was told'));
    stop();
    await machine.create(await imagesOf('disk'));
    await machine.suspend('disk');
    await machine.resume('disk');
    await machine.remove('disk');
    const kinds = events.filter(({ kind }) => kind !== 'log').map(({ kind }) => kind);
    assert.deepEqual(kinds, ['created', 'modules', 'changed', 'changed', 'removed', 'modules']);
    assert.deepEqual(log().slice(-3), [
      'dm-remap: Device disk suspended',
      'dm-remap: Device disk resumed',
      'dm-remap: Device disk removed',
    ]);
  });

  it('knows its devices by name, and refuses names that are taken or unknown', async () => {
    const [b, a] = [await imagesOf('b'), await imagesOf('a')];
    await machine.create(b);
    const device = await machine.create(a);
    assert.deepEqual(
      machine.devices().map(({ name }) => name),
      ['a', 'b'],
    );
    assert.equal(machine.device('a'), device);
    await assert.rejects(machine.create(a), { code: 'EEXIST' });
    await assert.rejects(machine.create({ ...a, name: 'c' }), { code: 'EBUSY' });
    for (const refused of [
      machine.remove('x'),
      machine.suspend('x'),
      machine.resume('x'),
      machine.reload(['x']),
    ])
      await assert.rejects(refused, { code: 'ENODEV' });
    assert.equal(machine.devices().length, 2);
  });

  it('knows after a reload, a removal and a reboot what a device answered to listbadblocks', async () => {
    const spec = await imagesOf('disk');
    let device = await machine.create(spec);
    await device.injectErrors({ sectors: [[60, 3]] });
    const list = folder.path('list.txt');
    await writeFile(list, await device.message('listbadblocks'));
    const again: (() => Promise<unknown>)[] = [
      () => machine.reload(),
      () => machine.remove('disk').then(() => machine.create(spec)),
      () => machine.reboot({ powerLoss: true, seed: 1, reassemble: () => machine.create(spec) }),
    ];
    for (const assemble of again) {
      await device.clearErrors();
      await assemble();
      device = machine.device('disk')!;
      await device.injectErrors({ mapfile: list });
      assert.equal(await device.message('listbadblocks'), '60\n61\n62\n');
    }
  });

  it('names the spare in a refusal, logs it, and leaves the images free', async () => {
    const spec = await imagesOf('disk');
    await rm(spec.spares[0]!);
    await createImage(spec.spares[0]!, 8192);
    await assert.rejects(machine.create(spec), (error: RemapError) => {
      assert.equal(error.code, 'ENODATA');
      return error.message.startsWith(`${spec.spares[0]}: `);
    });
    assert.match(log().join('\n'), /^dm-remap: ERROR: /m);
    await rm(spec.spares[0]!);
    await createImage(spec.spares[0]!, 300);
    await assert.rejects(machine.create(spec), { code: 'ENOSPC' });
    assert.match(log().join('\n'), /Spare device insufficient: 300 < /);
  });

  it('says in the log that an image is not whole sectors, and leaves its last bytes alone', async () => {
    const spec = await imagesOf('disk');
    await appendFile(spec.main, 'x');
    await appendFile(spec.spares[0]!, 'left over');
    await machine.create(spec);
    const notes = log().filter((line) => line.includes('is not whole sectors'));
    assert.equal(notes.length, 2);
    assert.match(notes[0]!, /WARNING: .*disk\.img is not whole sectors: 1 byte after sector \d+ are left/);
    await machine.remove('disk');
    assert.equal((await readFile(spec.spares[0]!)).subarray(-9).toString(), 'left over');
  });

  it('refuses a container as main or as spare, and leaves it as it is', async () => {
    const spec = await imagesOf('disk');
    for (const path of [spec.main, spec.spares[0]!]) {
      const before = await readFile(path);
      await writeFile(path, Buffer.concat([Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), before.subarray(8)]));
      const packed = await readFile(path);
      await assert.rejects(machine.create(spec), { code: 'EINVAL', details: { path, container: 'qcow2' } });
      assert.ok((await readFile(path)).equals(packed));
      await writeFile(path, before);
    }
    await machine.create(spec);
  });

  it('loads the metadata module for all devices that can use it, and for none if none can', async () => {
    await machine.unloadModule('metadata');
    const bad = await machine.create(await imagesOf('bad'));
    await bad.injectErrors({ on: 'spare', sectors: [[0, 1280]] });
    await assert.rejects(machine.loadModule('metadata'), { code: 'EIO', message: /^the metadata could/ });
    assert.equal(machine.isLoaded('metadata'), false);
    const good = await machine.create(await imagesOf('good'));
    await assert.rejects(machine.loadModule('metadata'), {
      code: 'EIO',
      message: /^dm-remap-v4-metadata is loaded, but bad can't keep a remap table: /,
    });
    assert.deepEqual([machine.isLoaded('metadata'), bad.persistent, good.persistent], [true, false, true]);
    await bad.clearErrors();
    await machine.loadModule('metadata');
    assert.equal(bad.persistent, true);
  });

  it('loads and unloads modules, which devices pin', async () => {
    await machine.create(await imagesOf('disk'));
    assert.deepEqual(machine.modules().find(({ name }) => name === 'real')?.usedBy, ['disk']);
    await assert.rejects(machine.unloadModule('metadata'), { code: 'EBUSY', message: /in use by disk/ });
    await machine.remove('disk');
    await machine.unloadModule('real');
    await assert.rejects(machine.create(await imagesOf('other')), {
      code: 'EINVAL',
      message: /load it first/,
    });
    await machine.loadModule('dm-remap-v4-real');
    assert.equal(machine.isLoaded('real'), true);
    await assert.rejects(machine.loadModule('linear'), { code: 'EINVAL' });
    assert.deepEqual(log().slice(-2), [
      'dm-remap: Module dm-remap-v4-real unloaded',
      'dm-remap: Module dm-remap-v4-real loaded',
    ]);
  });

  it('reloads in the order of the published test, and tells each step', async () => {
    await machine.create(await imagesOf('disk'));
    const steps: string[] = [];
    const { before, after } = await machine.reload(undefined, {
      waitMs: 1,
      onStep: (step) => steps.push(step),
    });
    assert.deepEqual(steps, [
      'suspend disk',
      'resume disk',
      'remove disk',
      'unload real',
      'unload stats',
      'wait 0.001 s',
      'load stats',
      'load real',
      'create disk',
    ]);
    assert.deepEqual([before[0]!.name, after[0]!.name], ['disk', 'disk']);
  });

  it('tells the states of the devices that were asked about, though all of them are reloaded', async () => {
    await machine.create(await imagesOf('a'));
    const b = await machine.create(await imagesOf('b'));
    const { before, after } = await machine.reload(['a']);
    assert.deepEqual([before.length, after.length, after[0]!.name], [1, 1, 'a']);
    assert.notEqual(machine.device('b'), b);
  });

  it('reloads a suspended device, and loads the modules again when its wait is cancelled', async () => {
    await machine.create(await imagesOf('disk'));
    await machine.suspend('disk');
    const cancel = new AbortController();
    const onStep = (step: string): void => {
      if (step.startsWith('wait')) setImmediate(() => cancel.abort());
    };
    const { after } = await machine.reload(undefined, { waitMs: 3_600_000, signal: cancel.signal, onStep });
    assert.equal(after[0]!.state, 'active');
    await machine.reload(undefined, { waitMs: 3_600_000, signal: cancel.signal });
  });

  it('brings the other devices back when one fails to come back in a reload, and then throws', async () => {
    const [a, b] = [await imagesOf('a'), await imagesOf('b')];
    await machine.create(a);
    await machine.create(b);
    const onStep = (step: string): void => {
      if (step === 'create a') writeFileSync(a.spares[0]!, Buffer.alloc(1280 * 512, 1), { flag: 'r+' });
    };
    await assert.rejects(machine.reload(undefined, { onStep }), { code: 'EINVAL' });
    assert.deepEqual(
      machine.devices().map(({ name }) => name),
      ['b'],
    );
  });

  it('drops everything in a reboot, and says why nothing comes back', async () => {
    await machine.create(await imagesOf('disk'));
    await machine.unloadModule('setup-reassembly');
    const steps: string[] = [];
    const { before, after } = await machine.reboot({ onStep: (step) => steps.push(step) });
    assert.deepEqual([before.length, after.length], [1, 0]);
    assert.deepEqual(steps, ['reboot', 'boot']);
    assert.match(log().join('\n'), /setup-reassembly is not loaded: no device is reassembled/);
  });

  it('drops what was not flushed in a power loss, by the seed', async () => {
    const spec = await imagesOf('disk');
    const device = await machine.create(spec);
    await device.write(1000, taggedSector(1000, 1));
    const steps: string[] = [];
    const reassemble = (): Promise<unknown> => machine.create(spec);
    const { after } = await machine.reboot({
      powerLoss: true,
      seed: 7,
      onStep: (s) => steps.push(s),
      reassemble,
    });
    assert.deepEqual(steps, ['power loss, seed 7', 'boot']);
    assert.equal(after.length, 1);
    assert.match(log().join('\n'), /Power loss \(seed 7\)[\s\S]*disk: \d+ unflushed sectors lost/);
    assert.deepEqual((await machine.device('disk')!.read(1000, 1)).bytes, taggedSector(1000, 1));
  });

  it('removes every device when it closes, also when one of them fails', async () => {
    const a = await machine.create(await imagesOf('a'));
    await machine.create(await imagesOf('b'));
    const close = a.close.bind(a);
    a.close = async () => {
      await close();
      throw new Error('no close');
    };
    await assert.rejects(machine.close(), /no close/);
    assert.deepEqual(machine.devices(), []);
  });
});
