import assert from 'node:assert/strict';
import { type BlockDevice, SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { allSurvive, noneSurvive, type Survival } from '../../../../src/engine/block/survival';
import { CrashLog } from '../../../support/block/crashLog';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { assertSectors, patternBytes } from '../../../support/block/sectors';

const drop = () => noneSurvive;
const keep = () => allSurvive;

/** The version that `patternBytes` wrote to a sector, 0 for zeros. */
function versionAt(medium: MemoryDevice, sector: number): number {
  const bytes = new Uint8Array(SECTOR_SIZE);
  medium.peek(sector, bytes);
  const text = Buffer.from(bytes).toString('latin1');
  if (text.startsWith('\0')) return 0;
  const version = Number(/^sector \d+ version (\d+) /.exec(text)?.[1]);
  assertSectors(bytes, patternBytes(sector, 1, version), sector);
  return version;
}

function only(log: CrashLog, cut: number, pick: () => Survival): MemoryDevice {
  const media = log.cutAt(cut, pick);
  assert.equal(media.length, 1);
  return media[0]!;
}

describe('CrashLog', () => {
  let log: CrashLog;
  let device: BlockDevice;

  beforeEach(() => {
    log = new CrashLog();
    device = log.record(new MemoryDevice(100));
  });

  it('keeps flushed writes in every cut after the flush, and none before it', async () => {
    await device.write(5, patternBytes(5, 2));
    assert.equal(versionAt(only(log, log.eventCount, drop), 5), 0);
    assert.equal(versionAt(only(log, log.eventCount, keep), 6), 1);
    await device.flush();
    const flushed = log.eventCount;
    await device.write(5, patternBytes(5, 1, 2));
    assert.equal(versionAt(only(log, flushed, drop), 5), 1);
    assert.equal(versionAt(only(log, log.eventCount, drop), 5), 1);
    assert.equal(versionAt(only(log, log.eventCount, keep), 5), 2);
    assert.equal(versionAt(only(log, 0, keep), 5), 0);
  });

  it('tears a run between sectors and picks among the versions of a sector', async () => {
    await device.write(5, patternBytes(5, 4, 1));
    await device.write(6, patternBytes(6, 2, 2));
    const medium = only(log, log.eventCount, () => ({
      mode: 'sectors',
      survives: (sector, write) =>
        (sector === 6 && write === 0) || (sector === 7 && write === 1) || sector === 8,
    }));
    assert.deepEqual(
      [5, 6, 7, 8].map((sector) => versionAt(medium, sector)),
      [0, 1, 2, 1],
    );
  });

  it('does not count a write as flushed that was unanswered when the flush was called', async () => {
    const writing = device.write(5, patternBytes(5, 1));
    const flushing = device.flush();
    await Promise.all([writing, flushing]);
    assert.equal(versionAt(only(log, log.eventCount, drop), 5), 0);
    await device.flush();
    assert.equal(versionAt(only(log, log.eventCount, drop), 5), 1);
  });

  it('does not count a flush before it completes', async () => {
    await device.write(5, patternBytes(5, 1));
    const flushing = device.flush();
    const writing = device.write(6, patternBytes(6, 1));
    const cut = log.eventCount;
    await Promise.all([flushing, writing]);
    assert.equal(versionAt(only(log, cut, drop), 5), 0);
    assert.equal(versionAt(only(log, log.eventCount, drop), 5), 1);
    assert.equal(versionAt(only(log, log.eventCount, drop), 6), 0);
  });

  it('never brings back a version older than what a flush made certain', async () => {
    await device.write(5, patternBytes(5, 1, 1));
    await device.write(5, patternBytes(5, 1, 2));
    await device.flush();
    await device.write(9, patternBytes(9, 1));
    const first = () => ({ mode: 'writes' as const, survives: (_: number, write: number) => write === 0 });
    assert.equal(versionAt(only(log, log.eventCount, first), 5), 2);
  });

  it('discards to zeros, uncertain until the flush like any write', async () => {
    await device.write(5, patternBytes(5, 3));
    await device.flush();
    await device.discard(6, 1);
    assert.equal(versionAt(only(log, log.eventCount, drop), 6), 1);
    assert.equal(versionAt(only(log, log.eventCount, keep), 6), 0);
    await device.flush();
    assert.equal(versionAt(only(log, log.eventCount, drop), 6), 0);
    assert.equal(versionAt(only(log, log.eventCount, drop), 7), 1);
  });

  it('orders the events of several devices and asks for each of them', async () => {
    const spare = log.record(new MemoryDevice(50));
    await device.write(1, patternBytes(1, 1));
    await spare.write(2, patternBytes(2, 1));
    await device.write(1, patternBytes(1, 1, 2));
    assert.deepEqual(
      log.events.map((event) => event.device),
      [0, 1, 0],
    );
    const asked: number[][] = [];
    const [mainLeft, spareLeft] = log.cutAt(log.eventCount, (first, end, index) => {
      asked.push([first, end, index]);
      return index === 0 ? noneSurvive : allSurvive;
    });
    assert.deepEqual(asked, [
      [0, 3, 0],
      [1, 3, 1],
    ]);
    assert.equal(versionAt(mainLeft!, 1), 0);
    assert.equal(versionAt(spareLeft!, 2), 1);
  });

  it('starts from the content it was given, and gives media that are independent of each other', async () => {
    const initial = new MemoryDevice(100);
    initial.poke(0, patternBytes(0, 100, 7));
    const own = new CrashLog();
    const recorded = own.record(initial);
    initial.poke(0, patternBytes(0, 100, 9));
    await recorded.write(3, patternBytes(3, 1, 8));
    const first = only(own, 0, keep);
    first.poke(0, patternBytes(0, 100, 5));
    const second = only(own, 1, keep);
    assert.deepEqual([versionAt(second, 2), versionAt(second, 3), versionAt(first, 3)], [7, 8, 5]);
    assert.equal(versionAt(only(own, 0, keep), 3), 7);
  });

  it('cuts in any order with the same results', async () => {
    for (let i = 0; i < 40; i++) {
      await device.write(i % 7, patternBytes(i % 7, 3, i + 1));
      if (i % 5 === 4) await device.flush();
    }
    const content = (cut: number): Uint8Array => {
      const bytes = new Uint8Array(10 * SECTOR_SIZE);
      only(log, cut, drop).peek(0, bytes);
      return bytes;
    };
    const ascending = Array.from({ length: log.eventCount + 1 }, (_, cut) => content(cut));
    for (let cut = log.eventCount; cut >= 0; cut -= 3) assertSectors(content(cut), ascending[cut]!);
  });
});
