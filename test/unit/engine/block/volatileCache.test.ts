import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { VolatileCache } from '../../../../src/engine/block/volatileCache';
import type { SectorRange } from '../../../../src/engine/errors';
import { assertFailed, assertRefused } from '../../../support/block/blockErrors';
import { atRest, cachedDisk, onMedium, ZERO } from '../../../support/block/cacheRig';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';
import { submitted } from '../../../support/block/submitted';

describe('VolatileCache', () => {
  it('keeps writes and discards to itself until a flush, and reads them all the same', async () => {
    const { medium, disk, cache } = cachedDisk();
    medium.poke(0, patternBytes(0, 100, 1));
    await cache.write(10, patternBytes(10, 5, 2));
    await cache.discard(12, 2);
    assert.equal(cache.unflushedSectorCount, 5);
    assertSectors(onMedium(medium, 0, 100), patternBytes(0, 100, 1));
    assertSectors(await readSectors(cache, 9, 3), concat(patternBytes(9, 1, 1), patternBytes(10, 2, 2)), 9);
    assertSectors(await readSectors(cache, 12, 2), concat(ZERO, ZERO), 12);
    await cache.flush();
    assert.deepEqual(disk.trace(['write', 'discard', 'flush']), [
      'write 10+2',
      'discard 12+2',
      'write 14+1',
      'flush',
    ]);
    assertSectors(onMedium(medium, 12, 3), concat(ZERO, ZERO, patternBytes(14, 1, 2)), 12);
    assert.equal(cache.unflushedSectorCount, 0);
  });

  it('answers reads of sectors that it does not keep with the same promise of the disk', async () => {
    const { medium, cache } = cachedDisk();
    const direct = new VolatileCache(medium);
    const read = Promise.resolve();
    medium.read = () => read;
    assert.equal(direct.read(0, new Uint8Array(SECTOR_SIZE)), read);
    await direct.write(700, patternBytes(700, 1));
    assert.equal(direct.read(0, new Uint8Array(SECTOR_SIZE)), read, 'nothing of it is cached');
    await cache.flush();
  });

  it('answers submitted reads from what it keeps, too', async () => {
    const { medium, cache } = cachedDisk();
    medium.poke(0, patternBytes(0, 100, 1));
    await cache.write(10, patternBytes(10, 2, 2));
    const buffer = new Uint8Array(3 * SECTOR_SIZE);
    await submitted(cache, 9, buffer);
    assertSectors(buffer, concat(patternBytes(9, 1, 1), patternBytes(10, 2, 2)), 9);
  });

  it('writes down in ascending runs as large as they come, each sector once', async () => {
    const { disk, medium, cache } = cachedDisk();
    for (const sector of [50, 3, 52, 51, 4, 50]) await cache.write(sector, patternBytes(sector, 1, sector));
    await cache.write(100, patternBytes(100, 20, 5));
    await cache.write(110, patternBytes(110, 20, 6));
    await cache.flush();
    assert.deepEqual(disk.trace(), ['write 3+2', 'write 50+3', 'write 100+30', 'flush']);
    assertSectors(onMedium(medium, 100, 30), concat(patternBytes(100, 10, 5), patternBytes(110, 20, 6)), 100);
  });

  it('writes nothing twice: a second flush only flushes the disk', async () => {
    const { disk, cache } = cachedDisk();
    await cache.write(1, patternBytes(1, 1));
    await cache.flush();
    await cache.flush();
    assert.deepEqual(disk.trace(), ['write 1+1', 'flush', 'flush']);
  });

  it('shares one flush among all that wait for it', async () => {
    const { disk, cache } = cachedDisk();
    disk.hold(['flush']);
    const flushes = [cache.flush()];
    await atRest();
    for (let i = 0; i < 10; i++) flushes.push(cache.flush());
    disk.release();
    await Promise.all(flushes);
    assert.deepEqual(disk.trace(), ['flush', 'flush']);
  });

  it('does not count a write as flushed that came while a flush was on its way', async () => {
    const { medium, disk, cache } = cachedDisk();
    await cache.write(1, patternBytes(1, 1));
    disk.hold(['write']);
    const flushing = cache.flush();
    await atRest();
    await cache.write(1, patternBytes(1, 1, 2));
    await cache.write(2, patternBytes(2, 1, 2));
    disk.release();
    await flushing;
    assertSectors(onMedium(medium, 1, 2), concat(patternBytes(1, 1), ZERO), 1);
    assert.equal(cache.unflushedSectorCount, 2);
    await cache.flush();
    assertSectors(onMedium(medium, 1, 2), patternBytes(1, 2, 2), 1);
  });

  it('answers a read with what was cached when it began, also if that is written down meanwhile', async () => {
    const { medium, disk, cache } = cachedDisk();
    medium.poke(0, patternBytes(0, 10, 1));
    await cache.write(5, patternBytes(5, 1, 2));
    disk.holdAnswers(['read']);
    const reading = readSectors(cache, 4, 3);
    await atRest();
    await cache.flush();
    disk.release();
    assertSectors(
      await reading,
      concat(patternBytes(4, 1, 1), patternBytes(5, 1, 2), patternBytes(6, 1, 1)),
      4,
    );
  });

  it('does not read from the disk what it keeps itself', async () => {
    const { disk, cache } = cachedDisk();
    await cache.write(5, patternBytes(5, 10));
    await cache.write(20, patternBytes(20, 1));
    disk.fail({
      operations: ['read'],
      after: 0,
      duration: 'sectors',
      failing: () => [
        [7, 2],
        [16, 1],
      ],
    });
    assertSectors(await readSectors(cache, 6, 5), patternBytes(6, 5), 6);
    const buffer = new Uint8Array(20 * SECTOR_SIZE);
    await assertFailed(cache.read(4, buffer), 'EIO', [[16, 1]]);
    assertSectors(buffer.subarray(SECTOR_SIZE, 11 * SECTOR_SIZE), patternBytes(5, 10), 5);
    assertSectors(buffer.subarray(16 * SECTOR_SIZE, 17 * SECTOR_SIZE), patternBytes(20, 1), 20);
    await cache.read(4, buffer, { skip: [[16, 2]] });
    assert.deepEqual(disk.trace(['read']), ['read 4+20', 'read 4+20']);
  });

  describe('once it is full', () => {
    it('lets writes go straight down, without a flush, and keeps what came first', async () => {
      const { medium, disk, cache } = cachedDisk({ limitSectors: 16 });
      for (let sector = 0; sector < 20; sector++) await cache.write(sector * 2, patternBytes(sector * 2, 1));
      assert.deepEqual(disk.trace(), ['write 32+1', 'write 34+1', 'write 36+1', 'write 38+1']);
      assert.equal(cache.unflushedSectorCount, 16);
      assertSectors(onMedium(medium, 30), ZERO, 30);
      assertSectors(await readSectors(cache, 30, 1), patternBytes(30, 1), 30);
      assertSectors(await readSectors(cache, 32, 1), patternBytes(32, 1), 32);
    });

    it('answers a write only when the disk has taken it, and with its error', async () => {
      const { disk, cache } = cachedDisk({ limitSectors: 2 });
      await cache.write(0, patternBytes(0, 2));
      disk.fail({ operations: ['write'], after: 0, duration: 'sectors', failing: () => [[7, 1]] });
      await assertFailed(cache.write(6, patternBytes(6, 4)), 'EIO', [[7, 1]]);
      assert.equal(cache.unflushedSectorCount, 2);
    });

    it('writes down what it has before it takes a newer version of that', async () => {
      const { medium, disk, cache } = cachedDisk({ limitSectors: 4 });
      await cache.write(10, patternBytes(10, 4, 1));
      await cache.write(13, patternBytes(13, 2, 2));
      assert.deepEqual(disk.trace(), ['write 10+4']);
      assert.equal(cache.unflushedSectorCount, 2);
      assertSectors(
        await readSectors(cache, 12, 3),
        concat(patternBytes(12, 1, 1), patternBytes(13, 2, 2)),
        12,
      );
      await cache.flush();
      assertSectors(onMedium(medium, 12, 3), concat(patternBytes(12, 1, 1), patternBytes(13, 2, 2)), 12);
    });

    it('works without any memory at all', async () => {
      const { medium, cache } = cachedDisk({ limitSectors: 0 });
      await cache.write(3, patternBytes(3, 5));
      await cache.discard(3, 2);
      await cache.write(4, patternBytes(4, 1));
      assertSectors(onMedium(medium, 3, 5), concat(ZERO, patternBytes(4, 4)), 3);
      assert.equal(cache.unflushedSectorCount, 0);
    });

    it('takes a write larger than itself', async () => {
      const { medium, cache } = cachedDisk({ limitSectors: 8 });
      await cache.write(4, patternBytes(4, 2, 1));
      await cache.write(100, patternBytes(100, 500));
      assert.equal(cache.unflushedSectorCount, 2);
      assertSectors(onMedium(medium, 100, 500), patternBytes(100, 500), 100);
      await cache.write(0, patternBytes(0, 500, 2));
      await cache.flush();
      assertSectors(onMedium(medium, 0, 500), patternBytes(0, 500, 2));
    });

    it('takes a discard of the whole of a large disk', async () => {
      const { medium, disk, cache } = cachedDisk({ limitSectors: 64, sectorCount: 2 ** 31 });
      medium.poke(2 ** 30, patternBytes(2 ** 30, 2));
      await cache.write(7, patternBytes(7, 1));
      await cache.discard(0, 2 ** 31);
      assert.deepEqual(disk.trace(), [`discard 0+${2 ** 31}`]);
      assert.equal(cache.unflushedSectorCount, 0);
      assertSectors(await readSectors(cache, 7, 1), ZERO, 7);
      assertSectors(await readSectors(cache, 2 ** 30, 1), ZERO, 2 ** 30);
    });

    it('keeps order when a sector is written again while it is being written down', async () => {
      const { medium, disk, cache } = cachedDisk({ limitSectors: 2 });
      disk.hold(['write']);
      const writes = [1, 2, 3, 4, 5].map((version) => cache.write(9, patternBytes(9, 1, version)));
      await atRest();
      disk.release();
      await Promise.all(writes);
      await cache.flush();
      assertSectors(onMedium(medium, 9), patternBytes(9, 1, 5), 9);
    });
  });

  describe('over a disk that refuses writes', () => {
    it('reports the sectors at the flush, keeps the data, and tries again', async () => {
      const { medium, disk, cache } = cachedDisk();
      await cache.write(10, patternBytes(10, 20));
      disk.fail({
        operations: ['write'],
        after: 0,
        duration: 'sectors',
        failing: () => [
          [12, 1],
          [20, 3],
        ],
      });
      const error = await assertFailed(cache.flush(), 'EIO', [
        [12, 1],
        [20, 3],
      ]);
      assert.match(error.message, /could not be written down: scripted EIO/);
      assert.equal(cache.unflushedSectorCount, 4);
      assertSectors(onMedium(medium, 10, 2), patternBytes(10, 2), 10);
      assertSectors(await readSectors(cache, 10, 20), patternBytes(10, 20), 10);
      assert.deepEqual(disk.trace(['flush']), ['flush'], 'the other sectors are durable');
      await assertFailed(cache.flush(), 'EIO', [
        [12, 1],
        [20, 3],
      ]);
      disk.heal();
      await cache.flush();
      assertSectors(onMedium(medium, 10, 20), patternBytes(10, 20), 10);
      assert.equal(cache.unflushedSectorCount, 0);
    });

    it('keeps the newest version of what is refused, however often that is written', async () => {
      const { medium, disk, cache } = cachedDisk({ limitSectors: 4 });
      await cache.write(0, patternBytes(0, 4, 1));
      disk.fail({
        operations: ['write'],
        after: 0,
        duration: 'sectors',
        code: 'ENOSPC',
        failing: () => [[3, 1]],
      });
      for (let version = 2; version < 40; version++) await cache.write(2, patternBytes(2, 3, version));
      assertSectors(await readSectors(cache, 2, 3), patternBytes(2, 3, 39), 2);
      await assertFailed(cache.flush(), 'ENOSPC', [[3, 1]]);
      disk.heal();
      await cache.flush();
      assertSectors(onMedium(medium, 0, 5), concat(patternBytes(0, 2, 1), patternBytes(2, 3, 39)));
      assert.equal(cache.unflushedSectorCount, 0);
    });

    it('reports a full file system before bad sectors, which a remap would mend', async () => {
      for (const [bad, full] of [
        [10, 20],
        [20, 10],
      ] as const) {
        const { disk, cache } = cachedDisk();
        for (const sector of [10, 20]) await cache.write(sector, patternBytes(sector, 1));
        const failing = (sector: number) => ({
          operations: ['write'] as const,
          after: 0,
          duration: 'sectors' as const,
          failing: (call: { readonly sector: number }): SectorRange[] =>
            call.sector === sector ? [[sector, 1]] : [],
        });
        disk.fail(failing(bad));
        disk.fail({ ...failing(full), code: 'ENOSPC' });
        const error = await assertFailed(cache.flush(), 'ENOSPC', [
          [10, 1],
          [20, 1],
        ]);
        assert.equal(error.details.full, 'host');
      }
    });

    it('reports a flush of the disk that failed, and flushes again the next time', async () => {
      const { disk, cache } = cachedDisk();
      await cache.write(0, patternBytes(0, 1));
      disk.fail({ operations: ['flush'], after: 0, duration: 'once' });
      await assertFailed(cache.flush(), 'EIO', []);
      await cache.flush();
      assert.deepEqual(disk.trace(), ['write 0+1', 'flush', 'flush']);
    });

    it('reports a large discard that failed, and keeps what it did not discard', async () => {
      const { disk, cache } = cachedDisk({ limitSectors: 16 });
      await cache.write(4, patternBytes(4, 4));
      disk.fail({ operations: ['discard'], after: 0, duration: 'once', failing: () => [[5, 2]] });
      await assertFailed(cache.discard(0, 1000), 'EIO', [[5, 2]]);
      assertSectors(await readSectors(cache, 4, 4), concat(ZERO, patternBytes(5, 2), ZERO), 4);
    });

    it('closes the disk even so, and says what was lost', async () => {
      const { disk, medium, cache } = cachedDisk();
      await cache.write(0, patternBytes(0, 2));
      disk.fail({ operations: ['write'], after: 0, duration: 'sectors', failing: () => [[1, 1]] });
      await assertFailed(cache.close(), 'EIO', [[1, 1]]);
      await assertRefused(medium.read(0, new Uint8Array(SECTOR_SIZE)), 'ENODEV');
    });
  });

  it('writes down what it holds when it is closed', async () => {
    const { medium, cache } = cachedDisk();
    await cache.write(0, patternBytes(0, 2));
    await cache.close();
    assertSectors(onMedium(medium, 0, 2), patternBytes(0, 2));
  });
});

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
