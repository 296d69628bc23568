import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../../../src/engine/block/image';
import type { ImageDevice } from '../../../../src/engine/block/imageDevice';
import { randomInteger, seededRandom } from '../../../../src/engine/block/random';
import { type ImageIo, nodeFiles } from '../../../../src/engine/outside/fileSystem';
import { assertFailed } from '../../../support/block/blockErrors';
import { FaultyIo } from '../../../support/block/faultyIo';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';
import { tempFolder } from '../../../support/tempFolder';
import { turn } from '../../../support/turns';

/** Counts writes, and makes them durable when a flush completes that was started after them. */
class SlowFlushes extends FaultyIo {
  written = 0;
  durable = 0;
  readonly #running: (() => void)[] = [];

  override readonly write: ImageIo['write'] = (fd, buffer, offset, length, position, done) => {
    nodeFiles.io.write(fd, buffer, offset, length, position, (error, byteCount) => {
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
    while (io.flushCount < 3) await turn();
    io.heldFlushes.shift()!();
    await Promise.all(others);
    assert.equal(io.flushCount, 3);
    await image.close();
  });

  it('never answers before the disk has all earlier writes, in any interleaving', async () => {
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
        await turn();
      }
    }
    const all = Promise.all(flushes);
    let settled = false;
    all.finally(() => {
      settled = true;
    });
    while (!settled) {
      disk.complete();
      await turn();
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

  it('fails from the first flush on that the disk failed', async () => {
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

  it('answers ENOSPC when a flush fails for lack of space', async () => {
    const image = await open(new FaultyIo({ flushErrors: ['ENOSPC'] }));
    await assertFailed(image.flush(), 'ENOSPC', []);
    await image.close();
  });
});
