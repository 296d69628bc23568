import assert from 'node:assert/strict';
import type { DeviceInfo, RemapListing } from '../../src/engine/device/deviceContracts';
import { parseStatus } from '../../src/engine/dmsetup/status';
import type { ModuleState } from '../../src/engine/machine/machineContracts';
import { call, Folder, fails } from '../support/extension/remap';

interface Verification {
  verified: number;
  total: number;
  results: { sector: number; ok: boolean; actual: string | null; source: string; reason?: string }[];
}

interface Sectors {
  base64: string;
  failed: [number, number][];
}

const folder = new Folder('persistence');
/** As in the published persistence test: 100 MB and 50 MB, and markers in five sectors. */
const sizes = { mainSectors: 204_800, spareSectors: 102_400 };
const sectors = [1000, 2000, 3000, 5000, 10000];
const markers = { sectors, text: 'test_data_{sector}' };
const singles = sectors.map((sector) => [sector, 1]);
const reloadWait = { wait: 0 };

async function statusOf(name: string) {
  return parseStatus(await call<string>('remap.status', name)).status;
}

async function loadedModules(): Promise<string[]> {
  const modules = await call<ModuleState[]>('remap.listModules');
  return modules.filter(({ loaded }) => loaded).map(({ name }) => name);
}

/** Unloads `metadata`, which needs every device removed first: a module in use can't be unloaded. */
async function unloadMetadata(): Promise<void> {
  for (const { name } of await call<DeviceInfo[]>('remap.listDevices')) await call('remap.remove', name);
  await call('remap.unloadModule', 'metadata');
}

describe('the published persistence test', () => {
  before(() => folder.create());

  after(async () => {
    await call('remap.loadModule', 'metadata');
    await folder.remove();
  });

  it('step by step: markers written through a failing device survive the reload of the module', async () => {
    await unloadMetadata();
    const path = folder.file('report.remap');
    await call('remap.createDevice', { path, ...sizes, flakey: '0 1 1 error_reads', markers });
    assert.deepEqual(await call('remap.writeMarkers', 'report'), { written: 5, remapped: [] });
    const failing = await call<Verification>('remap.verifyMarkers', 'report');
    assert.deepEqual(
      [failing.verified, failing.results.map(({ actual }) => actual)],
      [0, [null, null, null, null, null]],
    );

    const before = await statusOf('report');
    assert.equal(before.writeCount, 5);
    assert.ok(Number(before.readCount) >= 5);
    assert.equal(before.ioOperations, Number(before.readCount) + Number(before.writeCount));
    assert.equal(before.remappedReadCount, 0);
    assert.equal(before.activeMappings, 0);

    await call('remap.reloadModule', 'report', reloadWait);
    const restarted = await statusOf('report');
    assert.deepEqual(
      [restarted.writeCount, restarted.errorCount, restarted.ioOperations],
      [0, 0, restarted.readCount],
    );

    const healthy = await call<DeviceInfo>('remap.clearErrors', 'report');
    assert.equal(healthy.flakey, null);
    const { verified, total, results } = await call<Verification>('remap.verifyMarkers', 'report');
    assert.deepEqual([verified, total], [5, 5]);
    assert.deepEqual(
      results.map(({ sector, actual, source }) => [sector, actual, source]),
      sectors.map((sector) => [sector, `test_data_${sector}`, 'main']),
    );
    const after = await statusOf('report');
    assert.equal(after.ioOperations, Number(after.readCount) + Number(after.writeCount));
    assert.ok(Number(after.readCount) < Number(before.readCount) + 5);
    assert.deepEqual([after.writeCount, after.activeMappings], [0, 0]);
  });

  it('what it could not do: with the metadata module, remaps made by real errors survive', async () => {
    await call('remap.loadModule', 'metadata');
    assert.ok((await loadedModules()).includes('metadata'));
    await call('remap.createDevice', { path: folder.file('kept.remap'), ...sizes, markers });
    await call('remap.injectErrors', 'kept', { sectors: singles });
    assert.deepEqual(await call('remap.writeMarkers', 'kept'), { written: 5, remapped: sectors });

    const { before, after } = await call<{ before: DeviceInfo[]; after: DeviceInfo[] }>(
      'remap.reloadModule',
      'kept',
      reloadWait,
    );
    assert.deepEqual([before[0]!.remaps, after[0]!.remaps], [5, 5]);
    const { total, remaps } = await call<RemapListing>('remap.listRemaps', 'kept');
    assert.equal(total, 5);
    assert.deepEqual(
      remaps.map(({ original, state }) => [original, state]),
      sectors.map((sector) => [sector, 'active']),
    );

    const { verified, results } = await call<Verification>('remap.verifyMarkers', 'kept');
    assert.equal(verified, 5);
    assert.deepEqual(
      results.map(({ source }) => source),
      remaps.map(({ spare }) => `spare sector ${spare}`),
    );
    for (const { original, spare } of remaps) {
      const onSpare = await call<Sectors>('remap.read', 'kept', { sector: spare, count: 1, from: 'spare' });
      assert.ok(
        Buffer.from(onSpare.base64, 'base64').toString('latin1').startsWith(`test_data_${original}\0`),
      );
    }
    await call('remap.clearErrors', 'kept');
    for (const sector of sectors) {
      const onMain = await call<Sectors>('remap.read', 'kept', { sector, count: 1, from: 'main' });
      assert.deepEqual(onMain, { base64: Buffer.alloc(512).toString('base64'), failed: [], notRescued: [] });
    }
    assert.equal((await call<Verification>('remap.verifyMarkers', 'kept')).verified, 5);
  });

  it('without the metadata module the table is gone after the reload, and that is said', async () => {
    await unloadMetadata();
    await call('remap.createDevice', { path: folder.file('lost.remap'), ...sizes, markers });
    await call('remap.injectErrors', 'lost', { sectors: singles });
    const written = await call<{ remapped: number[] }>('remap.writeMarkers', 'lost');
    assert.deepEqual(written.remapped, sectors);
    assert.equal((await call<Verification>('remap.verifyMarkers', 'lost')).verified, 5);

    const { before, after } = await call<{ before: DeviceInfo[]; after: DeviceInfo[] }>(
      'remap.reloadModule',
      'lost',
      reloadWait,
    );
    assert.deepEqual([before[0]!.remaps, after[0]!.remaps], [5, 0]);
    assert.deepEqual(await call('remap.listRemaps', 'lost'), { total: 0, remaps: [] });
    const { verified, results } = await call<Verification>('remap.verifyMarkers', 'lost');
    assert.equal(verified, 0);
    assert.deepEqual(
      results.map(({ actual, reason }) => [actual, reason]),
      sectors.map((sector) => [null, `sector ${sector} cannot be read`]),
    );
    await fails(/^EINVAL: lost keeps no metadata: load dm-remap-v4-metadata/, 'remap.repairMetadata', 'lost');
  });
});
