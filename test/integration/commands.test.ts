import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { DeviceInfo, MetadataReport, RemapListing } from '../../src/engine/device/deviceContracts';
import type { ModuleState } from '../../src/engine/machine/machineContracts';
import { call, Folder, fails } from '../support/extension/remap';

interface Sectors {
  base64: string;
  failed: [number, number][];
}

const folder = new Folder('commands');
const sectorOf = (text: string) => Buffer.concat([Buffer.from(text), Buffer.alloc(512 - text.length)]);

describe('commands', () => {
  let disk: DeviceInfo;

  before(async () => {
    await folder.create();
    disk = await call('remap.createDevice', {
      path: 'commands/cmd.remap',
      mainSectors: 204_800,
      spareSectors: 102_400,
      markers: { sectors: [1000, 2000], text: 'mark_{sector}' },
    });
  });

  after(() => folder.remove());

  it('createDevice makes two sparse images and a device file, and assembles them', () => {
    assert.deepEqual(disk, {
      name: 'cmd',
      path: folder.file('cmd.remap'),
      main: folder.file('cmd.img'),
      spare: folder.file('cmd-spare.img'),
      sectors: 204_800,
      spareSectors: 102_400,
      state: 'active',
      remaps: 0,
      spareFree: disk.spareFree,
      badSectors: 0,
      notRescued: 0,
      flakey: null,
      statistics: disk.statistics,
      metadata: { valid: 5, stale: disk.metadata.stale, sequence: disk.metadata.sequence },
      markers: { sectors: [1000, 2000], text: 'mark_{sector}' },
      reasons: [],
    });
    // 101,120 sectors are free, and of 18 sectors two are for the entries of the other 16.
    assert.equal(disk.spareFree, 89_884);
    assert.match(
      readFileSync(folder.file('cmd.remap'), 'utf8'),
      /"main": "cmd\.img",\n {2}"spare": "cmd-spare\.img"/,
    );
    assert.equal(readFileSync(folder.file('cmd.img')).length, 204_800 * 512);
  });

  it('a device is named by name, path, relative path, URI and Uri', async () => {
    const path = folder.file('cmd.remap');
    for (const reference of [
      'cmd',
      path,
      'commands/cmd.remap',
      vscode.Uri.file(path),
      vscode.Uri.file(path).toString(),
    ]) {
      assert.equal((await call<DeviceInfo>('remap.getDevice', reference)).name, 'cmd');
    }
  });

  it('listDevices lists it', async () => {
    const devices = await call<DeviceInfo[]>('remap.listDevices');
    assert.deepEqual(
      devices.filter(({ name }) => name === 'cmd').map(({ path }) => path),
      [folder.file('cmd.remap')],
    );
  });

  it('write and read carry sectors as base64', async () => {
    const bytes = Buffer.concat([sectorOf('first'), sectorOf('second')]);
    assert.deepEqual(await call('remap.write', 'cmd', { sector: 40, base64: bytes.toString('base64') }), {
      remapped: [],
    });
    const read = await call<Sectors>('remap.read', 'cmd', { sector: 40, count: 2 });
    assert.deepEqual(read, { base64: bytes.toString('base64'), failed: [], notRescued: [] });
    const main = await call<Sectors>('remap.read', 'cmd', { sector: 40, count: 2, from: 'main' });
    assert.deepEqual(main, read);
  });

  it('injectErrors makes sectors bad, and a write to one remaps it', async () => {
    const device = await call<DeviceInfo>('remap.injectErrors', 'cmd', { sectors: [[50, 2]] });
    assert.equal(device.badSectors, 2);
    const read = await call<Sectors>('remap.read', 'cmd', { sector: 48, count: 6 });
    assert.deepEqual(read.failed, [[50, 2]]);
    const base64 = sectorOf('moved').toString('base64');
    assert.deepEqual(await call('remap.write', 'cmd', { sector: 50, base64 }), { remapped: [50] });
    assert.equal((await call<Sectors>('remap.read', 'cmd', { sector: 50, count: 1 })).base64, base64);
    const { total, remaps } = await call<RemapListing>('remap.listRemaps', 'cmd');
    assert.equal(total, 1);
    assert.equal(remaps[0]!.original, 50);
    assert.equal(remaps[0]!.state, 'active');
    assert.ok(remaps[0]!.spare >= 1280);
    const spare = await call<Sectors>('remap.read', 'cmd', {
      sector: remaps[0]!.spare,
      count: 1,
      from: 'spare',
    });
    assert.equal(spare.base64, base64);
  });

  it('remapSector moves a sector with its bytes', async () => {
    const moved = await call<{ original: number; spare: number }>('remap.remapSector', 'cmd', 40);
    assert.equal(moved.original, 40);
    const read = await call<Sectors>('remap.read', 'cmd', { sector: 40, count: 1 });
    assert.equal(read.base64, sectorOf('first').toString('base64'));
    assert.deepEqual(
      await call('remap.listRemaps', 'cmd', { offset: 1, limit: 1 }).then(
        (list) => (list as RemapListing).remaps[0]!.original,
      ),
      50,
    );
  });

  it('writeMarkers and verifyMarkers use the markers of the device, or those given', async () => {
    assert.deepEqual(await call('remap.writeMarkers', 'cmd'), { written: 2, remapped: [] });
    assert.deepEqual(await call('remap.verifyMarkers', 'cmd'), {
      verified: 2,
      total: 2,
      results: [1000, 2000].map((sector) => ({
        sector,
        ok: true,
        expected: `mark_${sector}`,
        actual: `mark_${sector}`,
        source: 'main',
      })),
    });
    const other = await call<{ verified: number; total: number }>('remap.verifyMarkers', 'cmd', {
      sectors: [1000, 7777],
      text: 'other_{sector}',
    });
    assert.deepEqual([other.verified, other.total], [0, 2]);
  });

  it('suspend and resume change the state', async () => {
    assert.equal((await call<DeviceInfo>('remap.suspend', 'cmd')).state, 'suspended');
    assert.equal((await call<DeviceInfo>('remap.resume', 'cmd')).state, 'active');
  });

  it('status, table and message speak as dmsetup does', async () => {
    const status = await call<string>('remap.status', 'cmd');
    assert.equal(status.split(' ').length, 31);
    assert.ok(status.startsWith(`0 204800 dm-remap-v4 v4.0-phase1.4 ${disk.main} ${disk.spare as string} `));
    assert.equal(status.split(' ')[16], '4294864896');
    const head = await call<string>('remap.status', 'cmd', { dialect: 'head' });
    assert.equal(head.split(' ')[16], '102400');
    assert.equal(
      await call('remap.table', 'cmd'),
      `0 204800 dm-remap-v4 ${disk.main} ${disk.spare as string}`,
    );
    assert.match(await call('remap.message', 'cmd', 'help'), /^Commands: help, status, stats/);
  });

  it('checkMetadata looks at a device, a device file or a spare image', async () => {
    const report = await call<MetadataReport>('remap.checkMetadata', 'cmd');
    assert.deepEqual(
      report.copies.map(({ index, sector, valid }) => [index, sector, valid]),
      [0, 256, 512, 768, 1024].map((sector, index) => [index, sector, true]),
    );
    assert.equal(report.remaps, 2);
    assert.equal(report.copies[report.winner!]!.sequence, report.sequence);
    assert.deepEqual(await call('remap.checkMetadata', disk.spare), report);
    assert.deepEqual(
      await call('remap.repairMetadata', 'cmd').then((r) => (r as MetadataReport).copies.length),
      5,
    );
  });

  it('injectErrors reads files of bad sectors, in the block size that is given, and tells what they named', async () => {
    const mapfile = `${disk.main}.list`;
    const written = async (text: string) => {
      await writeFile(mapfile, text);
      return mapfile;
    };
    type Injected = DeviceInfo & { injection: unknown };
    const inject = async (text: string, options = {}) =>
      call<Injected>('remap.injectErrors', 'cmd', { mapfile: await written(text), ...options });
    const before = (await call<DeviceInfo>('remap.getDevice', 'cmd')).badSectors;
    const list = await inject('600\n', { blockSize: 4096 });
    assert.deepEqual(list.injection, { sectors: 8, flakey: null, hints: [] });
    assert.equal(list.badSectors, before + 8);
    const table = await inject('cmd: 0 204800 flakey 7:0 0 0 1 1 drop_writes\n');
    assert.deepEqual(table.injection, { sectors: 0, flakey: '0 1 1 drop_writes', hints: [] });
    assert.equal(table.flakey, '0 1 1 drop_writes');
    await fails(/^EINVAL: .*\.list, line 2: /, 'remap.injectErrors', 'cmd', {
      mapfile: await written('5\n6 7\n'),
    });
  });

  it('clearErrors heals everything', async () => {
    await call('remap.injectErrors', 'cmd', { flakey: '0 1 1 error_reads' });
    const broken = await call<DeviceInfo>('remap.getDevice', 'cmd');
    assert.equal(broken.flakey, '0 1 1 error_reads');
    const healed = await call<DeviceInfo>('remap.clearErrors', 'cmd');
    assert.deepEqual([healed.badSectors, healed.flakey], [0, null]);
  });

  it('modules load and unload with the kernel’s refusals', async () => {
    const modules = await call<ModuleState[]>('remap.listModules');
    assert.deepEqual(
      modules.map(({ name, loaded }) => [name, loaded]),
      ['stats', 'real', 'metadata', 'spare-pool', 'setup-reassembly'].map((name) => [name, true]),
    );
    assert.ok(modules.find(({ name }) => name === 'real')!.usedBy.includes('cmd'));
    await fails(/^EBUSY: .*real/, 'remap.unloadModule', 'real');
    await fails(/^EINVAL: .*'nothing'/, 'remap.loadModule', 'nothing');
    const without = await call<ModuleState[]>('remap.unloadModule', 'setup-reassembly');
    assert.equal(without.find(({ name }) => name === 'setup-reassembly')!.loaded, false);
    const withIt = await call<ModuleState[]>('remap.loadModule', 'setup-reassembly');
    assert.deepEqual(
      withIt.map(({ loaded }) => loaded),
      [true, true, true, true, true],
    );
  });

  it('reloadModule keeps the remaps and restarts the counters', async () => {
    const { before, after } = await call<{ before: DeviceInfo[]; after: DeviceInfo[] }>(
      'remap.reloadModule',
      'cmd',
      { wait: 0 },
    );
    assert.deepEqual([before.length, after.length], [1, 1]);
    assert.equal(before[0]!.remaps, 2);
    assert.equal(after[0]!.remaps, 2);
    assert.ok(before[0]!.statistics.totalIos > 0);
    assert.equal(after[0]!.statistics.writes, 0);
  });

  it('remove takes the device down and leaves its files; assemble brings it back', async () => {
    assert.equal(await call('remap.remove', 'cmd'), undefined);
    await fails(/^ENODEV: the device "cmd" is not assembled/, 'remap.getDevice', 'cmd');
    assert.ok(existsSync(folder.file('cmd.img')));
    assert.equal((await call<DeviceInfo>('remap.assemble', 'cmd')).remaps, 2);
    assert.equal((await call<DeviceInfo>('remap.assemble', 'commands/cmd.remap')).name, 'cmd');
  });

  it('assemble takes images without a device file, and their device is named after main', async () => {
    await call('remap.remove', 'cmd');
    const device = await call<DeviceInfo>('remap.assemble', { main: 'commands/cmd.img', spare: disk.spare });
    assert.deepEqual([device.name, device.path, device.remaps], ['cmd', null, 2]);
    await call('remap.remove', 'cmd');
    await call('remap.assemble', folder.file('cmd.remap'));
  });

  it('assembleAll assembles what is left', async () => {
    await call('remap.remove', 'cmd');
    const devices = await call<DeviceInfo[]>('remap.assembleAll');
    assert.ok(devices.some(({ name, path }) => name === 'cmd' && path === folder.file('cmd.remap')));
  });

  it('what they return is plain JSON', async () => {
    for (const command of ['getDevice', 'listRemaps', 'checkMetadata', 'verifyMarkers']) {
      const value = await call(`remap.${command}`, 'cmd');
      assert.deepEqual(value, JSON.parse(JSON.stringify(value)), command);
    }
  });

  it('createDevice overwrites nothing', async () => {
    const main = readFileSync(folder.file('cmd.remap'));
    await fails(/^EEXIST: .*cmd\.remap exists/, 'remap.createDevice', {
      path: disk.path,
      mainSectors: 4096,
      spareSectors: 4096,
    });
    assert.deepEqual(readFileSync(folder.file('cmd.remap')), main);
  });
});
