import assert from 'node:assert/strict';
import { BlockError } from '../../../../src/engine/errors';
import { verifyMarkers, writeMarkers } from '../../../../src/engine/marker/markerIo';
import { DEFAULT_MARKER_SECTORS, DEFAULT_MARKER_TEMPLATE } from '../../../../src/engine/marker/markerText';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { hasCode } from '../../../support/remap/remapErrors';
import { turn } from '../../../support/turns';

const SECTOR_COUNT = 204_800;

async function readText(device: MemoryDevice, sector: number): Promise<string> {
  const bytes = new Uint8Array(512);
  await device.read(sector, bytes);
  return Buffer.from(bytes).toString('latin1');
}

describe('markers on a device', () => {
  it("writes and verifies the report's five", async () => {
    const device = new MemoryDevice(SECTOR_COUNT);
    assert.deepEqual(
      await writeMarkers(device, DEFAULT_MARKER_SECTORS, DEFAULT_MARKER_TEMPLATE),
      [1000, 2000, 3000, 5000, 10_000],
    );
    assert.equal(await readText(device, 5000), `test_data_5000${'\0'.repeat(498)}`);
    const { verified, total, results } = await verifyMarkers(
      device,
      DEFAULT_MARKER_SECTORS,
      DEFAULT_MARKER_TEMPLATE,
      { describeSource: (sector) => (sector === 2000 ? 'spare sector 1280' : 'main') },
    );
    assert.deepEqual([verified, total], [5, 5]);
    assert.deepEqual(results[1], {
      sector: 2000,
      ok: true,
      expected: 'test_data_2000',
      actual: 'test_data_2000',
      source: 'spare sector 1280',
    });
    assert.deepEqual(
      results.map(({ sector }) => sector),
      DEFAULT_MARKER_SECTORS,
    );
  });

  it('replaces the whole sector, and only that', async () => {
    const device = new MemoryDevice(64);
    await device.write(0, new Uint8Array(64 * 512).fill(0x7a));
    await writeMarkers(device, [10], 'm');
    assert.equal(await readText(device, 10), `m${'\0'.repeat(511)}`);
    for (const neighbour of [9, 11]) assert.equal(await readText(device, neighbour), 'z'.repeat(512));
  });

  it('flushes once, after the last write', async () => {
    const device = new ScriptedDevice(new MemoryDevice(64));
    await writeMarkers(device, [1, 2, 3], 'm{sector}');
    assert.deepEqual(
      device.calls.map(({ operation }) => operation),
      ['write', 'write', 'write', 'flush'],
    );
  });

  it('says what is wrong with each sector', async () => {
    const memory = new MemoryDevice(64);
    await writeMarkers(memory, [1, 2, 3], 'm{sector}');
    await memory.write(2, new Uint8Array(512));
    await memory.write(3, new Uint8Array(512).fill(0x78));
    const device = new ScriptedDevice(memory);
    device.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[4, 1]] });
    const { verified, results } = await verifyMarkers(device, [1, 2, 3, 4], 'm{sector}');
    assert.equal(verified, 1);
    assert.deepEqual(
      results.map(({ ok, actual }) => [ok, actual]),
      [
        [true, 'm1'],
        [false, ''],
        [false, 'x'.repeat(512)],
        [false, null],
      ],
    );
    assert.equal('reason' in results[0]!, false);
    assert.deepEqual(
      results.map(({ failure }) => failure),
      [undefined, 'lost', 'lost', 'unreadable'],
    );
    assert.match(results[1]!.reason!, /zeros/);
    assert.match(results[2]!.reason!, /something else/);
    assert.match(results[3]!.reason!, /scripted EIO/);
  });

  it('calls a marker lost only where it was written', async () => {
    const memory = new MemoryDevice(64);
    await memory.write(3, new Uint8Array(512).fill(0x78));
    const wasWritten = (sector: number) => sector === 1;
    const { verified, results } = await verifyMarkers(memory, [1, 2, 3], 'm', { wasWritten });
    assert.equal(verified, 0);
    assert.deepEqual(
      results.map(({ failure, reason }) => [failure, reason]),
      [
        ['lost', 'the sector holds zeros instead of the marker'],
        ['neverWritten', 'the marker was never written here: the sector holds zeros'],
        ['neverWritten', 'the marker was never written here: the sector holds something else'],
      ],
    );
  });

  it('checks every sector and text before it writes', async () => {
    const device = new ScriptedDevice(new MemoryDevice(64));
    for (const sectors of [
      [1, 64],
      [1, -1],
      [1, 1.5],
      [1, Number.NaN],
    ]) {
      await assert.rejects(writeMarkers(device, sectors, 'm'), hasCode('EINVAL'));
      await assert.rejects(verifyMarkers(device, sectors, 'm'), hasCode('EINVAL'));
    }
    await assert.rejects(writeMarkers(device, [1, 10], `${'x'.repeat(511)}{sector}`), hasCode('EINVAL'));
    assert.deepEqual(device.calls, []);
  });

  it('passes on a write that fails, and does not call the rest durable', async () => {
    const device = new ScriptedDevice(new MemoryDevice(64));
    device.fail({ operations: ['write'], after: 1, duration: 'once', code: 'ENOSPC' });
    await assert.rejects(
      writeMarkers(device, [1, 2, 3], 'm'),
      (error) =>
        error instanceof BlockError &&
        error.code === 'ENOSPC' &&
        error.message.startsWith('2 of 3 markers were written and not flushed: ') &&
        error.details.written === 2,
    );
    assert.ok(device.calls.every(({ operation }) => operation !== 'flush'));
  });

  it('begins no more after a failure', async () => {
    const device = new ScriptedDevice(new MemoryDevice(4096));
    device.fail({ operations: ['write'], after: 0, duration: 'once', code: 'ENOSPC' });
    const sectors = Array.from({ length: 1000 }, (_, index) => index);
    await assert.rejects(writeMarkers(device, sectors, 'm'), hasCode('ENOSPC'));
    assert.ok(device.calls.length < 100, `${device.calls.length} calls`);
  });

  it('passes on errors of the device that say nothing about a sector', async () => {
    const device = new MemoryDevice(64);
    await device.close();
    await assert.rejects(verifyMarkers(device, [1], 'm'), hasCode('ENODEV'));
  });

  it('stops between two sectors when canceled', async () => {
    const device = new ScriptedDevice(new MemoryDevice(4096));
    const controller = new AbortController();
    const sectors = Array.from({ length: 1000 }, (_, index) => index);
    await assert.rejects(
      writeMarkers(device, sectors, 'm', {
        signal: controller.signal,
        onProgress: (done) => {
          if (done === 100) controller.abort();
        },
      }),
      hasCode('ECANCELED'),
    );
    assert.ok(device.calls.length >= 100 && device.calls.length < 200, `${device.calls.length} calls`);
    await assert.rejects(
      verifyMarkers(device, sectors, 'm', { signal: controller.signal }),
      hasCode('ECANCELED'),
    );
  });

  it('counts its progress up to the total', async () => {
    const steps: [number, number][] = [];
    const sectors = Array.from({ length: 70 }, (_, index) => index);
    await writeMarkers(new MemoryDevice(128), sectors, 'm', {
      onProgress: (done, total) => steps.push([done, total]),
    });
    assert.deepEqual(
      steps,
      sectors.map((index) => [index + 1, 70]),
    );
  });

  it('keeps at most 32 requests in flight', async () => {
    let inFlight = 0;
    let most = 0;
    const device = {
      sectorCount: 1000,
      read: async () => {
        most = Math.max(most, ++inFlight);
        await turn();
        inFlight--;
      },
    };
    await verifyMarkers(
      device,
      Array.from({ length: 500 }, (_, index) => index),
      'm',
    );
    assert.equal(most, 32);
  });

  it('does nothing for no sectors', async () => {
    assert.deepEqual(await writeMarkers(new MemoryDevice(64), [], 'm'), []);
    assert.deepEqual(await verifyMarkers(new MemoryDevice(64), [], 'm'), {
      verified: 0,
      total: 0,
      results: [],
    });
  });
});
