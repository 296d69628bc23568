import assert from 'node:assert/strict';
import { renameSync, statSync, symlinkSync, truncateSync, unlinkSync } from 'node:fs';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../../../src/engine/block/image';
import type { ImageDevice } from '../../../../src/engine/block/imageDevice';
import { assertFailed, assertRefused } from '../../../support/block/blockErrors';
import { DISPLACINGS, nestedPath } from '../../../support/block/displacing';
import { errno, FaultyIo } from '../../../support/block/faultyIo';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';
import { need, needing } from '../../../support/needs';
import { putHost } from '../../../support/outside/putDoors';
import { tempFolder } from '../../../support/tempFolder';

const SECTORS = 100;

describe('The place of an open image', () => {
  const folder = tempFolder();
  let path: string;
  let image: ImageDevice;
  let io: FaultyIo;

  beforeEach(async () => {
    path = nestedPath(folder.path('disk.img'));
    await createImage(path, SECTORS);
    io = new FaultyIo();
    image = await openImage(path, { io });
    await image.write(0, patternBytes(0, SECTORS));
    await image.flush();
  });
  afterEach(() => image.close().catch(() => undefined));

  for (const { name, displace, reason, needs } of DISPLACINGS) {
    describe(`of an image that was ${name}`, () => {
      before(function () {
        need(this, ...needs);
      });
      it('is found out by an explicit check, told once, and kept for ever', async () => {
        const told: string[] = [];
        image.place.whenDisplaced((displacement) => told.push(displacement.reason));
        displace(path);
        const error = await assertFailed(image.checkPlace(), 'ESTALE', []);
        assert.match(error.message, reason);
        assert.equal(error.details.path, path);
        await assertRefused(image.checkPlace(), 'ESTALE');
        assert.equal(told.length, 1);
        assert.match(told[0]!, reason);
        assert.match(image.place.displacement!.reason, reason);
      });

      it('makes the flush fail, and all writes, discards and flushes after it', async () => {
        await image.write(1, patternBytes(1, 2, 2));
        displace(path);
        await assertRefused(image.flush(), 'ESTALE');
        await assertFailed(image.write(0, patternBytes(0, 3)), 'ESTALE', [[0, 3]]);
        await assertFailed(image.discard(0, 5), 'ESTALE', [[0, 5]]);
        await assertRefused(image.flush(), 'ESTALE');
        assertSectors(
          await readSectors(image, 0, 8),
          new Uint8Array([...patternBytes(0, 1), ...patternBytes(1, 2, 2), ...patternBytes(3, 5)]),
        );
      });

      it('makes a flush fail that has nothing to write out', async () => {
        displace(path);
        await assertRefused(image.flush(), 'ESTALE');
      });

      it('makes the close of an image that was written fail, which is closed all the same', async () => {
        displace(path);
        await assertRefused(image.close(), 'ESTALE');
        await assertRefused(image.flush(), 'ENODEV');
      });
    });
  }

  it('is looked at by each flush itself, while the bytes are written out', async () => {
    io.holdFlushes = true;
    await image.write(1, patternBytes(1, 1, 2));
    const { stat } = io;
    let looks = 0;
    Object.assign(io, {
      stat: (...args: Parameters<typeof stat>) => {
        looks++;
        stat(...args);
      },
    });
    const flush = image.flush();
    assert.deepEqual([looks, io.heldFlushes.length], [1, 1]);
    io.heldFlushes[0]!();
    await flush;
    await image.flush();
    assert.equal(looks, 2);
  });

  it('is displaced for a write that is under way when that is found out', async () => {
    const write = image.write(1, patternBytes(1, 1, 2));
    truncateSync(path, 50 * SECTOR_SIZE);
    image.place.noteLength();
    await assertFailed(write, 'ESTALE', [[1, 1]]);
  });

  describe('when the file was shortened', () => {
    const lost = [50, 50] as const;
    const shorten = (): void => truncateSync(path, 50 * SECTOR_SIZE);

    it('lets no write lengthen it again, and no discard', async () => {
      shorten();
      await assertFailed(image.write(60, patternBytes(60, 1)), 'ESTALE', [[60, 1]]);
      assert.equal(statSync(path).size, 50 * SECTOR_SIZE);
    });

    it('lets no discard lengthen it again, whether it is the first to see that or not', async () => {
      shorten();
      await assertFailed(image.discard(40, 30), 'ESTALE', [[40, 30]]);
      assert.equal(statSync(path).size, 50 * SECTOR_SIZE);
    });

    it('stops a discard that has begun', async () => {
      const read = io.read;
      Object.assign(io, {
        read: (...args: Parameters<typeof read>) => {
          shorten();
          read(...args);
        },
      });
      await assertFailed(image.discard(0, SECTORS), 'ESTALE', [[0, SECTORS]]);
      assert.equal(statSync(path).size, 50 * SECTOR_SIZE);
    });

    it('stops the parts in which a write that was answered in part goes on', async () => {
      io.faults.maxTransfer = 10 * SECTOR_SIZE;
      const write = io.write;
      Object.assign(io, {
        write: (...args: Parameters<typeof write>) => {
          const done = args[5];
          args[5] = (...outcome) => {
            if (args[4] === 50 * SECTOR_SIZE) truncateSync(path, 60 * SECTOR_SIZE);
            done(...outcome);
          };
          write(...args);
        },
      });
      await assertFailed(image.write(40, patternBytes(40, 40, 2)), 'ESTALE', [[60, 20]]);
      assert.equal(statSync(path).size, 60 * SECTOR_SIZE);
    });

    it('fails exactly the sectors that are lost, says so at once, and reads the others', async () => {
      shorten();
      const buffer = new Uint8Array(SECTORS * SECTOR_SIZE);
      await assertFailed(image.read(0, buffer), 'EIO', [lost]);
      assert.match(image.place.displacement!.reason, /was shortened from 51200 to 25600 bytes/);
      assertSectors(await readSectors(image, 0, 50), patternBytes(0, 50));
    });

    it('counts bytes after the last whole sector too', async () => {
      const odd = folder.path('odd.img');
      await createImage(odd, 2);
      truncateSync(odd, 2 * SECTOR_SIZE + 100);
      const oddImage = await openImage(odd);
      assert.deepEqual([oddImage.place.byteLength, (await oddImage.readTail(100)).length], [1124, 100]);
      truncateSync(odd, 2 * SECTOR_SIZE + 99);
      await assertFailed(oddImage.write(0, patternBytes(0, 1)), 'ESTALE', [[0, 1]]);
      await oddImage.close();
    });
  });

  it(
    'is good as long as a link leads to the open file, and while the file grows',
    needing('symlinks', async () => {
      const target = `${path}.target`;
      await image.close();
      renameSync(path, target);
      symlinkSync(target, path);
      image = await openImage(path);
      await image.write(0, patternBytes(0, 1, 3));
      await image.flush();
      truncateSync(path, 200 * SECTOR_SIZE);
      await image.flush();
      renameSync(target, `${target}.away`);
      await assertRefused(image.flush(), 'ESTALE');
    }),
  );

  it('stays unknown while the path can not be looked at: the flush fails, and the next one may succeed', async () => {
    await image.write(0, patternBytes(0, 1, 2));
    const { stat } = io;
    Object.assign(io, {
      stat: (_path: string, _options: unknown, done: (error: Error) => void) => done(errno('EIO')),
    });
    const error = await assertFailed(image.flush(), 'EIO', []);
    assert.match(error.message, /can't find .*disk\.img/);
    Object.assign(io, { stat });
    await image.flush();
    assert.equal(image.place.displacement, null);
  });

  it('is displaced where the path can not be reached any more', async () => {
    // On Windows a program that has the file open for a moment may be the reason: fileIdentity.test.ts.
    putHost({ platform: 'linux' });
    Object.assign(io, {
      stat: (_path: string, _options: unknown, done: (error: Error) => void) => done(errno('EACCES')),
    });
    const error = await assertFailed(image.checkPlace(), 'ESTALE', []);
    assert.match(error.message, /can no longer be reached \(EACCES\)/);
  });

  it('tells of nothing that is found out when the image is closed', async () => {
    let answer: (error: Error) => void = () => {};
    const { stat } = io;
    Object.assign(io, {
      stat: (_path: string, _options: unknown, done: (error: Error) => void) => {
        answer = done;
      },
    });
    const reader = await openImage(path, { readOnly: true, io });
    reader.place.whenDisplaced(() => assert.fail('was told'));
    const look = assertRefused(reader.checkPlace(), 'ESTALE');
    Object.assign(io, { stat });
    await reader.close();
    unlinkSync(path);
    answer(errno('ENOENT'));
    await look;
  });

  it(
    'tells a listener that comes later at once, and none after it was taken away',
    needing('openFilesGo', async () => {
      unlinkSync(path);
      image.place.whenDisplaced(() => assert.fail('was told'));
      image.place.whenDisplaced(null);
      await assertRefused(image.checkPlace(), 'ESTALE');
      let told = 0;
      image.place.whenDisplaced(() => told++);
      assert.equal(told, 1);
    }),
  );
});
