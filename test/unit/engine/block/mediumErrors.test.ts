import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { faultOfTag } from '../../../../src/engine/block/mediumFault';
import { RemapError, type SectorRange } from '../../../../src/engine/errors';
import { assertFailed, assertRefused } from '../../../support/block/blockErrors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';

function stack(sectorCount = 100) {
  const disk = new ScriptedDevice(new MemoryDevice(sectorCount));
  const layer = new MediumErrors(disk, { path: 'main.img' });
  const changes: SectorRange[][] = [];
  layer.onDidChange(({ healed }) => changes.push([...healed]));
  return { disk, layer, changes };
}

describe('MediumErrors', () => {
  describe('requests', () => {
    it('passes a request that touches no bad sector down as it is, and answers with the same promise', async () => {
      const { disk, layer } = stack();
      layer.inject([[50, 1]], { mode: 'error' });
      const promise = Promise.resolve();
      disk.read = disk.write = disk.discard = () => promise;
      assert.equal(layer.read(40, new Uint8Array(10 * SECTOR_SIZE)), promise);
      assert.equal(layer.write(51, new Uint8Array(SECTOR_SIZE)), promise);
      assert.equal(layer.discard(0, 50), promise);
    });

    it('reads through the bad sectors in one request, and gives zeros in their place (R1)', async () => {
      const { disk, layer } = stack();
      await layer.write(0, patternBytes(0, 100));
      layer.inject(
        [
          [10, 2],
          [15, 1],
          [19, 1],
        ],
        { mode: 'error' },
      );
      disk.calls.length = 0;
      const buffer = new Uint8Array(10 * SECTOR_SIZE).fill(0xee);
      await assertFailed(layer.read(10, buffer), 'EIO', [
        [10, 2],
        [15, 1],
        [19, 1],
      ]);
      const expected = patternBytes(10, 10);
      for (const bad of [0, 1, 5, 9]) expected.fill(0, bad * SECTOR_SIZE, (bad + 1) * SECTOR_SIZE);
      assertSectors(buffer, expected, 10);
      assert.deepEqual(disk.trace(), ['read 12+7']);
    });

    it('passes the whole run down in one request when only skipped sectors are bad', async () => {
      const { disk, layer } = stack();
      layer.inject([[10, 2]], { mode: 'error' });
      await layer.read(5, new Uint8Array(10 * SECTOR_SIZE), { skip: [[9, 4]] });
      assert.deepEqual(disk.trace(), ['read 5+10']);
    });

    it('does not report what fails below in sectors that the caller skips', async () => {
      const { disk, layer } = stack();
      layer.inject([[12, 1]], { mode: 'error' });
      disk.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[11, 3]] });
      const read = layer.read(10, new Uint8Array(8 * SECTOR_SIZE), { skip: [[11, 1]] });
      await assertFailed(read, 'EIO', [[12, 2]]);
    });

    it('reads nothing below when all that is wanted is bad', async () => {
      const { disk, layer } = stack();
      layer.inject([[10, 4]], { mode: 'error' });
      await assertFailed(layer.read(10, new Uint8Array(4 * SECTOR_SIZE), { skip: [[13, 1]] }), 'EIO', [
        [10, 3],
      ]);
      assert.deepEqual(disk.trace(), []);
    });

    it('splits a write only at the bad sectors (R1)', async () => {
      const { disk, layer } = stack();
      layer.inject(
        [
          [10, 1],
          [20, 5],
        ],
        { mode: 'error' },
      );
      await assertFailed(layer.write(5, patternBytes(5, 30)), 'EIO', [
        [10, 1],
        [20, 5],
      ]);
      assert.deepEqual(disk.trace(), ['write 5+5', 'write 11+9', 'write 25+10']);
    });

    it('names the image and the sectors, and the error below as the cause', async () => {
      const { disk, layer } = stack();
      layer.inject([[7, 1]], { mode: 'error' });
      const error = await assertFailed(layer.read(7, new Uint8Array(SECTOR_SIZE)), 'EIO', [[7, 1]]);
      assert.equal(error.message, 'medium error on main.img: cannot read sector 7');
      assert.deepEqual(error.details, { sector: 7, path: 'main.img' });
      disk.fail({ operations: ['write'], after: 0, duration: 'once', failing: () => [[9, 1]] });
      const both = await assertFailed(layer.write(7, patternBytes(7, 9)), 'EIO', [
        [7, 1],
        [9, 1],
      ]);
      assert.match(String(both.cause), /scripted EIO/);
    });

    it('passes on an error that is not about the medium, so that it is not taken for one to repair', async () => {
      const { disk, layer } = stack();
      layer.inject([[7, 1]], { mode: 'error' });
      disk.fail({
        operations: ['write'],
        after: 0,
        duration: 'once',
        code: 'ENOSPC',
        failing: () => [[9, 1]],
      });
      await assertFailed(layer.write(7, patternBytes(7, 9)), 'ENOSPC', [
        [7, 1],
        [9, 1],
      ]);
      layer.inject([[15, 1]], { mode: 'error' });
      disk.fail({ operations: ['write'], after: 0, duration: 'once', failing: () => [[14, 1]] });
      disk.fail({
        operations: ['write'],
        after: 1,
        duration: 'once',
        code: 'ENOSPC',
        failing: () => [[16, 1]],
      });
      await assertFailed(layer.write(14, patternBytes(14, 3)), 'ENOSPC', [[14, 3]]);
      const closed = new BrokenPipe();
      layer.inject([[20, 1]], { mode: 'error' });
      disk.write = () => Promise.reject(closed);
      await assert.rejects(layer.write(20, patternBytes(20, 2)), closed);
    });

    it('refuses a request outside the device even where it begins at a bad sector (R12)', async () => {
      const { layer } = stack();
      layer.inject([[99, 1]], { mode: 'error' });
      await assertRefused(layer.read(99, new Uint8Array(2 * SECTOR_SIZE)), 'EINVAL');
      await assertRefused(layer.write(99, new Uint8Array(2 * SECTOR_SIZE)), 'EINVAL');
      await assertRefused(layer.discard(99, 2), 'EINVAL');
      await assertRefused(layer.write(99, new Uint8Array(100)), 'EINVAL');
    });

    it('refuses writes to a read-only image with EROFS, bad or not', async () => {
      const layer = new MediumErrors(new MemoryDevice(10, true));
      layer.inject([[3, 1]], { mode: 'error' });
      layer.inject([[4, 1]], { mode: 'dust' });
      for (const sector of [2, 3, 4]) {
        await assertRefused(layer.write(sector, patternBytes(sector, 1)), 'EROFS');
        await assertRefused(layer.discard(sector, 1), 'EROFS');
      }
      assert.equal(layer.badSectors.sectorCount, 2);
    });

    it('answers ENODEV for a bad sector when closed, and waits for the writes that heal', async () => {
      const { disk, layer, changes } = stack();
      layer.inject([[3, 1]], { mode: 'dust' });
      disk.hold(['write']);
      const write = layer.write(3, patternBytes(3, 1));
      const closing = layer.close();
      disk.release();
      await closing;
      assert.deepEqual(changes.at(-1), [[3, 1]]);
      await write;
      layer.inject([[3, 1]], { mode: 'error' });
      await assertRefused(layer.read(3, new Uint8Array(SECTOR_SIZE)), 'ENODEV');
    });

    it('discards around bad sectors, as it writes', async () => {
      const { disk, layer } = stack();
      layer.inject([[10, 1]], { mode: 'error' });
      layer.inject([[12, 1]], { mode: 'dust' });
      await assertFailed(layer.discard(8, 8), 'EIO', [[10, 1]]);
      assert.deepEqual(disk.trace(), ['discard 8+2', 'discard 11+5']);
      assert.deepEqual([...layer.badSectors], [[10, 1]]);
    });
  });

  describe('dust mode', () => {
    it('fails reads until the sector is written, then serves what was written', async () => {
      const { layer, changes } = stack();
      layer.inject([[10, 4]], { mode: 'dust' });
      await assertFailed(layer.read(8, new Uint8Array(8 * SECTOR_SIZE)), 'EIO', [[10, 4]]);
      await layer.write(11, patternBytes(11, 2));
      assert.deepEqual(changes, [[], [[11, 2]]]);
      assertSectors(await readSectors(layer, 11, 2), patternBytes(11, 2), 11);
      assert.deepEqual(
        [...layer.badSectors],
        [
          [10, 1],
          [13, 1],
        ],
      );
    });

    it('fails the first N writes of each sector, counting each sector by itself', async () => {
      const { layer, changes } = stack();
      layer.inject([[10, 2]], { mode: 'dust', writeFailures: 2 });
      await assertFailed(layer.write(10, patternBytes(10, 1)), 'EIO', [[10, 1]]);
      await assertFailed(layer.write(10, patternBytes(10, 2)), 'EIO', [[10, 2]]);
      assert.deepEqual(faultOfTag(layer.badSectors.tagOf(11)!), { mode: 'dust', writeFailures: 1 });
      await assertFailed(layer.write(10, patternBytes(10, 2)), 'EIO', [[11, 1]]);
      await layer.write(11, patternBytes(11, 1));
      assert.deepEqual(changes, [[], [], [], [], [[10, 1]], [[11, 1]]]);
      assertSectors(await readSectors(layer, 10, 2), patternBytes(10, 2), 10);
    });

    it('does not heal a sector whose write failed below', async () => {
      const { disk, layer } = stack();
      layer.inject([[10, 3]], { mode: 'dust' });
      disk.fail({ operations: ['write'], after: 0, duration: 'once', failing: () => [[11, 1]] });
      await assertFailed(layer.write(9, patternBytes(9, 5)), 'EIO', [[11, 1]]);
      assert.deepEqual([...layer.badSectors], [[11, 1]]);
    });

    it('keeps a fault that was injected while the healing write was under way', async () => {
      const { disk, layer } = stack();
      layer.inject([[10, 3]], { mode: 'dust' });
      disk.hold(['write']);
      const write = layer.write(10, patternBytes(10, 3));
      layer.inject([[11, 1]], { mode: 'error' });
      disk.release();
      await write;
      assert.deepEqual([...layer.badSectors], [[11, 1]]);
    });
  });

  describe('intermittent reads (R3)', () => {
    it('fails K reads and lets the next one pass, again and again, each sector by itself', async () => {
      const { layer } = stack();
      await layer.write(10, patternBytes(10, 2));
      layer.inject([[10, 2]], { mode: 'error', readFailures: 2 });
      const outcomes: string[] = [];
      for (const sector of [10, 10, 11, 10, 11, 10, 11, 10, 10]) {
        const bytes = await readSectors(layer, sector, 1).catch(() => undefined);
        if (bytes) assertSectors(bytes, patternBytes(sector, 1), sector);
        outcomes.push(bytes ? `${sector} ok` : `${sector}`);
      }
      assert.deepEqual(outcomes, ['10', '10', '11', '10 ok', '11', '10', '11 ok', '10', '10 ok']);
      await assertFailed(layer.write(10, patternBytes(10, 1)), 'EIO', [[10, 1]]);
      assert.deepEqual(faultOfTag(layer.badSectors.tagOf(10)!), { mode: 'error', readFailures: 2 });
    });

    it('does not count a read that skips the sector', async () => {
      const { layer } = stack();
      layer.inject([[10, 1]], { mode: 'error', readFailures: 1 });
      await layer.read(9, new Uint8Array(3 * SECTOR_SIZE), { skip: [[10, 1]] });
      await assertFailed(layer.read(9, new Uint8Array(3 * SECTOR_SIZE)), 'EIO', [[10, 1]]);
      await layer.read(9, new Uint8Array(3 * SECTOR_SIZE));
    });
  });

  describe('its state', () => {
    it('lets everything pass while disabled, and heals nothing', async () => {
      const { layer, changes } = stack();
      layer.inject([[10, 1]], { mode: 'error' });
      layer.inject([[11, 1]], { mode: 'dust' });
      layer.enabled = false;
      layer.enabled = false;
      await layer.write(10, patternBytes(10, 2));
      assertSectors(await readSectors(layer, 10, 2), patternBytes(10, 2), 10);
      assert.deepEqual([...layer.badSectors], [[10, 2]]);
      layer.enabled = true;
      await assertFailed(layer.read(10, new Uint8Array(2 * SECTOR_SIZE)), 'EIO', [[10, 2]]);
      assert.equal(changes.length, 4);
    });

    it('tells of every change made by a call, until told to stop', () => {
      const layer = new MediumErrors(new MemoryDevice(100));
      let changes = 0;
      const stop = layer.onDidChange(() => changes++);
      layer.inject([[1, 1]], { mode: 'error' });
      layer.inject([[5, 2]], { mode: 'dust' });
      layer.quiet = true;
      assert.equal(layer.clear([[0, 6]]), 2);
      assert.equal(layer.clear(), 1);
      assert.equal(changes, 5);
      assert.equal(layer.clear(), 0);
      layer.inject([], { mode: 'error' });
      layer.quiet = true;
      stop();
      layer.inject([[1, 1]], { mode: 'error' });
      assert.equal(changes, 5);
    });

    it('refuses sectors outside the device and counts outside a byte, and changes nothing (R12)', () => {
      const { layer, changes } = stack();
      const fault = { mode: 'error' } as const;
      assert.throws(
        () =>
          layer.inject(
            [
              [1, 1],
              [99, 2],
            ],
            fault,
          ),
        { code: 'EINVAL' },
      );
      assert.throws(() => layer.inject([[1, 1]], { mode: 'dust', writeFailures: 256 }), RemapError);
      assert.throws(() => layer.inject([[1, 1]], { mode: 'error', readFailures: 0.5 }), RemapError);
      assert.equal(layer.badSectors.sectorCount, 0);
      assert.deepEqual(changes, []);
    });
  });
});

class BrokenPipe extends Error {}
