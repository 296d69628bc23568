import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import { severityOf, type Trouble } from '../../../src/devices/trouble';
import { troublesOf } from '../../../src/devices/troublesOf';
import { RESTRICTED } from '../../../src/devices/writePolicy';
import { createImages, type DeviceSpec, Machine, type RemapDevice, RemapError } from '../../../src/engine';
import { needing } from '../../support/needs';
import { tempFolder } from '../../support/tempFolder';

const markers = { sectors: [], text: '' };

interface Manifest {
  readonly contributes: { readonly commands: { readonly command: string; readonly title: string }[] };
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const titles = new Map(contributes.commands.map(({ command, title }) => [command, title]));

/** Severity, words and cure of each trouble, after its cure's title was held against the manifest. */
function summary(troubles: readonly Trouble[]): string[] {
  return troubles.map(({ severity, short, cure }) => {
    if (titles.has(cure.command)) assert.equal(cure.title, titles.get(cure.command));
    return `${severity}: ${short} -> ${cure.title}`;
  });
}

describe('what is wrong with a device', () => {
  const folder = tempFolder();
  let machine: Machine;

  beforeEach(() => {
    machine = new Machine();
  });
  afterEach(() => machine.close().catch(() => undefined));

  async function assemble(
    change: Partial<DeviceSpec> = {},
    { mainSectors = 4096, spareSectors = 2048 } = {},
  ): Promise<RemapDevice> {
    const [main, spare] = [folder.path('disk.img'), folder.path('disk-spare.img')];
    await createImages({ main, mainSectors, spare, spareSectors });
    const base = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
    return machine.create({ ...base, ...change });
  }

  function entryOf(device: RemapDevice | undefined, more: Partial<DeviceEntry> = {}): DeviceEntry {
    const known = { deviceKey: 'key', name: 'disk', deviceFile: '/disk.remap', content: undefined };
    return { ...known, device, problem: undefined, ...more };
  }

  const told = (device: RemapDevice) => summary(troublesOf(entryOf(device)));

  it('is nothing for a healthy one, and for one that is not assembled', async () => {
    assert.deepEqual(told(await assemble()), []);
    assert.deepEqual(troublesOf(entryOf(undefined)), []);
  });

  it('is a device file with an error, or that the device is refused', () => {
    const problem = new RemapError('EINVAL', 'line 3 is wrong');
    const [trouble] = troublesOf(entryOf(undefined, { problem }));
    assert.equal(trouble!.text, 'line 3 is wrong.');
    assert.deepEqual(summary([trouble!]), ['error: not assembled -> Open Device File as Text']);
    const content = { main: '/m.img', spares: ['/s.img'], flakey: null, markers: null };
    const refused = troublesOf(entryOf(undefined, { problem, content }));
    assert.deepEqual(summary(refused), ['error: not assembled -> Assemble Device...']);
    assert.deepEqual(refused[0]!.cure.args, [{ treeReference: true, deviceKey: 'key' }]);
    const locked = new RemapError('EBUSY', 'in use', { path: '/m.img', lockPath: '/.m.img.lock' });
    const doubtful = troublesOf(entryOf(undefined, { problem: locked, content }));
    assert.deepEqual(summary(doubtful), ['error: not assembled -> Break Lock...']);
  });

  it('is sectors that can not be read, and harmless once all are remapped', async () => {
    const device = await assemble();
    await device.injectErrors({ sectors: [[100, 3]] });
    await device.write(100, new Uint8Array(512));
    const [trouble] = troublesOf(entryOf(device));
    assert.equal(trouble!.text, "2 sectors can't be read until written, from sector 101 on.");
    assert.deepEqual(summary([trouble!]), ['warning: 3 bad sectors -> Open Sectors...']);
    assert.deepEqual(trouble!.cure.args[1], { sector: 101, view: 'device' });
    await device.write(101, new Uint8Array(1024));
    assert.deepEqual(told(device), ['info: 3 bad sectors -> Open Sectors...']);
  });

  it('is what a rescue never read', async () => {
    await writeFile(folder.path('disk.img.map'), '0x0 ? 1\n0x0 0x1000 *\n0x1000 0x1FF000 +\n');
    assert.deepEqual(told(await assemble()), ['warning: 8 not rescued -> Open Sectors...']);
  });

  it('is a rescue map that fits and is not used', async () => {
    const offeredMap = { path: '/a/disk.log', badSectors: 2, notRescued: 30 };
    const entry = entryOf(await assemble(), { offeredMap });
    assert.deepEqual(summary(troublesOf(entry)), ['warning: disk.log not used -> Use Rescue Map...']);
  });

  it('is a spare that is nearly full, and one that is full', async () => {
    const device = await assemble({}, { spareSectors: 1300 });
    const room = device.info().spareFree;
    const least = Math.floor(room / 10);
    await device.injectErrors({ sectors: [[100, room + 1]] });
    await device.write(100, new Uint8Array((room - least - 1) * 512));
    assert.deepEqual(told(device).length, 1);
    await device.write(100 + room - least - 1, new Uint8Array(512));
    assert.ok(told(device).includes(`warning: room for ${least} more -> Add Spare...`), told(device).join());
    await device.write(100 + room - least, new Uint8Array(least * 512));
    assert.ok(told(device).includes('warning: spare full -> Add Spare...'), told(device).join());
    await assert.rejects(device.write(100 + room, new Uint8Array(512)));
    assert.equal(told(device)[0], 'error: spare full -> Add Spare...');
    assert.equal(told(device).filter((line) => line.includes('spare full')).length, 1);
  });

  it('is damaged metadata copies, worst when none is left', async () => {
    const device = await assemble();
    await device.injectErrors({ sectors: [[256, 1]], on: 'spare' });
    await device.repairMetadata();
    assert.deepEqual(
      told(device).filter((line) => line.includes('copy')),
      ['warning: 1 metadata copy damaged -> Repair Metadata'],
    );
    await device.injectErrors({ sectors: [0, 512, 768, 1024].map((sector) => [sector, 1]), on: 'spare' });
    await device.repairMetadata().catch(() => undefined);
    const worst = troublesOf(entryOf(device)).find(({ kind }) => kind === 'copies');
    assert.deepEqual(summary([worst!]), ['error: 5 metadata copies damaged -> Repair Metadata']);
    await device.clearErrors();
    await device.repairMetadata();
    assert.deepEqual(told(device), []);
    await device.exportPaths();
    assert.deepEqual(told(device), [], 'a copy that was given up for paths is no damage');
  });

  it(
    'is that an image is displaced, until what it holds is saved',
    needing('openFilesGo', async () => {
      const device = await assemble();
      await rm(folder.path('disk.img'));
      await device.checkPlaces();
      const [trouble] = troublesOf(entryOf(device));
      assert.equal(trouble!.text, `${folder.path('disk.img')} was deleted while it was open.`);
      assert.deepEqual(told(device), ['error: image displaced -> Save Open Image As...']);
      await device.saveOpenImage(folder.path('saved.img'));
      assert.deepEqual(told(device), ['warning: image displaced, saved -> Remove Device...']);
    }),
  );

  it('is harmless that it was opened read-only', async () => {
    await assemble();
    const { spec } = machine.device('disk')!;
    await machine.remove('disk');
    const device = await machine.create({ ...spec, readOnly: 'on request' });
    assert.deepEqual(told(device), ['info: opened read-only -> Open Device for Writing']);
    await machine.remove('disk');
    const restricted = await machine.create({ ...spec, readOnly: RESTRICTED });
    assert.deepEqual(told(restricted), ['info: opened read-only -> Manage Workspace Trust']);
  });

  it('is that it is suspended, and more so when work waits', async () => {
    const device = await assemble();
    await device.suspend();
    assert.deepEqual(told(device), ['info: suspended -> Resume Device']);
    const read = device.read(0, 1);
    assert.deepEqual(told(device), ['warning: suspended, I/O waits -> Resume Device']);
    device.resume();
    await read;
    assert.deepEqual(told(device), []);
    await device.injectErrors({ sectors: [[7, 1]] });
    await device.suspend();
    assert.deepEqual(told(device), [
      'info: suspended -> Resume Device',
      'warning: 1 bad sector -> Open Sectors...',
    ]);
    assert.equal(severityOf(troublesOf(entryOf(device))), 'warning');
  });

  it('is the flakey layer, and a module that is missing', async () => {
    await machine.unloadModule('metadata').catch(() => undefined);
    const device = await assemble({ flakey: '0 1 1 error_reads' });
    assert.deepEqual(told(device), [
      'warning: main fails on purpose -> Clear Errors',
      'info: remaps not kept -> Load Module...',
    ]);
  });

  it('is a health score that is critical', async () => {
    const device = await assemble();
    await device.injectErrors({ sectors: [[7, 30]] });
    for (let i = 0; i < 30; i++) await device.read(7 + i, 1);
    for (let i = 0; i < 15; i++) await device.read(7, 1);
    assert.ok(told(device).includes('warning: health 0 of 100 -> Scan Device'), told(device).join());
  });
});
