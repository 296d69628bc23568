import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { assertFailed } from '../../../support/block/blockErrors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';

describe('ScriptedDevice', () => {
  let device: ScriptedDevice;

  beforeEach(() => {
    device = new ScriptedDevice(new MemoryDevice(100));
  });

  it('records every call', async () => {
    await device.write(3, patternBytes(3, 2));
    await device.flush();
    await device.discard(0, 10);
    await device.read(4, new Uint8Array(SECTOR_SIZE));
    assert.deepEqual(device.trace(), ['write 3+2', 'flush', 'discard 0+10', 'read 4+1']);
    assert.deepEqual(device.trace(['read', 'flush']), ['flush', 'read 4+1']);
  });

  it('fails the chosen call once', async () => {
    device.fail({ operations: ['write'], after: 1, duration: 'once' });
    await device.write(1, patternBytes(1, 1));
    await device.flush();
    assert.equal(device.struck, false);
    await assertFailed(device.write(2, patternBytes(2, 3)), 'EIO', [[2, 3]]);
    assert.equal(device.struck, true);
    assertSectors(await readSectors(device, 2, 3), new Uint8Array(3 * SECTOR_SIZE), 2);
    await device.write(2, patternBytes(2, 3));
  });

  it('keeps failing the same sectors, and transfers the others', async () => {
    device.fail({ operations: ['write'], after: 0, duration: 'sectors', code: 'ENOSPC' });
    await assertFailed(device.write(10, patternBytes(10, 2)), 'ENOSPC', [[10, 2]]);
    await assertFailed(device.write(9, patternBytes(9, 2)), 'ENOSPC', [[10, 1]]);
    assertSectors(await readSectors(device, 9, 1), patternBytes(9, 1), 9);
    await device.write(12, patternBytes(12, 1));
    device.heal();
    await device.write(10, patternBytes(10, 2));
  });

  it('keeps failing every flush after the first that failed', async () => {
    device.fail({ operations: ['flush'], after: 1, duration: 'sectors' });
    await device.flush();
    await assertFailed(device.flush(), 'EIO', []);
    await assertFailed(device.flush(), 'EIO', []);
  });

  it('fails everything from a call on', async () => {
    device.fail({ after: 1, duration: 'device' });
    await device.write(0, patternBytes(0, 1));
    await assertFailed(device.read(0, new Uint8Array(SECTOR_SIZE)), 'EIO', [[0, 1]]);
    await assertFailed(device.flush(), 'EIO', []);
    await assertFailed(device.write(7, patternBytes(7, 1)), 'EIO', [[7, 1]]);
    await assertFailed(device.discard(7, 2), 'EIO', [[7, 2]]);
  });

  it('adds its own failures to those of the device below', async () => {
    const above = new ScriptedDevice(device);
    device.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[2, 1]] });
    above.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[4, 2]] });
    await assertFailed(above.read(0, new Uint8Array(8 * SECTOR_SIZE)), 'EIO', [
      [2, 1],
      [4, 2],
    ]);
  });

  it('holds calls until they are released, in order', async () => {
    device.hold(['write']);
    const answers: string[] = [];
    const writes = [1, 2].map(async (sector) => {
      await device.write(sector, patternBytes(sector, 1));
      answers.push(`write ${sector}`);
    });
    await device.read(50, new Uint8Array(SECTOR_SIZE));
    answers.push('read');
    assertSectors(await readSectors(device, 1, 1), new Uint8Array(SECTOR_SIZE), 1);
    device.release();
    await Promise.all(writes);
    assert.deepEqual(answers, ['read', 'write 1', 'write 2']);
  });

  it('holds answers only, when told so', async () => {
    device.holdAnswers(['write']);
    let answered = false;
    const writing = device.write(1, patternBytes(1, 1)).then(() => {
      answered = true;
    });
    while ((await readSectors(device, 1, 1))[0] === 0);
    assert.equal(answered, false);
    device.release();
    await writing;
  });
});
