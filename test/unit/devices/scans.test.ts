import assert from 'node:assert/strict';
import { Scans } from '../../../src/devices/scans';
import { type RemapDevice, RemapError, type ScanReport } from '../../../src/engine';
import { contextKeys } from '../../../src/manifest';

type ScanOptions = NonNullable<Parameters<RemapDevice['scan']>[0]>;

const report: ScanReport = {
  scannedSectors: 4096,
  sectorCount: 4096,
  failing: [],
  notRescued: [],
  slow: [],
  rescued: 0,
  seconds: 1,
};

/** A device whose scan lasts until a test ends it. */
class ScannedDevice {
  options: ScanOptions | undefined;
  end: (report: ScanReport) => void = () => {};
  fail: (error: Error) => void = () => {};

  constructor(readonly name: string) {}

  scan(options: ScanOptions): Promise<ScanReport> {
    this.options = options;
    return new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }
}

describe('scans', () => {
  let keys: Map<string, boolean>;
  let scans: Scans;
  const told: [text: string, fraction?: number | undefined][] = [];
  const task = {
    signal: new AbortController().signal,
    report: (text: string, fraction?: number | undefined) => void told.push([text, fraction]),
  };

  beforeEach(() => {
    keys = new Map();
    told.length = 0;
    scans = new Scans({ set: (key, value) => void keys.set(key, value) });
  });

  const start = (device: ScannedDevice, bytesPerSecond = 0) =>
    scans.scan(device as unknown as RemapDevice, bytesPerSecond, task);
  const shown = () => [keys.get(contextKeys.isScanning), keys.get(contextKeys.isScanPaused)];

  it('show that one runs, and how far it is', async () => {
    const device = new ScannedDevice('disk');
    const scan = start(device, 1000);
    assert.deepEqual(shown(), [true, false]);
    assert.equal(device.options?.bytesPerSecond, 1000);
    device.options?.onProgress?.({ scannedSectors: 1024, sectorCount: 4096 });
    assert.deepEqual(told, [['512 KiB of 2 MiB', 0.25]]);
    device.end(report);
    assert.equal(await scan, report);
    assert.deepEqual(shown(), [false, false]);
  });

  it('run one at a time for a device', async () => {
    const device = new ScannedDevice('disk');
    const scan = start(device);
    assert.equal(device.options?.bytesPerSecond, undefined);
    const isBusy = (error: unknown) => error instanceof RemapError && error.code === 'EBUSY';
    await assert.rejects(start(new ScannedDevice('disk')), isBusy);
    assert.deepEqual(shown(), [true, false]);
    device.fail(new RemapError('ECANCELED', 'cancelled'));
    await assert.rejects(scan, /cancelled/);
    const again = start(device);
    device.end(report);
    await again;
  });

  it('are paused together and go on together; a pause ends with the last scan', async () => {
    scans.pause();
    assert.equal(scans.isPaused, false);
    const [first, second] = [new ScannedDevice('first'), new ScannedDevice('second')];
    const running = [start(first), start(second)];
    scans.pause();
    assert.deepEqual(shown(), [false, true]);
    assert.ok(first.options?.pause?.isPaused && second.options?.pause?.isPaused);
    scans.resume();
    assert.deepEqual(shown(), [true, false]);
    scans.pause();
    first.end(report);
    await running[0];
    assert.equal(scans.isPaused, true);
    second.end(report);
    await running[1];
    assert.equal(scans.isPaused, false);
    assert.deepEqual(shown(), [false, false]);
  });
});
