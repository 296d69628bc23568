import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { DeviceInfo, MetadataReport, RemapListing } from '../../src/engine/device/deviceContracts';
import { driver } from '../support/extension/driver';
import { notifications } from '../support/extension/notifications';
import { call, Folder, fails, sparseFile, until } from '../support/extension/remap';

const folder = new Folder('upkeep');
const MIB = 2 ** 20;

interface ScanReport {
  readonly scannedSectors: number;
  readonly sectorCount: number;
  readonly failing: [number, number][];
  readonly rescued: number;
  readonly seconds: number;
}

/** A limit at which a scan takes about two seconds, so that a test can act on it. */
const slowly = { bytesPerSecond: 48 * MIB };

function startScan(options: object = slowly): { report: Promise<ScanReport>; isDone: () => boolean } {
  let done = false;
  const report = call<ScanReport>('remap.scan', 'scanned', options);
  const settle = () => {
    done = true;
  };
  report.then(settle, settle);
  return { report, isDone: () => done };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a scan of a device', () => {
  before(async () => {
    await folder.create();
    await call('remap.createDevice', {
      path: 'upkeep/scanned.remap',
      mainSectors: 204_800,
      spareSectors: 102_400,
    });
  });

  after(() => folder.remove());

  afterEach(() => call('remap.clearErrors', 'scanned'));

  it('finds nothing on a healthy device', async () => {
    const { failing, rescued, scannedSectors, sectorCount } = await startScan({}).report;
    assert.deepEqual({ failing, rescued }, { failing: [], rescued: 0 });
    assert.deepEqual([scannedSectors, sectorCount], [204_800, 204_800]);
  });

  it('names the sectors that stay unreadable, and makes up no data for them', async () => {
    const sectors = [
      [3000, 2],
      [70_000, 1],
    ];
    await call('remap.injectErrors', 'scanned', { sectors });
    const { failing, rescued } = await startScan({}).report;
    assert.deepEqual({ failing, rescued }, { failing: sectors, rescued: 0 });
    const { remaps } = await call<DeviceInfo>('remap.getDevice', 'scanned');
    assert.equal(remaps, 0);
  });

  it('keeps to its limit, which the device itself does not have', async () => {
    const { seconds, sectorCount } = await startScan({ bytesPerSecond: 100 * MIB }).report;
    // The first 4 MiB are read before the limit makes the scan wait.
    assert.ok(seconds >= (sectorCount * 512 - 4 * MIB) / (100 * MIB) - 0.1, `${seconds} s`);
  });

  it('is held while it is paused, and goes on', async () => {
    const scan = startScan();
    await call('remap.pauseScan');
    await wait(3000);
    assert.equal(scan.isDone(), false);
    await call('remap.resumeScan');
    assert.equal((await scan.report).scannedSectors, 204_800);
  });

  it('runs once at a time, beside other work on the device', async () => {
    const scan = startScan();
    await fails(/^EBUSY: a scan of scanned runs already$/, 'remap.scan', 'scanned', slowly);
    const base64 = Buffer.alloc(512, 0x5a).toString('base64');
    await call('remap.write', 'scanned', { sector: 9, base64 });
    const read = await call<{ base64: string }>('remap.read', 'scanned', { sector: 9, count: 1 });
    assert.equal(read.base64, base64);
    assert.equal(scan.isDone(), false);
    assert.deepEqual((await scan.report).failing, []);
  });

  it('can be cancelled, also while it is paused, and run again', async function () {
    driver.require(this);
    for (const isPaused of [false, true]) {
      const scan = startScan({ bytesPerSecond: 4 * MIB });
      const refused = assert.rejects(scan.report, /^Error: ECANCELED: /);
      if (isPaused) await call('remap.pauseScan');
      await until('its progress is shown', async () =>
        (await notifications()).some((text) => /^Scanning a device.*\d+ MiB of 100 MiB/.test(text)),
      );
      await driver.workbench.click('.notifications-center .monaco-button:has-text("Cancel")');
      await refused;
      await call('notifications.hideList');
    }
    assert.equal((await startScan({}).report).scannedSectors, 204_800);
  });

  it('ends with its device, with one clear error', async () => {
    const scan = startScan();
    const refused = assert.rejects(scan.report, /^Error: ENODEV: the device was removed$/);
    await call('remap.remove', 'scanned');
    await refused;
    await call('remap.assemble', 'scanned');
    assert.equal((await startScan({}).report).scannedSectors, 204_800);
  });

  it('refuses what is no limit', async () => {
    for (const bytesPerSecond of [-1, 1.5, '9']) {
      await fails(/^EINVAL: .*bytesPerSecond/, 'remap.scan', 'scanned', { bytesPerSecond });
    }
    await fails(/^ENODEV: /, 'remap.scan', 'unknown');
  });
});

