import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { ReadAhead } from '../../../../src/engine/block/readAhead';
import { assertFailed } from '../../../support/block/blockErrors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { assertSectors, patternBytes } from '../../../support/block/sectors';

describe('ReadAhead', () => {
  let nowMs = 0;
  let disk: ScriptedDevice;
  let device: ReadAhead;

  beforeEach(async () => {
    const memory = new MemoryDevice(1000);
    await memory.write(0, patternBytes(0, 1000));
    disk = new ScriptedDevice(memory);
    device = new ReadAhead(disk, { now: () => nowMs });
  });

  async function readOn(sector: number, sectorCount = 1, expected = patternBytes(sector, sectorCount)) {
    const buffer = new Uint8Array(sectorCount * SECTOR_SIZE);
    await device.read(sector, buffer, { willReadOn: true });
    assertSectors(buffer, expected, sector);
  }

  it('reads a window for the second of two reads that follow each other, and serves the next ones from it', async () => {
    await readOn(100);
    await readOn(101);
    for (let sector = 102; sector < 229; sector += 1) await readOn(sector);
    assert.deepEqual(disk.trace(), ['read 100+1', 'read 101+128']);
    await readOn(229);
    assert.deepEqual(disk.trace().slice(2), ['read 229+128']);
  });

  it('reads no window for reads that jump, are large, or do not say that they go on', async () => {
    for (const sector of [500, 300, 700, 100]) await readOn(sector);
    for (const sector of [101, 141]) await readOn(sector, 40);
    for (const sector of [200, 201, 202]) await device.read(sector, new Uint8Array(SECTOR_SIZE));
    assert.ok(
      disk.trace().every((call) => /\+(1|40)$/.test(call)),
      disk.trace().join(', '),
    );
  });

  it('goes on over a gap, and ends with the device', async () => {
    await readOn(900);
    await readOn(950);
    await readOn(999);
    assert.deepEqual(disk.trace(), ['read 900+1', 'read 950+50']);
  });

  it('forgets what is written or discarded', async () => {
    await readOn(100);
    await readOn(101);
    await device.write(110, patternBytes(7, 1));
    await readOn(110, 1, patternBytes(7, 1));
    await readOn(111);
    await device.discard(112, 1);
    await readOn(112, 1, new Uint8Array(SECTOR_SIZE));
  });

  it('never takes for new what it read while a write was under way', async () => {
    await readOn(100);
    disk.holdAnswers(['read']);
    const reading = readOn(101);
    await nextTurn();
    await device.write(105, patternBytes(7, 1));
    disk.release();
    await reading;
    await readOn(105, 1, patternBytes(7, 1));

    disk.hold(['write']);
    const writing = device.write(108, patternBytes(8, 1));
    await readOn(106);
    await readOn(107);
    disk.release();
    await writing;
    await readOn(108, 1, patternBytes(8, 1));
  });

  it('sees after a tenth of a second what another program did to the file', async () => {
    await readOn(100);
    await readOn(101);
    await disk.lower.write(103, patternBytes(9, 1));
    nowMs += 101;
    await readOn(103, 1, patternBytes(9, 1));
  });

  it('reads as it was asked for when the window meets a bad sector, and names that one only if it was asked for', async () => {
    disk.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[104, 1]] });
    for (const sector of [100, 101, 102, 103]) await readOn(sector);
    await assertFailed(device.read(104, new Uint8Array(SECTOR_SIZE), { willReadOn: true }), 'EIO', [
      [104, 1],
    ]);
  });

  it('completes requests in flight when it closes, and refuses later ones', async () => {
    await readOn(100);
    disk.hold(['read']);
    const reading = readOn(101);
    const closing = device.close();
    disk.release();
    await Promise.all([reading, closing]);
    await assertFailed(device.read(102, new Uint8Array(SECTOR_SIZE), { willReadOn: true }), 'ENODEV', []);
  });

  it('reads what the device below would, for any reads and writes in any order', async () => {
    const step = fc.record({
      isWrite: fc.boolean(),
      sector: fc.integer({ min: 0, max: 300 }),
      follows: fc.boolean(),
      sectorCount: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const model = new MemoryDevice(400);
        const tested = new ReadAhead(new MemoryDevice(400));
        let at = 0;
        let version = 0;
        for (const { isWrite, sector, follows, sectorCount } of steps) {
          at = follows ? Math.min(at, 360) : sector;
          const bytes = isWrite
            ? patternBytes(1000 * ++version, sectorCount)
            : new Uint8Array(sectorCount * 512);
          if (isWrite) await Promise.all([model.write(at, bytes), tested.write(at, bytes)]);
          else {
            const expected = new Uint8Array(bytes.length);
            await Promise.all([model.read(at, expected), tested.read(at, bytes, { willReadOn: true })]);
            assertSectors(bytes, expected, at);
            at += sectorCount;
          }
        }
      }),
    );
  });
});
