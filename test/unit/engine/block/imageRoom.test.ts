import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { createImage } from '../../../../src/engine/block/image';
import { copySparse } from '../../../../src/engine/block/sparseCopy';
import { needing } from '../../../support/needs';
import { holelessFiles } from '../../../support/outside/holelessFiles';
import { putFiles } from '../../../support/outside/putDoors';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { smallDisk } from '../../../support/smallDisk';
import { tempFolder } from '../../../support/tempFolder';

const MIB_SECTORS = 2048;

describe('the room of a new image', () => {
  const folder = tempFolder();

  it('is asked for as a sparse file, and none is taken where the file system makes holes', async () => {
    const asked: string[] = [];
    putFiles({ makeSparse: async (path) => void asked.push(path) });
    const path = folder.path('main.img');
    const { isFull, byteCount, freeBytes } = await createImage(path, 64 * MIB_SECTORS);
    assert.deepEqual([isFull, byteCount], [false, 64 * 2 ** 20]);
    assert.ok(freeBytes! > 0);
    assert.equal(statSync(path).size, 64 * 2 ** 20);
    await copySparse({ size: 512, read: async () => 512 }, folder.path('copy.img'), {});
    assert.deepEqual(asked, [path, folder.path('copy.img')]);
  });

  it('is its full size where the file system makes none: written at once, with progress', async () => {
    putFiles(holelessFiles());
    const shares: number[] = [];
    const path = folder.path('main.img');
    const { isFull } = await createImage(path, 4 * MIB_SECTORS, {
      onProgress: (share) => shares.push(share),
    });
    assert.ok(isFull);
    assert.deepEqual(shares, [0, 0.25, 0.5, 0.75]);
    assert.equal(statSync(path).size, 4 * 2 ** 20);
  });

  it('is looked at before anything is written, and refused with both sizes', async () => {
    putFiles(holelessFiles({ freeBytes: 3 * 2 ** 20 }));
    await assertFailsWith(
      createImage(folder.path('main.img'), 4 * MIB_SECTORS),
      'ENOSPC',
      /main\.img: its file system makes no holes, so it takes its full size, 4194304 bytes, and 3145728 are free/,
    );
    assert.deepEqual(readdirSync(folder.path()), []);
  });

  it('leaves no file when a quota ends it that is not told before, or when it is cancelled', async () => {
    putFiles(holelessFiles({ freeBytes: null, quotaBytes: 2.5 * 2 ** 20 }));
    await assertFailsWith(
      createImage(folder.path('main.img'), 4 * MIB_SECTORS),
      'ENOSPC',
      /no room is left for/,
    );
    const signal = AbortSignal.abort();
    await assertFailsWith(
      createImage(folder.path('main.img'), MIB_SECTORS, { signal }),
      'ECANCELED',
      /cancelled/,
    );
    assert.deepEqual(readdirSync(folder.path()), []);
  });

  describe('on a file system of a few MiB', () => {
    const disk = smallDisk(2);

    it('is told as it is: a sparse image that is larger takes nothing yet', async () => {
      const { isFull, freeBytes } = await createImage(disk.path('main.img'), 8 * MIB_SECTORS);
      assert.equal(isFull, false);
      assert.ok(freeBytes! <= 2 * 2 ** 20);
      assert.equal(statSync(disk.path('main.img')).blocks, 0);
    });

    it('is as much as fits where images take their full size', async () => {
      putFiles({ open: holelessFiles().open! });
      await assertFailsWith(createImage(disk.path('large.img'), 8 * MIB_SECTORS), 'ENOSPC', /8388608 bytes/);
      assert.deepEqual(readdirSync(disk.path()), []);
      assert.ok((await createImage(disk.path('main.img'), MIB_SECTORS)).isFull);
    });
  });

  it(
    'is none under Windows too, where the flag makes holes',
    needing('namedPipes', async () => {
      await createImage(folder.path('main.img'), 64 * MIB_SECTORS);
      assert.ok(statSync(folder.path('main.img')).blocks < 64 * MIB_SECTORS);
    }),
  );
});
