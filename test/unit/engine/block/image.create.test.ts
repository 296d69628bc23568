import assert from 'node:assert/strict';
import fs from 'node:fs';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { createImage } from '../../../../src/engine/block/image';
import { RemapError } from '../../../../src/engine/errors';
import { assertNamesFile } from '../../../support/block/imageErrors';
import { isHere, needing } from '../../../support/needs';
import { tempFolder } from '../../../support/tempFolder';

describe('createImage', () => {
  const folder = tempFolder();

  it('makes a sparse file of zeros of that size', async () => {
    const path = folder.path('new.img');
    await createImage(path, 204_800);
    const stats = fs.statSync(path);
    assert.equal(stats.size, 204_800 * SECTOR_SIZE);
    assert.ok(stats.blocks * 512 < 65_536, `${stats.blocks} blocks are allocated`);
  });

  it('never overwrites an existing file', async () => {
    const path = folder.path('old.img');
    fs.writeFileSync(path, 'precious');
    await assertNamesFile(createImage(path, 100), 'EEXIST', /exists already and is not overwritten/, path);
    assert.equal(fs.readFileSync(path, 'utf8'), 'precious');
    await assertNamesFile(createImage(folder.path(), 100), 'EEXIST', /exists already/, folder.path());
  });

  it('says so when the folder is missing or is a file', async () => {
    const path = folder.path('no/such/new.img');
    await assertNamesFile(createImage(path, 100), 'ENOENT', /create the folder first/, path);
    fs.writeFileSync(folder.path('file'), '');
    const inside = folder.path('file/new.img');
    // Windows doesn't tell a file on the way from nothing on the way.
    const [code, text] = isHere('posixPaths')
      ? (['EINVAL', /not one of a file/] as const)
      : (['ENOENT', /create the folder first/] as const);
    await assertNamesFile(createImage(inside, 100), code, text, inside);
  });

  it('refuses impossible sizes', async () => {
    const path = folder.path('new.img');
    for (const sectorCount of [0, -1, 1.5, Number.NaN, 2 ** 35 + 1]) {
      await assertNamesFile(createImage(path, sectorCount), 'EINVAL', /from 1 to 34359738368 sectors/, path);
    }
    assert.ok(!fs.existsSync(path));
  });

  it(
    'leaves no file when the file system refuses the size',
    needing('posixErrors', async function () {
      const path = folder.path('huge.img');
      // ext4 ends 4 KiB below 16 TiB; others allow more.
      const error: unknown = await createImage(path, 2 ** 35).catch((thrown: unknown) => thrown);
      if (error === undefined) {
        console.log('      skipped: this file system holds files of 16 TiB');
        this.skip();
      }
      assert.ok(error instanceof RemapError);
      assert.equal(error.code, 'EINVAL');
      assert.match(error.message, /larger than its file system allows/);
      assert.deepEqual(fs.readdirSync(folder.path()), []);
    }),
  );
});
