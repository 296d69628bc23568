import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { Flakey } from '../../../../src/engine/block/flakey';
import { seededRandom } from '../../../../src/engine/block/random';
import { parseFlakeyTable } from '../../../../src/engine/dmsetup/flakeyTable';
import { assertFailed, assertRefused } from '../../../support/block/blockErrors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';
import { submitted } from '../../../support/block/submitted';

/** A flakey layer over a disk of patterns, with a clock that stands still until it is set. */
async function stack(table: string | undefined, seed = 1) {
  const memory = new MemoryDevice(100);
  await memory.write(0, patternBytes(0, 100));
  const disk = new ScriptedDevice(memory);
  const clock = { time: 1_000_000, now: () => clock.time };
  const layer = new Flakey(disk, {
    clock,
    random: seededRandom(seed),
    ...(table === undefined ? {} : { config: parseFlakeyTable(table) }),
  });
  return { memory, disk, clock, layer };
}

const sectors = (count: number) => new Uint8Array(count * SECTOR_SIZE);

describe('Flakey', function () {
  this.timeout(60_000);

  it('fails, with one table, exactly the intervals that its cycle says', async () => {
    const { clock, layer } = await stack('2 3 1 error_reads');
    const down: number[] = [];
    for (let half = 0; half < 30; half++) {
      clock.time = 1_000_000 + half * 500;
      if (layer.isDown) down.push(half / 2);
    }
    assert.deepEqual(down, [2, 2.5, 3, 3.5, 4, 4.5, 7, 7.5, 8, 8.5, 9, 9.5, 12, 12.5, 13, 13.5, 14, 14.5]);
    clock.time = 0;
    assert.equal(layer.isDown, false);
    layer.setTable(parseFlakeyTable('0 5 1 error_reads'));
    clock.time = -1;
    assert.equal(layer.isDown, true);
  });

  it('fails a submitted read as it fails a read', async () => {
    const { clock, layer } = await stack('1 1 1 error_reads');
    await submitted(layer, 5, sectors(2));
    clock.time += 1000;
    await assertFailed(submitted(layer, 5, sectors(2)), 'EIO', [[5, 2]]);
  });

  it('begins its cycle when a table is loaded, and is healthy without one', async () => {
    const { clock, layer } = await stack('2 3 1 error_reads');
    clock.time += 2000;
    assert.equal(layer.isDown, true);
    layer.setTable(layer.config);
    assert.equal(layer.isDown, false);
    clock.time += 1999;
    assert.equal(layer.isDown, false);
    clock.time += 1;
    await assertFailed(layer.read(0, sectors(1)), 'EIO', [[0, 1]]);
    assert.deepEqual(layer.config, parseFlakeyTable('2 3 1 error_reads'));
    layer.setTable(undefined);
    assert.equal(layer.config, undefined);
    await layer.read(0, sectors(1));
    layer.setTable(parseFlakeyTable('0 1'));
    assert.deepEqual(layer.config, parseFlakeyTable('0 1 2 error_reads error_writes'));
    await assertFailed(layer.read(0, sectors(1)), 'EIO', [[0, 1]]);
  });

  it('answers with the same promise of the lower device while up, and with no down interval', async () => {
    const { disk, layer } = await stack('5 5');
    const promise = Promise.resolve();
    disk.read = disk.write = disk.flush = disk.discard = () => promise;
    for (const table of ['5 5', '1 0 1 drop_writes', undefined]) {
      layer.setTable(table === undefined ? undefined : parseFlakeyTable(table));
      assert.equal(layer.read(0, sectors(1)), promise);
      assert.equal(layer.write(0, sectors(1)), promise);
      assert.equal(layer.flush(), promise);
      assert.equal(layer.discard(0, 1), promise);
    }
  });

  it('error_reads fails a read as a whole, except what the caller skips, and lets writes through', async () => {
    const { disk, layer } = await stack('0 1 1 error_reads');
    await assertFailed(layer.read(10, sectors(8)), 'EIO', [[10, 8]]);
    await assertFailed(layer.read(10, sectors(8), { skip: [[12, 2]] }), 'EIO', [
      [10, 2],
      [14, 4],
    ]);
    await layer.read(10, sectors(8), { skip: [[10, 8]] });
    assert.deepEqual(disk.trace(), []);
    await layer.write(10, patternBytes(10, 8, 2));
    await layer.flush();
    await layer.discard(50, 1);
    assert.deepEqual(disk.trace(), ['write 10+8', 'flush', 'discard 50+1']);
  });

  it('error_writes fails writes, flushes and discards, and lets reads through', async () => {
    const { disk, layer } = await stack('0 1 1 error_writes');
    const error = await assertFailed(layer.write(10, sectors(8)), 'EIO', [[10, 8]]);
    assert.equal(error.message, 'flakey: cannot write sectors 10 to 17 while the device is down');
    await assertFailed(layer.discard(10, 8), 'EIO', [[10, 8]]);
    await assertFailed(layer.flush(), 'EIO', []);
    assert.deepEqual(disk.trace(), []);
    assertSectors(await readSectors(layer, 10, 8), patternBytes(10, 8), 10);
  });

  it('drop_writes answers writes, flushes and discards, and does nothing', async () => {
    const { disk, layer } = await stack('0 1 1 drop_writes');
    await layer.write(10, sectors(8));
    await layer.discard(10, 8);
    await layer.flush();
    assert.deepEqual(disk.trace(), []);
    assertSectors(await readSectors(layer, 10, 8), patternBytes(10, 8), 10);
  });

  it('with no feature fails reads and writes', async () => {
    const { layer } = await stack('0 1');
    await assertFailed(layer.read(10, sectors(2)), 'EIO', [[10, 2]]);
    await assertFailed(layer.write(10, sectors(2)), 'EIO', [[10, 2]]);
  });

  for (const table of [
    '0 1 1 drop_writes',
    '0 1 1 error_writes',
    '0 1 1 error_reads',
    '0 1 5 corrupt_bio_byte 1 w 0 0',
  ]) {
    it(`refuses requests that aren't valid, with ${table} (R12)`, async () => {
      const { layer } = await stack(table);
      await assertRefused(layer.read(99, sectors(2)), 'EINVAL');
      await assertRefused(layer.write(99, sectors(2)), 'EINVAL');
      await assertRefused(layer.write(0, new Uint8Array(5)), 'EINVAL');
      await assertRefused(layer.discard(-1, 1), 'EINVAL');
      await layer.close();
      await assertRefused(layer.read(0, sectors(1)), 'ENODEV');
      await assertRefused(layer.write(0, sectors(1)), 'ENODEV');
      await assertRefused(layer.flush(), 'ENODEV');
    });
  }

  describe('corrupt_bio_byte', () => {
    it('replaces that byte of each read, counted within the request', async () => {
      const { memory, layer } = await stack('0 1 5 corrupt_bio_byte 513 r 7 0');
      const expected = patternBytes(20, 3);
      expected[512] = 7;
      assertSectors(await readSectors(layer, 20, 3), expected, 20);
      assertSectors(await readSectors(layer, 21, 1), patternBytes(21, 1), 21);
      assertSectors(await readSectors(memory, 20, 3), patternBytes(20, 3), 20);
    });

    it('replaces that byte of each write on a private copy', async () => {
      const { memory, layer } = await stack('0 1 5 corrupt_bio_byte 1024 w 0 0');
      const buffer = patternBytes(20, 2, 2);
      await layer.write(20, buffer);
      assertSectors(buffer, patternBytes(20, 2, 2), 20);
      const expected = patternBytes(20, 2, 2);
      expected[1023] = 0;
      assertSectors(await readSectors(memory, 20, 2), expected, 20);
      await layer.write(30, patternBytes(30, 1, 2));
      assertSectors(await readSectors(memory, 30, 1), patternBytes(30, 1, 2), 30);
      assertSectors(await readSectors(layer, 20, 2), expected, 20);
    });

    it('matches the flags that a request has: writes are 1, reads 0', async () => {
      for (const [direction, flags, matches] of [
        ['w', 0, true],
        ['w', 1, true],
        ['w', 32, false],
        ['w', 4294967295, false],
        ['r', 0, true],
        ['r', 1, false],
      ] as const) {
        const { layer } = await stack(`0 1 5 corrupt_bio_byte 1 ${direction} 0 ${flags}`);
        await layer.write(5, patternBytes(5, 1));
        const expected = patternBytes(5, 1);
        if (matches) expected[0] = 0;
        assertSectors(await readSectors(layer, 5, 1), expected, 5);
      }
    });

    it('leaves a read alone that failed below', async () => {
      const { disk, layer } = await stack('0 1 5 corrupt_bio_byte 1 r 0 0');
      disk.fail({ operations: ['read'], after: 0, duration: 'once', failing: () => [[11, 1]] });
      const buffer = sectors(2);
      await assertFailed(layer.read(10, buffer), 'EIO', [[11, 1]]);
      assertSectors(buffer.subarray(0, SECTOR_SIZE), patternBytes(10, 1), 10);
    });
  });

  describe('random corruption', () => {
    const differences = (actual: Uint8Array, expected: Uint8Array) =>
      actual.reduce((sum, byte, i) => sum + (byte === expected[i] ? 0 : 1), 0);

    it('changes at most one byte of a request, about as often as asked, and the same with the same seed', async () => {
      for (const table of ['0 1 2 random_read_corrupt 250000000', '0 1 2 random_write_corrupt 250000000']) {
        const outcome = async (seed: number) => {
          const { memory, layer } = await stack(table, seed);
          const corrupted: number[] = [];
          for (let i = 0; i < 400; i++) {
            await layer.write(i % 50, patternBytes(i % 50, 2, i));
            const got = await readSectors(layer, i % 50, 2);
            const count = differences(got, patternBytes(i % 50, 2, i));
            assert.ok(count <= 1, `${count} bytes changed`);
            if (count === 1) corrupted.push(i);
            await memory.write(i % 50, patternBytes(i % 50, 2, i));
          }
          return corrupted;
        };
        const first = await outcome(7);
        assert.ok(first.length > 60 && first.length < 140, `${first.length} of 400 at 25 %`);
        assert.deepEqual(await outcome(7), first);
        assert.notDeepEqual(await outcome(8), first);
      }
    });

    it('happens always at 1,000,000,000, and reaches the first and the last byte', async () => {
      for (const [value, at] of [
        [0, 0],
        [1 - 2 ** -32, SECTOR_SIZE - 1],
      ] as const) {
        const memory = new MemoryDevice(10);
        await memory.write(0, new Uint8Array(SECTOR_SIZE).fill(0x55));
        const config = parseFlakeyTable('0 1 2 random_read_corrupt 1000000000');
        const expected = new Uint8Array(SECTOR_SIZE).fill(0x55);
        expected[at] = Math.floor(value * 256);
        assertSectors(await readSectors(new Flakey(memory, { config, random: () => value }), 0, 1), expected);
      }
    });

    it('leaves the bytes of the writer alone', async () => {
      const { layer } = await stack('0 1 2 random_write_corrupt 1000000000');
      const buffer = patternBytes(3, 1);
      await layer.write(3, buffer);
      assertSectors(buffer, patternBytes(3, 1), 3);
    });
  });
});
