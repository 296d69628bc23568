import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';

describe('MemoryDevice', () => {
  it('forks into devices that change independently, also a fork of a fork', async () => {
    const original = new MemoryDevice(100);
    await original.write(0, patternBytes(0, 100, 1));
    const fork = original.fork();
    const second = fork.fork();
    await original.write(10, patternBytes(10, 1, 2));
    await fork.write(10, patternBytes(10, 1, 3));
    await fork.discard(16, 8);
    assertSectors(await readSectors(original, 10, 1), patternBytes(10, 1, 2), 10);
    assertSectors(await readSectors(fork, 10, 1), patternBytes(10, 1, 3), 10);
    assertSectors(await readSectors(second, 0, 100), patternBytes(0, 100, 1));
    assertSectors(await readSectors(original, 16, 8), patternBytes(16, 8, 1), 16);
    assertSectors(await readSectors(fork, 11, 1), patternBytes(11, 1, 1), 11);
  });

  it('forks open and writable from a closed, read-only one', async () => {
    const original = new MemoryDevice(10, true);
    original.poke(2, patternBytes(2, 1));
    await original.close();
    const fork = original.fork();
    assert.equal(fork.readOnly, false);
    await fork.write(3, patternBytes(3, 1));
    assertSectors(await readSectors(fork, 2, 2), patternBytes(2, 2), 2);
  });

  it('holds a disk of 16 TiB with a few sectors on it, and discards all of it', async () => {
    const device = new MemoryDevice(2 ** 35);
    const last = device.sectorCount - 1;
    await device.write(last, patternBytes(last, 1));
    await device.write(12_345, patternBytes(12_345, 3));
    await device.discard(12_346, last - 12_346);
    assertSectors(await readSectors(device, 12_345, 1), patternBytes(12_345, 1), 12_345);
    assertSectors(await readSectors(device, 12_346, 2), new Uint8Array(2 * SECTOR_SIZE), 12_346);
    assertSectors(await readSectors(device, last, 1), patternBytes(last, 1), last);
    await device.discard(0, device.sectorCount);
    assertSectors(await readSectors(device, last, 1), new Uint8Array(SECTOR_SIZE), last);
  });
});
