import assert from 'node:assert/strict';
import { PauseSwitch } from '../../../../src/engine/concurrency/pauseSwitch';
import { scanDevice } from '../../../../src/engine/device/scan';
import { BlockError } from '../../../../src/engine/errors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ManualClock, readRun, TargetRig, taggedRun, taggedSector } from '../../../support/remap/targetRig';
import { turns } from '../../../support/turns';

describe('A scan', () => {
  it('finds what fails, and moves what a retry can read to the spare', async () => {
    const rig = await TargetRig.create({ mainSectors: 10_000 });
    await rig.target.write(0, taggedRun(0, 64, 1));
    rig.main.inject([[10, 3]], { mode: 'error' });
    rig.main.inject([[40, 1]], { mode: 'error', readFailures: 1 });
    rig.main.inject([[9999, 1]], { mode: 'error' });
    const report = await scanDevice(rig.target, {
      remappedSectors: () => rig.target.statistics.remappedSectors,
    });
    assert.deepEqual(report.failing, [
      [10, 3],
      [9999, 1],
    ]);
    assert.equal(report.rescued, 1);
    assert.equal(report.scannedSectors, 10_000);
    rig.main.inject([[40, 1]], { mode: 'error' });
    assert.deepEqual(await readRun(rig.target, 40, 1), taggedSector(40, 1));
  });

  it('tells its progress to the end', async () => {
    const rig = await TargetRig.create({ mainSectors: 10_000 });
    const progress: number[] = [];
    await scanDevice(rig.target, { onProgress: ({ scannedSectors }) => progress.push(scannedSectors) });
    assert.deepEqual(progress, [2048, 4096, 6144, 8192, 10_000]);
  });

  it('waits while paused, and ends at once when cancelled then', async () => {
    const rig = await TargetRig.create({ mainSectors: 40_000 });
    const pause = new PauseSwitch();
    const cancel = new AbortController();
    let scanned = 0;
    const scan = scanDevice(rig.target, {
      pause,
      signal: cancel.signal,
      onProgress: ({ scannedSectors }) => {
        scanned = scannedSectors;
        pause.pause();
      },
    });
    await turns(20);
    assert.ok(scanned < 40_000);
    cancel.abort();
    await assert.rejects(scan, { code: 'ECANCELED' });
  });

  it('ends at once when cancelled while the device is suspended', async () => {
    const rig = await TargetRig.create({ mainSectors: 40_000 });
    const cancel = new AbortController();
    await rig.target.suspend();
    const scan = scanDevice(rig.target, { signal: cancel.signal });
    await turns(5);
    cancel.abort();
    await assert.rejects(scan, { code: 'ECANCELED' });
    rig.target.resume();
  });

  it('goes on after a pause', async () => {
    const rig = await TargetRig.create({ mainSectors: 40_000 });
    const pause = new PauseSwitch();
    pause.pause();
    const scan = scanDevice(rig.target, { pause });
    await turns(5);
    pause.resume();
    assert.equal((await scan).scannedSectors, 40_000);
  });

  it('does not wait for a pause once more afterwards', async () => {
    const rig = await TargetRig.create({ mainSectors: 40_000 });
    const pause = new PauseSwitch();
    const clock = new ManualClock();
    let waitedMs = 0;
    const sleep = async (ms: number): Promise<void> => {
      waitedMs += ms;
      clock.ms += ms;
    };
    const bytesPerSecond = 200_000 * 512;
    pause.pause();
    const scan = scanDevice(rig.target, { pause, bytesPerSecond, sleep, ticker: clock });
    await turns(10);
    clock.ms += 3_600_000;
    pause.resume();
    await scan;
    const wholeScanMs = (40_000 * 1000) / 200_000;
    assert.ok(waitedMs <= wholeScanMs, `waited ${waitedMs} ms, all of it takes ${wholeScanMs} ms`);
    assert.ok(waitedMs > 0, 'the rate was kept');
  });

  it('keeps to a rate', async () => {
    const rig = await TargetRig.create({ mainSectors: 20_000 });
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waits.push(ms);
    await scanDevice(rig.target, { bytesPerSecond: 1024 ** 2, sleep });
    assert.ok(
      waits.some((ms) => ms > 1000),
      `waited ${waits} ms for 10 MB at 1 MB a second`,
    );
  });

  it('reads a slow chunk again in pieces, and tells which of them are slow', async () => {
    const memory = new MemoryDevice(2048);
    const read = memory.read.bind(memory);
    const clock = new ManualClock();
    memory.read = async (sector, buffer) => {
      const hasSlowSector = sector <= 1000 && 1000 < sector + buffer.length / 512;
      if (hasSlowSector) clock.ms += buffer.length > 64 * 512 ? 270 : 60;
      return read(sector, buffer);
    };
    const { slow, failing } = await scanDevice(memory, { ticker: clock });
    assert.deepEqual([slow, failing], [[[960, 64]], []]);
  });

  it('ends with the error of a device that fails as a whole', async () => {
    const memory = new MemoryDevice(40_000);
    memory.read = () => Promise.reject(new BlockError('ENODEV', 'the device was removed', []));
    await assert.rejects(scanDevice(memory), { code: 'ENODEV' });
  });
});
