import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import {
  addSpareOptions,
  assembleOptions,
  clearErrorsOptions,
  createDeviceOptions,
  injectErrorsOptions,
  listRemapsOptions,
  markerOptions,
  readOptions,
  rebootOptions,
  reloadModuleOptions,
  runPersistenceTestOptions,
  scanOptions,
  statusOptions,
  writeOptions,
} from '../../../src/contract/commandArguments';
import { RemapError, SCENARIOS } from '../../../src/engine';

const folder = resolve('/disks');

function refuses(read: () => unknown, says: RegExp): void {
  assert.throws(
    read,
    (error) => error instanceof RemapError && error.code === 'EINVAL' && says.test(error.message),
  );
}

describe('the options of the commands', () => {
  it('all absent are what the commands do by themselves', () => {
    assert.deepEqual(assembleOptions(undefined), { format: false, acceptMain: false });
    assert.deepEqual(listRemapsOptions(undefined), {});
    assert.deepEqual(markerOptions(undefined), {});
    assert.deepEqual(reloadModuleOptions(undefined), { wait: undefined });
    assert.deepEqual(rebootOptions(undefined), { powerLoss: false });
    assert.deepEqual(statusOptions(undefined), { dialect: undefined });
    assert.deepEqual(scanOptions(undefined), { bytesPerSecond: undefined });
    assert.deepEqual(addSpareOptions(undefined), { sectors: undefined });
    assert.deepEqual(runPersistenceTestOptions(undefined, folder), { scenarios: SCENARIOS, settings: {} });
  });

  it('of createDevice: a path and two sizes, which are needed, a flakey layer and markers', () => {
    const needed = { path: 'disk.remap', mainSectors: 4096, spareSectors: 2048 };
    assert.deepEqual(createDeviceOptions(needed, folder), { ...needed, path: join(folder, 'disk.remap') });
    const markers = { sectors: [7], text: 'x' };
    const full = createDeviceOptions({ ...needed, flakey: '5 2', markers }, folder);
    assert.deepEqual([full.flakey, full.markers], ['5 2', markers]);
    for (const name of Object.keys(needed)) {
      refuses(
        () => createDeviceOptions({ ...needed, [name]: undefined }, folder),
        RegExp(`"${name}" is missing`),
      );
    }
    refuses(() => createDeviceOptions({ ...needed, markers: { sectors: 5 } }, folder), /"sectors"/);
    refuses(() => createDeviceOptions(needed, undefined), /"path" is relative/);
  });

  it('of read: at most as many sectors as one text can hold', () => {
    assert.deepEqual(readOptions({ sector: 5, count: 2 }), { sector: 5, count: 2, from: 'device' });
    assert.equal(readOptions({ sector: 0, count: 1, from: 'spare' }).from, 'spare');
    refuses(() => readOptions({ sector: 0, count: 1, from: 'disk' }), /"from" must be one of/);
    assert.equal(readOptions({ sector: 0, count: 524_288 }).count, 524_288);
    refuses(() => readOptions({ sector: 0, count: 524_289 }), /at most 524288 sectors/);
  });

  it('of write: a sector and bytes', () => {
    const { sector, bytes } = writeOptions({ sector: 5, base64: 'AAE=' });
    assert.deepEqual([sector, ...bytes], [5, 0, 1]);
    refuses(() => writeOptions({ sector: 5 }), /"base64" is missing/);
  });

  it('of injectErrors: something to inject', () => {
    assert.deepEqual(injectErrorsOptions({ sectors: [[5, 1]], on: 'spare' }, folder), {
      sectors: [[5, 1]],
      on: 'spare',
    });
    assert.deepEqual(injectErrorsOptions({ mapfile: 'disk.map', mode: 'dust' }, folder), {
      mapfile: join(folder, 'disk.map'),
      mode: 'dust',
    });
    assert.deepEqual(injectErrorsOptions({ mapfile: 'list.txt', blockSize: 4096 }, folder), {
      mapfile: join(folder, 'list.txt'),
      blockSize: 4096,
    });
    refuses(() => injectErrorsOptions({ mapfile: 'list.txt', blockSize: '4k' }, folder), /"blockSize"/);
    refuses(() => injectErrorsOptions({ mode: 'dust', blockSize: 512 }, folder), /nothing to inject/);
  });

  it('of clearErrors: all, or some sectors of main or of a spare', () => {
    assert.equal(clearErrorsOptions(undefined), 'all');
    assert.deepEqual(clearErrorsOptions({ sectors: [[5, 2]] }), { disk: 'main', sectors: [[5, 2]] });
    assert.deepEqual(clearErrorsOptions({ sectors: [[5, 2]], on: 'spare' }), { disk: 0, sectors: [[5, 2]] });
    assert.deepEqual(clearErrorsOptions({ sectors: [[5, 2]], on: 'spare', member: 2 }), {
      disk: 2,
      sectors: [[5, 2]],
    });
    refuses(() => clearErrorsOptions({ on: 'spare' }), /"sectors"/);
  });

  it('of runPersistenceTest: scenarios by name, settings, a folder and a device', () => {
    const [first] = SCENARIOS;
    const test = runPersistenceTestOptions(
      { scenarios: [first!.name], settings: { seed: 7, soakSeconds: 0.5 }, folder: 'out', device: 'disk' },
      folder,
    );
    assert.deepEqual(test, {
      scenarios: [first],
      settings: { seed: 7, soakSeconds: 0.5 },
      folder: join(folder, 'out'),
      device: 'disk',
    });
    refuses(() => runPersistenceTestOptions({ settings: { reloadCount: 0 } }, folder), /"reloadCount"/);
    refuses(() => runPersistenceTestOptions({ scenarios: ['no-such'] }, folder), /no-such/);
  });

  it('of the others', () => {
    assert.deepEqual(assembleOptions({ format: true, acceptMain: true }), { format: true, acceptMain: true });
    assert.deepEqual(listRemapsOptions({ offset: 1, limit: 2 }), { offset: 1, limit: 2 });
    assert.deepEqual(markerOptions({ sectors: [1], text: 'x' }), { sectors: [1], text: 'x' });
    assert.deepEqual(reloadModuleOptions({ wait: 0 }), { wait: 0 });
    assert.deepEqual(rebootOptions({ powerLoss: true, seed: 5 }), { powerLoss: true, seed: 5 });
    assert.deepEqual(statusOptions({ dialect: 'head' }), { dialect: 'head' });
    assert.deepEqual(scanOptions({ bytesPerSecond: 0 }), { bytesPerSecond: 0 });
    assert.deepEqual(addSpareOptions({ sectors: 4096 }), { sectors: 4096 });
    refuses(() => statusOptions({ dialect: 'v5' }), /one of v4\.0\.3, head/);
    refuses(() => addSpareOptions({ sectors: 0 }), /at least 1/);
  });
});
