import assert from 'node:assert/strict';
import fs from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { GatheredReads } from '../../../../src/engine/outside/gatheredReads';
import type { StartReader } from '../../../../src/engine/outside/readerThread';
import { HandReader } from '../../../support/outside/handReader';
import { tempFolder } from '../../../support/tempFolder';

const PAGE_BYTES = 4096;
const PAGE_COUNT = 64;
const PATIENCE = { answerMs: 5, restMs: 20, sleepMs: 0.2, awakeMs: 20 };

/** For what must not happen while a busy machine does something else. */
const LONG = { answerMs: 10_000, awakeMs: 10_000 };

describe('GatheredReads', () => {
  const folder = tempFolder();
  const pages = Buffer.alloc(PAGE_COUNT * PAGE_BYTES, 1);
  for (let page = 0; page < PAGE_COUNT; page++) pages.writeUInt32LE(page + 1, page * PAGE_BYTES);
  let fd: number;
  /** Reads that were made as ever, by their places. */
  let others: number[];
  let answerCounts: Map<number, number>;
  let reader: HandReader;

  beforeEach(() => {
    const path = folder.path('pages');
    fs.writeFileSync(path, pages);
    fd = fs.openSync(path, 'r');
    others = [];
    answerCounts = new Map();
    reader = new HandReader();
  });

  const { wait } = Atomics;

  afterEach(() => {
    Atomics.wait = wait;
    // A test that failed may have left reads to it, which keep the process alive.
    if (reader.startCount > 0) reader.die();
    fs.closeSync(fd);
  });

  /** Does something where the asking thread would sleep. @returns how long it may have slept, each time */
  function whileAsleep(asleep: () => ReturnType<typeof Atomics.wait>): number[] {
    const limits: number[] = [];
    Atomics.wait = (_words: unknown, _at: unknown, _value: unknown, limitMs?: number) => {
      limits.push(limitMs!);
      return asleep();
    };
    return limits;
  }

  function gathering(start: StartReader = reader.start, patience = PATIENCE): GatheredReads {
    const transfer: GatheredReads['read'] = (file, buffer, offset, length, position, done) => {
      others.push(position / PAGE_BYTES);
      fs.read(file, buffer, offset, length, position, done);
    };
    return new GatheredReads(transfer, start, patience);
  }

  /** Reads a page, checks its bytes, and that it is answered once, and never before the call has returned. */
  function readPage(reads: GatheredReads, page: number, file = fd): Promise<void> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.alloc(PAGE_BYTES + 8);
      let hasReturned = false;
      reads.read(file, bytes, 8, PAGE_BYTES, page * PAGE_BYTES, (error, byteCount) => {
        answerCounts.set(page, (answerCounts.get(page) ?? 0) + 1);
        try {
          assert.ok(hasReturned, 'answered before the call returned');
          if (error) throw error;
          assert.equal(byteCount, PAGE_BYTES);
          assert.deepEqual(bytes.subarray(8), pages.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES));
          resolve();
        } catch (wrong) {
          reject(wrong);
        }
      });
      hasReturned = true;
    });
  }

  function readPages(reads: GatheredReads, count: number): Promise<void>[] {
    return Array.from({ length: count }, (_, page) => readPage(reads, page));
  }

  /** Has so many reads made in bulk that a reader is started, and tells that it runs. */
  async function withReader(reads: GatheredReads): Promise<void> {
    for (let i = 0; i < 600 / PAGE_COUNT; i++) await Promise.all(readPages(reads, PAGE_COUNT));
    assert.equal(reader.startCount, 1);
    reader.begin();
    others = [];
    answerCounts.clear();
  }

  /** Reads pages of which the first eight make it a bulk again, if there was a pause. */
  function readInBulk(reads: GatheredReads): Promise<void>[] {
    const all = readPages(reads, 32);
    assert.ok(reader.waitingCount >= 24, `the reader got ${reader.waitingCount}`);
    return all;
  }

  it('makes reads as ever while nothing wants them gathered, however many they are', async () => {
    const reads = gathering();
    for (let i = 0; i < 20; i++) await Promise.all(readPages(reads, PAGE_COUNT));
    assert.equal(reader.startCount, 0);
    assert.equal(others.length, 20 * PAGE_COUNT);
  });

  it('starts no reader for reads that come one after the other, or are large', async () => {
    const reads = gathering();
    reads.use();
    for (let i = 0; i < 700; i++) await readPage(reads, i % PAGE_COUNT);
    const large = Buffer.alloc(32 * 1024);
    const all = Array.from(
      { length: 700 },
      () => new Promise<void>((resolve) => reads.read(fd, large, 0, large.length, 0, () => resolve())),
    );
    await Promise.all(all);
    assert.equal(reader.startCount, 0);
  });

  it('gives reads in bulk to the reader once that runs', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const all = readInBulk(reads);
    reader.serve();
    await Promise.all(all);
    assert.ok(others.length <= 8, `${others.length} were made as ever`);
  });

  it('gives it none while they come one after the other again', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const all = readInBulk(reads);
    reader.serve();
    await Promise.all(all);
    await sleep(4 * PATIENCE.answerMs);
    for (let page = 0; page < 5; page++) await readPage(reads, page);
    assert.equal(reader.waitingCount, 0);
  });

  it('sleeps until the reads of a turn are made, and needs no bell then', async () => {
    const reads = gathering(reader.start, { ...PATIENCE, ...LONG });
    reads.use();
    await withReader(reads);
    const limits = whileAsleep(() => {
      reader.serve();
      return 'ok';
    });
    const { bellCount } = reader;
    await Promise.all(readInBulk(reads));
    assert.deepEqual(limits, [PATIENCE.sleepMs]);
    assert.equal(reader.bellCount, bellCount);
  });

  it('sleeps once for a short time for reads that take longer, and has the bell rung from then on', async () => {
    const reads = gathering(reader.start, { ...PATIENCE, ...LONG });
    reads.use();
    await withReader(reads);
    const limits = whileAsleep(() => 'timed-out');
    for (let pass = 1; pass <= 3; pass++) {
      const all = readInBulk(reads);
      await nextTurn();
      await nextTurn();
      const { bellCount } = reader;
      reader.serve();
      assert.ok(reader.bellCount > bellCount, 'the bell was not rung for reads that nothing waits for');
      await Promise.all(all);
    }
    assert.deepEqual(limits, [PATIENCE.sleepMs]);
  });

  it('sleeps again some time later', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const limits = whileAsleep(() => 'timed-out');
    while (limits.length < 2) {
      const all = readInBulk(reads);
      await nextTurn();
      await nextTurn();
      reader.serve();
      await Promise.all(all);
    }
  });

  it('makes do without sleep in a thread that may not', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    whileAsleep(() => {
      throw new TypeError('Atomics.wait cannot be called in this context');
    });
    const all = readInBulk(reads);
    await nextTurn();
    await nextTurn();
    reader.serve();
    await Promise.all(all);
  });

  it('makes those as ever for which there is no room', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const all = [...readPages(reads, PAGE_COUNT), ...readPages(reads, PAGE_COUNT), ...readPages(reads, 40)];
    assert.equal(reader.waitingCount, 128);
    reader.serve();
    await Promise.all(all);
  });

  it('tells the errors of the system, and reads that end with the file', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const all = readInBulk(reads);
    const directory = fs.openSync(folder.path('.'), 'r');
    const failing = readPage(reads, 0, directory);
    const short = new Promise<number>((resolve) =>
      reads.read(fd, Buffer.alloc(PAGE_BYTES), 0, PAGE_BYTES, pages.length - 100, (_, count) =>
        resolve(count),
      ),
    );
    reader.serve();
    await assert.rejects(failing, { code: 'EISDIR' });
    assert.equal(await short, 100);
    await Promise.all(all);
    fs.closeSync(directory);
  });

  it('lets a read that hangs stop no other, and answers it once it is read', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const all = readInBulk(reads);
    const release = reader.hang();
    const settled = all.map((read) => read.then(() => 1));
    const isFirst = all.findIndex((_, page) => !others.includes(page));
    await Promise.all(settled.filter((_, page) => page !== isFirst));
    assert.equal(answerCounts.get(isFirst), undefined, 'the read that hangs was answered');
    const later = readPages(reads, 32);
    await Promise.all(later);
    release();
    await all[isFirst];
    assert.equal(answerCounts.get(isFirst), 2, 'once of the first pass and once of the later one');
    assert.deepEqual(
      [...answerCounts].filter(([, count]) => count !== 2),
      [],
    );
  });

  it('uses the reader again some time after a read that hung was answered', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const all = readInBulk(reads);
    const release = reader.hang();
    await sleep(3 * PATIENCE.answerMs + 3 * PATIENCE.restMs);
    assert.ok(!reads.gathers(PAGE_BYTES));
    release();
    await Promise.all(all);
    await sleep(3 * PATIENCE.restMs);
    const again = readInBulk(reads);
    reader.serve();
    await Promise.all(again);
  });

  it('makes what a reader has not begun as ever when that gets no time, and uses it on', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    await Promise.all(readInBulk(reads));
    assert.equal(others.length, 32);
    let readCount = 0;
    reader.serve((() => {
      readCount++;
      return 0;
    }) as typeof fs.readSync);
    assert.equal(readCount, 0, 'a read that was taken back was made, of a file that may be closed');
    const again = readInBulk(reads);
    reader.serve();
    await Promise.all(again);
  });

  it('goes back to many threads for a while when reads have to wait for a disk', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const all = readInBulk(reads);
    reader.serve(((...args: Parameters<typeof fs.readSync>) => {
      for (const until = performance.now() + 0.1; performance.now() < until; );
      return fs.readSync(...args);
    }) as typeof fs.readSync);
    await Promise.all(all);
    others = [];
    await Promise.all(readPages(reads, 32));
    assert.equal(others.length, 32);
    await sleep(3 * PATIENCE.restMs);
    const again = readInBulk(reads);
    reader.serve();
    await Promise.all(again);
  });

  it('makes all reads as ever when the reader dies, those that it had included', async () => {
    const reads = gathering();
    reads.use();
    await withReader(reads);
    const all = readInBulk(reads);
    reader.hang();
    reader.die();
    await Promise.all(all);
    assert.equal(others.length, 32);
    for (let i = 0; i < 20; i++) await Promise.all(readPages(reads, PAGE_COUNT));
    assert.equal(reader.startCount, 1);
    assert.ok([...answerCounts.values()].every((count) => count >= 20 && count <= 21));
  });

  it('makes all reads as ever where no reader can be started', async () => {
    let startCount = 0;
    const reads = gathering(() => {
      startCount++;
      throw new Error('no threads here');
    });
    reads.use();
    for (let i = 0; i < 20; i++) await Promise.all(readPages(reads, PAGE_COUNT));
    assert.equal(startCount, 1);
  });

  it('ends the reader once nothing wants reads gathered, and it has none left', async () => {
    const reads = gathering();
    const endFirst = reads.use();
    const endSecond = reads.use();
    await withReader(reads);
    endFirst();
    endFirst();
    const all = readInBulk(reads);
    endSecond();
    assert.ok(!reader.isToEnd);
    reader.serve();
    await Promise.all(all);
    assert.ok(reader.isToEnd);
    reader.die();
    await nextTurn();
    reads.use();
    for (let i = 0; i < 20; i++) await Promise.all(readPages(reads, PAGE_COUNT));
    assert.equal(reader.startCount, 2);
  });
});