describe('a spare that is added', () => {
  const device = 'pool';
  const deviceFile = folder.file('pool.remap');
  const info = () => call<DeviceInfo>('remap.getDevice', device);

  before(async () => {
    await folder.create();
    // The spare has room for about 700 remaps.
    await call('remap.createDevice', { path: deviceFile, mainSectors: 12_288, spareSectors: 2048 });
    const text = await readFile(deviceFile, 'utf8');
    await writeFile(deviceFile, text.replace('{', '{\n  // A note of a person.'));
  });

  after(() => folder.remove());

  it('makes the pool grow, and stands in the device file, whose comments stay', async () => {
    const before = await info();
    const after = await call<DeviceInfo>('remap.addSpare', device, folder.file('second.img'), {
      sectors: 8192,
    });
    assert.equal(after.spareSectors, before.spareSectors + 8192);
    // The entries that both spares have room for take room of their own on the second one.
    assert.ok(after.spareFree > before.spareFree + 5000, `${before.spareFree} -> ${after.spareFree}`);
    const text = await readFile(deviceFile, 'utf8');
    assert.match(text, /\/\/ A note of a person\./);
    assert.match(text, /"spare": \[\s*"pool-spare\.img",\s*"second\.img"\s*\]/);
  });

  it('takes what the first has no room for', async () => {
    const count = 1500;
    const bytes = Buffer.from(Uint8Array.from({ length: count * 512 }, (_, i) => (i >> 9) * 7 + i));
    await call('remap.injectErrors', device, { sectors: [[100, count]] });
    await call('remap.write', device, { sector: 100, base64: bytes.toString('base64') });
    assert.equal((await info()).remaps, count);
    const read = await call<{ base64: string; failed: unknown[] }>('remap.read', device, {
      sector: 100,
      count,
    });
    assert.ok(Buffer.from(read.base64, 'base64').equals(bytes));
    assert.deepEqual(read.failed, []);
  });

  it('is there again when the device file is assembled, with what it holds', async () => {
    await call('remap.remove', device);
    await call('remap.assemble', deviceFile);
    const { total } = await call<RemapListing>('remap.listRemaps', device);
    assert.equal(total, 1500);
    const read = await call<{ base64: string }>('remap.read', device, { sector: 1599, count: 1 });
    const [first] = Buffer.from(read.base64, 'base64');
    assert.equal(first, (1499 * 7 + 1499 * 512) & 0xff);
  });

  it('is no reason to offer another assembly', async function () {
    driver.require(this);
    const shown = await notifications();
    await call('notifications.hideList');
    assert.deepEqual(
      shown.filter((text) => text.includes('has changed')),
      [],
    );
  });

  it('is refused without a trace when it does not fit', async () => {
    const text = await readFile(deviceFile, 'utf8');
    const before = await info();
    await writeFile(folder.file('foreign.img'), Buffer.alloc(8192 * 512, 'not yours'));
    await sparseFile(folder.file('tiny.img'), 512 * 512);
    const tries: [RegExp, string, object?][] = [
      [/^EEXIST: .*foreign\.img/, 'foreign.img', { sectors: 8192 }],
      [/^E\w+: .*foreign\.img/, 'foreign.img'],
      [/^ENOSPC: the spare image has 512 sectors/, 'tiny.img'],
      [/^ENOSPC: the spare image has 512 sectors/, 'small.img', { sectors: 512 }],
      [/^ENOENT: .*missing\.img/, 'missing.img'],
      [/^EBUSY: .*second\.img/, 'second.img'],
      [/^EBUSY: .*pool\.img/, 'pool.img'],
    ];
    for (const [pattern, name, options] of tries) {
      await fails(pattern, 'remap.addSpare', device, folder.file(name), ...(options ? [options] : []));
    }
    assert.equal(existsSync(folder.file('small.img')), false);
    assert.ok((await readFile(folder.file('foreign.img'))).equals(Buffer.alloc(8192 * 512, 'not yours')));
    assert.equal(await readFile(deviceFile, 'utf8'), text);
    assert.deepEqual(await info(), before);
  });

  it('needs the module spare-pool', async () => {
    await call('remap.createDevice', {
      path: folder.file('single.remap'),
      mainSectors: 12_288,
      spareSectors: 4096,
    });
    await call('remap.remove', device);
    await call('remap.unloadModule', 'spare-pool');
    try {
      const path = folder.file('third.img');
      await fails(/^EINVAL: .*spare-pool/, 'remap.addSpare', 'single', path, { sectors: 8192 });
      assert.equal(existsSync(path), false);
    } finally {
      await call('remap.loadModule', 'spare-pool');
    }
  });
});

describe('exported paths', () => {
  before(async () => {
    await folder.create();
    await call('remap.createDevice', {
      path: folder.file('paths.remap'),
      mainSectors: 12_288,
      spareSectors: 4096,
    });
    await call('remap.remapSector', 'paths', 77);
  });

  after(() => folder.remove());

  it('stand on the spare for the script, beside four copies for the kernel', async () => {
    const report = await call<MetadataReport>('remap.exportPaths', 'paths');
    assert.equal(report.copies.filter(({ valid }) => valid).length, 4);
    assert.equal(report.remaps, 1);
    const [script] = [await readFile(folder.file('paths-spare.img'))];
    assert.ok(script.subarray(0, 4096).includes(folder.file('paths.img')));
    assert.ok(script.subarray(0, 4096).includes(folder.file('paths-spare.img')));
  });

  it('keep the device and its remaps as they were', async () => {
    await call('remap.remove', 'paths');
    const device = await call<DeviceInfo>('remap.assemble', 'paths');
    assert.deepEqual([device.state, device.remaps], ['active', 1]);
  });

  it('make room for the metadata copy again on request', async () => {
    const report = await call<MetadataReport>('remap.repairMetadata', 'paths');
    assert.deepEqual(
      report.copies.map(({ valid }) => valid),
      [true, true, true, true, true],
    );
  });

  it('need the module metadata', async () => {
    await until('nothing uses it', async () => {
      await call('remap.remove', 'paths').catch(() => undefined);
      return true;
    });
    await call('remap.unloadModule', 'metadata');
    try {
      await call('remap.assemble', 'paths');
      await fails(/^E\w+: .*metadata/, 'remap.exportPaths', 'paths');
      await call('remap.remove', 'paths');
    } finally {
      await call('remap.loadModule', 'metadata');
    }
  });
});
