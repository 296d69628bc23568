import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { randomInteger, seededRandom } from '../../../../src/engine/block/random';
import { VolatileCache } from '../../../../src/engine/block/volatileCache';
import { assertFailed, assertRefused } from '../../../support/block/blockErrors';
import { atRest, cachedDisk, onMedium, ZERO } from '../../../support/block/cacheRig';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { randomDelay, ScriptedDevice } from '../../../support/block/scriptedDevice';
import { assertSectors, patternBytes } from '../../../support/block/sectors';

describe('VolatileCache.powerLoss', () => {
  it('repeats itself for the same seed, and differs among seeds', async () => {
    const outcome = async (seed: number): Promise<string> => {
      const { medium, cache } = cachedDisk();
      for (let sector = 0; sector < 40; sector += 4) await cache.write(sector, patternBytes(sector, 4));
      const report = await cache.powerLoss(seededRandom(seed));
      return JSON.stringify([report, [...onMedium(medium, 0, 40)]]);
    };
    assert.equal(await outcome(1), await outcome(1));
    const outcomes = new Set(await Promise.all(Array.from({ length: 50 }, (_, seed) => outcome(seed))));
    assert.ok(outcomes.size > 20, `${outcomes.size} outcomes`);
  });

  it('leaves in each sector one of the versions since the flush or the flushed one, and reports which', async () => {
    const seen = new Set<number>();
    const modes = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const { medium, cache } = cachedDisk();
      await cache.write(0, patternBytes(0, 12, 1));
      await cache.flush();
      await cache.write(2, patternBytes(2, 6, 2));
      await cache.write(4, patternBytes(4, 6, 3));
      const report = await cache.powerLoss(seededRandom(seed));
      const versions = Array.from({ length: 12 }, (_, sector) => versionOf(onMedium(medium, sector), sector));
      const possible = [[1], [1, 2], [1, 2, 3], [1, 3]];
      const kind = [0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 0, 0];
      versions.forEach((version, sector) => {
        assert.ok(
          possible[kind[sector]!]!.includes(version),
          `seed ${seed}: sector ${sector} has version ${version}`,
        );
      });
      const latest = [1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 1, 1];
      const dropped = versions.flatMap((version, sector) => (version === latest[sector] ? [] : [sector]));
      assert.deepEqual(sectorsOf(report.droppedSectors), dropped, `seed ${seed}`);
      assert.equal(report.dropped, dropped.length);
      assert.equal(report.survived, 8 - dropped.length);
      modes.add(report.mode);
      seen.add(versions[4]!);
    }
    assert.deepEqual([...seen].sort(), [1, 2, 3]);
    assert.deepEqual([...modes].sort(), ['all', 'none', 'prefix', 'sectors', 'suffix', 'writes']);
  });

  it('never touches what a flush has covered', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const { medium, cache } = cachedDisk({ limitSectors: 20 });
      for (let i = 0; i < 50; i++) await cache.write(i, patternBytes(i, 3, 1));
      await cache.flush();
      await cache.write(100, patternBytes(100, 5));
      await cache.powerLoss(seededRandom(seed));
      assertSectors(onMedium(medium, 0, 52), patternBytes(0, 52, 1));
    }
  });

  it('drops a discard as it does a write', async () => {
    const left = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const { medium, cache } = cachedDisk();
      medium.poke(5, patternBytes(5, 1));
      await cache.discard(5, 1);
      await cache.powerLoss(seededRandom(seed));
      left.add(Buffer.compare(onMedium(medium, 5), ZERO) === 0 ? 'zeros' : 'bytes');
    }
    assert.deepEqual([...left].sort(), ['bytes', 'zeros']);
  });

  it('brings nothing back in a sector whose latest version was written down', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const { medium, disk, cache } = cachedDisk({ limitSectors: 4 });
      disk.fail({ operations: ['write'], after: 0, duration: 'sectors', failing: () => [[1, 1]] });
      await cache.write(0, patternBytes(0, 2, 1));
      await cache.write(0, patternBytes(0, 1, 2));
      await assertFailed(cache.flush(), 'EIO', [[1, 1]]);
      assertSectors(onMedium(medium, 0), patternBytes(0, 1, 2));
      disk.heal();
      await cache.powerLoss(seededRandom(seed));
      assertSectors(onMedium(medium, 0), patternBytes(0, 1, 2));
    }
  });

  it('is dead afterwards, and gives the same report again', async () => {
    const { medium, cache } = cachedDisk();
    await cache.write(0, patternBytes(0, 4));
    const report = await cache.powerLoss(seededRandom(1));
    assert.equal(await cache.powerLoss(seededRandom(2)), report);
    const before = onMedium(medium, 0, 4);
    await assertRefused(cache.read(0, new Uint8Array(SECTOR_SIZE)), 'ENODEV');
    await assertRefused(cache.write(0, patternBytes(0, 1)), 'ENODEV');
    await assertRefused(cache.flush(), 'ENODEV');
    await assertRefused(cache.discard(0, 1), 'ENODEV');
    await assertRefused(cache.discard(0, 1000), 'ENODEV');
    await cache.close();
    assertSectors(onMedium(medium, 0, 4), before);
    await assertRefused(medium.read(0, new Uint8Array(SECTOR_SIZE)), 'ENODEV');
  });

  it('with nothing unflushed loses nothing', async () => {
    const { disk, cache } = cachedDisk();
    const report = await cache.powerLoss(seededRandom(1));
    assert.deepEqual([report.survived, report.dropped, report.droppedSectors], [0, 0, []]);
    assert.deepEqual(disk.trace(), []);
  });

  it('counts survivors that the disk refuses as dropped', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { disk, cache } = cachedDisk();
      await cache.write(0, patternBytes(0, 8));
      disk.fail({ operations: ['write'], after: 0, duration: 'device' });
      const report = await cache.powerLoss(seededRandom(seed));
      assert.deepEqual([report.survived, report.dropped], [0, 8]);
    }
  });

  it('answers what is in flight with an error: reads, writes that wait for what is there, flushes, discards', async () => {
    const { disk, cache } = cachedDisk({ limitSectors: 8 });
    await cache.write(0, patternBytes(0, 8));
    disk.hold();
    const requests = [
      cache.read(6, new Uint8Array(4 * SECTOR_SIZE)),
      cache.write(6, patternBytes(6, 4)),
      cache.flush(),
      cache.flush(),
      cache.discard(0, 1000),
    ];
    await atRest();
    const losing = cache.powerLoss(seededRandom(3));
    disk.release();
    const results = await Promise.allSettled(requests);
    for (const [i, result] of results.entries()) {
      assert.equal(result.status, 'rejected', `request ${i}`);
      assert.equal((result as PromiseRejectedResult).reason.code, 'ENODEV');
    }
    await losing;
    assert.deepEqual(disk.trace(['discard', 'flush']), []);
  });

  it('stops writing down at once', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { medium, disk, cache } = cachedDisk();
      for (let i = 0; i < 100; i++) await cache.write(2 * i, patternBytes(2 * i, 1));
      disk.hold(['write']);
      const flushing = cache.flush();
      await atRest();
      const losing = cache.powerLoss(seededRandom(seed));
      disk.release();
      await assertRefused(flushing, 'ENODEV');
      const { mode, dropped } = await losing;
      const lost = Array.from({ length: 100 }, (_, i) => onMedium(medium, 2 * i)).filter(
        (bytes) => bytes[0] === 0,
      );
      assert.equal(lost.length, dropped);
      if (mode === 'none') assert.ok(dropped > 80 && dropped < 100, `${dropped} dropped`);
    }
  });

  it('does not let a flush succeed whose power went while the disk was flushing', async () => {
    const { disk, cache } = cachedDisk();
    await cache.write(0, patternBytes(0, 8));
    disk.holdAnswers(['flush']);
    const flushing = cache.flush();
    await atRest();
    const losing = cache.powerLoss(seededRandom(3));
    disk.release();
    await assertRefused(flushing, 'ENODEV');
    await losing;
  });
});

