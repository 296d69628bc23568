import assert from 'node:assert/strict';
import fs from 'node:fs';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../../../src/engine/block/image';
import type { ImageDevice } from '../../../../src/engine/block/imageDevice';
import { assertFailed, assertRefused } from '../../../support/block/blockErrors';
import { FaultyIo, type IoFaults } from '../../../support/block/faultyIo';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';
import { tempFolder } from '../../../support/tempFolder';

describe('ImageDevice', () => {
  const folder = tempFolder();

  async function open(
    faults: IoFaults = {},
    sectorCount = 100,
  ): Promise<{ image: ImageDevice; io: FaultyIo }> {
    const path = folder.path('main.img');
    await createImage(path, sectorCount);
    const io = new FaultyIo(faults);
    return { image: await openImage(path, { io }), io };
  }

  it('makes one system call a request', async () => {
    const { image, io } = await open();
    await image.write(3, patternBytes(3, 40));
    await readSectors(image, 5, 10);
    assert.deepEqual(io.calls, [
      { operation: 'write', byteOffset: 3 * SECTOR_SIZE, byteLength: 40 * SECTOR_SIZE },
      { operation: 'read', byteOffset: 5 * SECTOR_SIZE, byteLength: 10 * SECTOR_SIZE },
    ]);
    await image.close();
  });

  it('knows whether the file has room for all that it holds, while it is open', async () => {
    const { image } = await open({}, 128);
    assert.ok(!image.isFullyAllocated);
    await image.write(0, patternBytes(0, 128));
    await image.flush();
    assert.ok(image.isFullyAllocated);
    await image.close();
    assert.ok(!image.isFullyAllocated, 'its number may be that of another file by now');
  });

  for (const maxTransfer of [100, 512, 1000, 10_000]) {
    it(`completes transfers that stop after ${maxTransfer} bytes`, async () => {
      const { image } = await open({ maxTransfer });
      await image.write(7, patternBytes(7, 30));
      assertSectors(await readSectors(image, 7, 30), patternBytes(7, 30), 7);
      await image.discard(10, 20);
      assertSectors(await readSectors(image, 10, 20), new Uint8Array(20 * SECTOR_SIZE), 10);
      assertSectors(await readSectors(image, 30, 7), patternBytes(30, 7), 30);
      await image.close();
    });
  }

  it('keeps the cause of a failure and names the sectors and the file', async () => {
    const { image } = await open({ bad: [[20, 2]], failingOperation: 'read' });
    const error = await assertFailed(image.read(10, new Uint8Array(20 * SECTOR_SIZE)), 'EIO', [[20, 2]]);
    assert.match(error.message, /^sectors 20 to 21 of .*main\.img can't be read: EIO/);
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'EIO');
    await image.close();
  });

  it('finds one bad sector among many in few calls', async () => {
    for (const partialProgress of [false, true]) {
      const path = folder.path(`${partialProgress}.img`);
      await createImage(path, 4096);
      const io = new FaultyIo({ bad: [[1234, 1]], failingOperation: 'read', partialProgress });
      const image = await openImage(path, { io });
      await assertFailed(image.read(0, new Uint8Array(4096 * SECTOR_SIZE)), 'EIO', [[1234, 1]]);
      assert.ok(io.calls.length <= 1 + 2 * Math.log2(4096) + 2, `${io.calls.length} calls`);
      await image.close();
    }
  });

  it('gives up at once when the error is about the file and not about sectors', async () => {
    const { image, io } = await open({ bad: [[50, 1]], failingOperation: 'read', errorCode: 'ESTALE' });
    await assertFailed(image.read(40, new Uint8Array(20 * SECTOR_SIZE)), 'EIO', [[40, 20]]);
    assert.equal(io.calls.length, 2);
    await image.close();
  });

  it('answers ENOSPC for exactly the sectors for which there was no space', async () => {
    const faults: IoFaults = {
      bad: [[12, 4]],
      failingOperation: 'write',
      errorCode: 'ENOSPC',
      partialProgress: true,
    };
    const { image } = await open(faults);
    await assertFailed(image.write(10, patternBytes(10, 10)), 'ENOSPC', [[12, 4]]);
    assertSectors(await readSectors(image, 10, 2), patternBytes(10, 2), 10);
    assertSectors(await readSectors(image, 16, 4), patternBytes(16, 4), 16);
    await image.close();
  });

  it('reports a discard that could not be written', async () => {
    const { image, io } = await open();
    await image.write(0, patternBytes(0, 100));
    Object.assign(io.faults, { bad: [[30, 2]], failingOperation: 'write' });
    await assertFailed(image.discard(20, 40), 'EIO', [[30, 2]]);
    assertSectors(await readSectors(image, 20, 10), new Uint8Array(10 * SECTOR_SIZE), 20);
    assertSectors(await readSectors(image, 30, 2), patternBytes(30, 2), 30);
    await image.close();
  });

  it('discards sectors that can not be read', async () => {
    const { image, io } = await open();
    await image.write(0, patternBytes(0, 100));
    Object.assign(io.faults, { bad: [[30, 2]], failingOperation: 'read' });
    await image.discard(20, 40);
    Object.assign(io.faults, { bad: [] });
    assertSectors(await readSectors(image, 20, 40), new Uint8Array(40 * SECTOR_SIZE), 20);
    await image.close();
  });

  it('allocates nothing for a discard of holes', async () => {
    const { image, io } = await open({}, 8192);
    await image.write(5000, patternBytes(5000, 1));
    const before = io.calls.length;
    await image.discard(0, 8192);
    const written = io.calls.slice(before).filter((call) => call.operation === 'write');
    assert.deepEqual(written, [
      { operation: 'write', byteOffset: 5000 * SECTOR_SIZE, byteLength: SECTOR_SIZE },
    ]);
    await image.close();
  });

  it('fails exactly the sectors that a shortened file has lost', async () => {
    const { image } = await open();
    await image.write(0, patternBytes(0, 100));
    fs.truncateSync(image.path, 50 * SECTOR_SIZE + 100);
    const buffer = new Uint8Array(20 * SECTOR_SIZE);
    const error = await assertFailed(image.read(40, buffer), 'EIO', [[50, 10]]);
    assert.match(
      error.message,
      /sectors 50 to 59 of .*: the file was shortened to 25700 bytes while it was open/,
    );
    assertSectors(buffer.subarray(0, 10 * SECTOR_SIZE), patternBytes(40, 10), 40);
    await assertFailed(image.read(99, new Uint8Array(SECTOR_SIZE)), 'EIO', [[99, 1]]);
    await image.read(40, buffer, { skip: [[50, 10]] });
    await assertRefused(image.close(), 'ESTALE');
  });
});
