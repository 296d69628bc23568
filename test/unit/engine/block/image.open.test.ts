import assert from 'node:assert/strict';
import fs from 'node:fs';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../../../src/engine/block/image';
import type { ImageDevice } from '../../../../src/engine/block/imageDevice';
import { RemapError } from '../../../../src/engine/errors';
import { assertRefused } from '../../../support/block/blockErrors';
import { assertNamesFile } from '../../../support/block/imageErrors';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';
import { needing } from '../../../support/needs';
import { tempFolder } from '../../../support/tempFolder';
import { turns } from '../../../support/turns';

/** Runs as a user whom permissions bind, even if the tests run as root. The paths become that user's. */
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

describe('openImage', () => {
  const folder = tempFolder();

  it('says so when the file is missing, a folder, a device, or too short', async () => {
    const missing = folder.path('missing.img');
    await assertNamesFile(openImage(missing), 'ENOENT', /does not exist/, missing);
    await assertNamesFile(openImage(folder.path()), 'EINVAL', /is a folder/, folder.path());
    await assertNamesFile(openImage('/dev/null'), 'EINVAL', /not a regular file/, '/dev/null');
    for (const length of [0, 511]) {
      const short = folder.path(`short-${length}.img`);
      fs.writeFileSync(short, new Uint8Array(length));
      await assertNamesFile(openImage(short), 'EINVAL', /not even one sector/, short);
    }
    assert.deepEqual(fs.readdirSync(folder.path()).sort(), ['short-0.img', 'short-511.img']);
  });

  it('opens a read-only file only for reading', async () => {
    const path = folder.path('main.img');
    fs.writeFileSync(path, patternBytes(0, 4), { mode: 0o444 });
    await assertNamesFile(openImage(path), 'EROFS', /is read-only: make it writable \(chmod u\+w\)/, path);
    const image = await openImage(path, { readOnly: true });
    assertSectors(await readSectors(image, 0, 4), patternBytes(0, 4));
    await image.close();
    assert.deepEqual(fs.readdirSync(folder.path()), ['main.img']);
  });

  it(
    'says so when permission is missing',
    needing('modes', async () => {
      const path = folder.path('main.img');
      fs.writeFileSync(path, patternBytes(0, 4));
      fs.chmodSync(path, 0o200);
      await asNobody(folder.path(), path, () =>
        assertNamesFile(openImage(path), 'EACCES', /no permission to open/, path),
      );
      fs.chmodSync(path, 0o600);
      fs.chmodSync(folder.path(), 0o500);
      await asNobody(folder.path(), path, () =>
        assertNamesFile(openImage(path), 'EACCES', /no permission to write its folder/, path),
      );
      fs.chmodSync(folder.path(), 0o700);
    }),
  );

  it('refuses an image of another size than expected', async () => {
    const path = folder.path('main.img');
    await createImage(path, 100);
    await (await openImage(path, { expectedSectorCount: 100 })).close();
    const wrong = openImage(path, { expectedSectorCount: 101 });
    await assertNamesFile(wrong, 'EINVAL', /has 100 sectors instead of 101/, path);
    await (await openImage(path)).close();
  });

  it(
    'notices that the file was replaced while it was taking the lock',
    needing('openFilesGo', async () => {
      const path = folder.path('main.img');
      fs.writeFileSync(path, patternBytes(0, 4));
      let refused = 0;
      // It can be noticed only at one moment, some turns after the call. Each attempt tries another number of turns.
      for (let attempt = 0; attempt < 1000 && refused < 3; attempt++) {
        fs.writeFileSync(folder.path('new.img'), patternBytes(0, 4));
        const settled = openImage(path).catch((error: unknown) => error);
        await turns(attempt % 30);
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
    }),
  );

  it('leaves the bytes after the last whole sector alone', async () => {
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
