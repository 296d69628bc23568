import assert from 'node:assert/strict';
import fs from 'node:fs';
import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../../src/engine/block/image';
import type { ImageDevice } from '../../../src/engine/block/imageDevice';
import { type ImageIo, nodeIo } from '../../../src/engine/block/imageIo';
import { randomInteger, seededRandom } from '../../../src/engine/block/random';
import { type ErrorCode, RemapError } from '../../../src/engine/errors';
import { assertFailed, assertRefused } from '../../support/blockErrors';
import { FaultyIo, type IoFaults } from '../../support/faultyIo';
import { assertSectors, patternBytes, readSectors } from '../../support/sectors';
import { tempFolder } from '../../support/tempFolder';

async function assertRemapError(
  action: Promise<unknown>,
  code: ErrorCode,
  message: RegExp,
  path: string,
): Promise<RemapError> {
  const error = await action.then(
    () => assert.fail(`expected ${code}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RemapError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  assert.ok(error.message.includes(path), error.message);
  assert.ok(!error.message.includes('\n'));
  assert.equal(error.details.path, path);
  return error;
}

/** Runs as a user whom permissions bind, also when the tests run as root; the paths are that user's. */
async function asNobody(...args: [...paths: string[], run: () => Promise<unknown>]): Promise<void> {
  const run = args.pop() as () => Promise<unknown>;
  if (process.geteuid?.() !== 0) {
    await run();
    return;
  }
  const nobody = 65_534;
  for (const path of args as string[]) fs.chownSync(path, nobody, nobody);
  process.seteuid?.(nobody);
  try {
    await run();
  } finally {
    process.seteuid?.(0);
  }
}

describe('createImage', () => {
  const folder = tempFolder();

  it('makes a sparse file of zeros of that size', async () => {
    const path = folder.path('new.img');
    await createImage(path, 204_800);
    const stats = fs.statSync(path);
    assert.equal(stats.size, 204_800 * SECTOR_SIZE);
    assert.ok(stats.blocks * 512 < 65_536, `${stats.blocks} blocks are allocated`);
  });

  it('never overwrites what is there', async () => {
    const path = folder.path('old.img');
    fs.writeFileSync(path, 'precious');
    await assertRemapError(createImage(path, 100), 'EEXIST', /exists already and is not overwritten/, path);
    assert.equal(fs.readFileSync(path, 'utf8'), 'precious');
    await assertRemapError(createImage(folder.path(), 100), 'EEXIST', /exists already/, folder.path());
  });

  it('says so when the folder is missing or is a file', async () => {
    const path = folder.path('no/such/new.img');
    await assertRemapError(createImage(path, 100), 'ENOENT', /create the folder first/, path);
    fs.writeFileSync(folder.path('file'), '');
    const inside = folder.path('file/new.img');
    await assertRemapError(createImage(inside, 100), 'EINVAL', /not one of a file/, inside);
  });

  it('refuses impossible sizes', async () => {
    const path = folder.path('new.img');
    for (const sectorCount of [0, -1, 1.5, Number.NaN, 2 ** 35 + 1]) {
      await assertRemapError(createImage(path, sectorCount), 'EINVAL', /from 1 to 34359738368 sectors/, path);
    }
    assert.ok(!fs.existsSync(path));
  });

  it('leaves nothing behind when the file system refuses the size', async function () {
    const path = folder.path('huge.img');
    // ext4 ends 4 KiB below 16 TiB; others allow more.
    const error: unknown = await createImage(path, 2 ** 35).catch((thrown: unknown) => thrown);
    if (error === undefined) return this.skip();
    assert.ok(error instanceof RemapError);
    assert.equal(error.code, 'EINVAL');
    assert.match(error.message, /larger than its file system allows/);
    assert.deepEqual(fs.readdirSync(folder.path()), []);
  });
});

describe('openImage', () => {
  const folder = tempFolder();

  it('says so when the file is missing, a folder, a device, or too short', async () => {
    const missing = folder.path('missing.img');
    await assertRemapError(openImage(missing), 'ENOENT', /does not exist/, missing);
    await assertRemapError(openImage(folder.path()), 'EINVAL', /is a folder/, folder.path());
    await assertRemapError(openImage('/dev/null'), 'EINVAL', /not a regular file/, '/dev/null');
    for (const length of [0, 511]) {
      const short = folder.path(`short-${length}.img`);
      fs.writeFileSync(short, new Uint8Array(length));
      await assertRemapError(openImage(short), 'EINVAL', /not even one sector/, short);
    }
    assert.deepEqual(fs.readdirSync(folder.path()).sort(), ['short-0.img', 'short-511.img']);
  });

  it('opens a read-only file only for reading', async () => {
    const path = folder.path('main.img');
    fs.writeFileSync(path, patternBytes(0, 4), { mode: 0o444 });
    await assertRemapError(openImage(path), 'EROFS', /is read-only: make it writable \(chmod u\+w\)/, path);
    const image = await openImage(path, { readOnly: true });
    assertSectors(await readSectors(image, 0, 4), patternBytes(0, 4));
    await image.close();
    assert.deepEqual(fs.readdirSync(folder.path()), ['main.img']);
  });

  it('says so when permission is missing', async () => {
    const path = folder.path('main.img');
    fs.writeFileSync(path, patternBytes(0, 4));
    fs.chmodSync(path, 0o200);
    await asNobody(folder.path(), path, () =>
      assertRemapError(openImage(path), 'EACCES', /no permission to open/, path),
    );
    fs.chmodSync(path, 0o600);
    fs.chmodSync(folder.path(), 0o500);
    await asNobody(folder.path(), path, () =>
      assertRemapError(openImage(path), 'EACCES', /no permission to write its folder/, path),
    );
    fs.chmodSync(folder.path(), 0o700);
  });

  it('refuses an image of another size than expected', async () => {
    const path = folder.path('main.img');
    await createImage(path, 100);
    await (await openImage(path, { expectedSectorCount: 100 })).close();
    const wrong = openImage(path, { expectedSectorCount: 101 });
    await assertRemapError(wrong, 'EINVAL', /has 100 sectors instead of 101/, path);
    await (await openImage(path)).close();
  });

  it('notices that the file was replaced while it was taking the lock', async () => {
    const path = folder.path('main.img');
    fs.writeFileSync(path, patternBytes(0, 4));
    let refused = 0;
    // The moment at which it can be noticed comes some turns after the call; each attempt tries another one.
    for (let attempt = 0; attempt < 1000 && refused < 3; attempt++) {
      fs.writeFileSync(folder.path('new.img'), patternBytes(0, 4));
      const settled = openImage(path).catch((error: unknown) => error);
      for (let turns = attempt % 30; turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve));
      fs.renameSync(folder.path('new.img'), path);
      const result = await settled;
      if (result instanceof RemapError) {
        assert.equal(result.code, 'EBUSY');
        assert.match(result.message, /was replaced while it was being opened: open it again/);
        refused++;
      } else await (result as ImageDevice).close();
    }
    assert.ok(refused > 0);
    assert.deepEqual(fs.readdirSync(folder.path()), ['main.img']);
  });

  it('leaves the bytes behind the last whole sector alone', async () => {
    const path = folder.path('odd.img');
    fs.writeFileSync(path, Buffer.concat([patternBytes(0, 3), Buffer.from('tail')]));
    const image = await openImage(path);
    assert.equal(image.sectorCount, 3);
    await assertRefused(image.read(3, new Uint8Array(SECTOR_SIZE)), 'EINVAL');
    await image.write(0, patternBytes(0, 3, 2));
    await image.discard(0, 3);
    await image.close();
    assert.equal(
      fs
        .readFileSync(path)
        .subarray(3 * SECTOR_SIZE)
        .toString(),
      'tail',
    );
  });

  it('reaches the last sector of the largest sparse file', async () => {
    const path = folder.path('large.img');
    const sectorCount = 2 ** 35 - 64;
    await createImage(path, sectorCount);
    const image = await openImage(path);
    const last = sectorCount - 1;
    for (const sector of [0, 2 ** 22 - 1, 2 ** 23 + 1, last])
      await image.write(sector, patternBytes(sector, 1));
    for (const sector of [0, 2 ** 22 - 1, 2 ** 23 + 1, last]) {
      assertSectors(await readSectors(image, sector, 1), patternBytes(sector, 1), sector);
    }
    await image.close();
    assert.ok(fs.statSync(path).blocks * 512 < 1_000_000);
  });
});

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

  it('answers ENOSPC for exactly the sectors that found no space', async () => {
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
    await image.close();
  });
});

/** Counts writes, and makes them durable when a flush completes that was started after them. */
class SlowFlushes extends FaultyIo {
  written = 0;
  durable = 0;
  readonly #running: (() => void)[] = [];

  override readonly write: ImageIo['write'] = (fd, buffer, offset, length, position, done) => {
    nodeIo.write(fd, buffer, offset, length, position, (error, byteCount) => {
      this.written++;
      done(error, byteCount);
    });
  };

  override readonly fdatasync: ImageIo['fdatasync'] = (_fd, done) => {
    this.flushCount++;
    const covered = this.written;
    this.#running.push(() => {
      this.durable = Math.max(this.durable, covered);
      done(null);
    });
  };

  /** Completes the oldest flush under way. */
  complete(): void {
    this.#running.shift()?.();
  }
}

describe('ImageDevice.flush', () => {
  const folder = tempFolder();

  async function open(io: FaultyIo): Promise<ImageDevice> {
    const path = folder.path('main.img');
    await createImage(path, 100);
    return openImage(path, { io });
  }

  it('reaches the disk once for all that wait, and always after the call', async () => {
    const io = new FaultyIo();
    io.holdFlushes = true;
    const image = await open(io);
    const answered: string[] = [];
    const flush = async (name: string): Promise<void> => {
      await image.flush();
      answered.push(name);
    };
    await image.write(0, patternBytes(0, 1));
    const first = flush('first');
    await image.write(1, patternBytes(1, 1));
    const others = [flush('second'), flush('third')];
    assert.equal(io.flushCount, 1);
    io.heldFlushes.shift()!();
    await first;
    await image.write(2, patternBytes(2, 1));
    assert.deepEqual(answered, ['first']);
    assert.equal(io.flushCount, 2);
    others.push(flush('fourth'));
    io.heldFlushes.shift()!();
    await Promise.all(others.slice(0, 2));
    assert.deepEqual(answered, ['first', 'second', 'third']);
    while (io.flushCount < 3) await new Promise((resolve) => setImmediate(resolve));
    io.heldFlushes.shift()!();
    await Promise.all(others);
    assert.equal(io.flushCount, 3);
    await image.close();
  });

  it('never answers before the disk has what was written before, in any interleaving', async () => {
    const random = seededRandom(5);
    const disk = new SlowFlushes();
    const image = await open(disk);
    const flushes: Promise<void>[] = [];
    for (let i = 0; i < 600; i++) {
      const choice = randomInteger(random, 3);
      if (choice === 0) await image.write(i % 100, patternBytes(i % 100, 1, i));
      if (choice === 1) {
        const needed = disk.written;
        flushes.push(image.flush().then(() => assert.ok(disk.durable >= needed, 'answered early')));
      }
      if (choice === 2) {
        disk.complete();
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const all = Promise.all(flushes);
    let settled = false;
    all.finally(() => {
      settled = true;
    });
    while (!settled) {
      disk.complete();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    assert.ok(disk.flushCount > 10 && disk.flushCount < flushes.length, `${disk.flushCount} flushes`);
    await image.close();
  });

  it('leaves the disk alone when nothing was written since', async () => {
    const io = new FaultyIo();
    const image = await open(io);
    await image.flush();
    assert.equal(io.flushCount, 1, 'what an earlier process left is flushed');
    await image.flush();
    assert.equal(io.flushCount, 1);
    await image.write(0, patternBytes(0, 1));
    await image.flush();
    await image.flush();
    assert.equal(io.flushCount, 2);
    await image.discard(0, 10);
    await image.flush();
    await image.flush();
    assert.equal(io.flushCount, 3);
    await image.close();
  });

  it('fails, and goes on failing, once the disk failed a flush', async () => {
    const io = new FaultyIo({ flushErrors: ['EIO'] });
    const image = await open(io);
    const results = await Promise.allSettled([image.flush(), image.flush(), image.flush()]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['rejected', 'rejected', 'rejected'],
    );
    const error = await assertFailed(image.flush(), 'EIO', []);
    assert.match(error.message, /main\.img could not be flushed \(EIO.*open the image anew/);
    assert.equal(io.flushCount, 1);
    assertSectors(await readSectors(image, 0, 1), new Uint8Array(SECTOR_SIZE));
    await image.close();
  });

  it('says that space ran out when a flush finds none', async () => {
    const image = await open(new FaultyIo({ flushErrors: ['ENOSPC'] }));
    await assertFailed(image.flush(), 'ENOSPC', []);
    await image.close();
  });
});