describe('VolatileCache under random use', () => {
  it('holds its promises at any power loss: flushed data stay, and nothing appears that was not written', async function () {
    this.timeout(60_000);
    for (let seed = 0; seed < 150; seed++) await loseAtRandom(seed);
  });
});

const RANDOM_SECTORS = 40;

/** Writes with changing overlap, some at the same time as flushes, over a slow disk and through a cache that is often full. */
async function loseAtRandom(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const medium = new MemoryDevice(RANDOM_SECTORS);
  const cache = new VolatileCache(new ScriptedDevice(medium, randomDelay(random)), {
    limitBytes: 16 * SECTOR_SIZE,
  });
  /** The versions that each sector may have after a power loss; 0 is zeros. */
  const possible = Array.from({ length: RANDOM_SECTORS }, () => [0]);
  const flushes: Promise<void>[] = [];
  const operations = randomInteger(random, 60);
  for (let version = 1; version <= operations; version++) {
    const sector = randomInteger(random, RANDOM_SECTORS);
    const count = 1 + randomInteger(random, Math.min(12, RANDOM_SECTORS - sector));
    const run = possible.slice(sector, sector + count);
    if (random() < 0.2) {
      const certain = possible.map((versions) => versions.at(-1)!);
      const flush = cache.flush().then(() => {
        for (const [i, versions] of possible.entries()) versions.splice(0, versions.indexOf(certain[i]!));
      });
      flushes.push(flush.catch(() => undefined));
      if (random() < 0.5) await flush;
    } else {
      for (const versions of run) versions.push(version);
      await cache.write(sector, patternBytes(sector, count, version));
    }
  }
  await cache.powerLoss(random);
  await Promise.all(flushes);
  for (const [sector, versions] of possible.entries()) {
    const bytes = onMedium(medium, sector);
    const found = bytes[0] === 0 ? 0 : versionOf(bytes, sector);
    assert.ok(
      versions.includes(found),
      `seed ${seed}: sector ${sector} has version ${found}, not one of ${versions}`,
    );
  }
}

function versionOf(bytes: Uint8Array, sector: number): number {
  const version = Number(/^sector \d+ version (\d+) /.exec(Buffer.from(bytes).toString('latin1'))?.[1]);
  assertSectors(bytes, patternBytes(sector, 1, version), sector);
  return version;
}

function sectorsOf(ranges: readonly (readonly [number, number])[]): number[] {
  return ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i));
}
