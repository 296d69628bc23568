import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { heldTimers } from '../../../support/heldTimers';
import { clearAll, FOUND_MAP, injects, KeptMedium } from '../../../support/mapfile/keptMedium';
import { tempFolder } from '../../../support/tempFolder';

describe('medium kept in a rescue map that another program writes', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  heldTimers();
  let medium: KeptMedium;

  describe('that is followed', () => {
    it('is taken over once it is written and stays as it is', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.keeper.follow();
      await writeFile(medium.path, `${FOUND_MAP}# more\n`.replace('512 512 -', '512 512 +'));
      await medium.keeper.follow();
      assert.deepEqual([[...medium.layer.badSectors], medium.rereads], [[[1, 1]], 0]);
      await medium.keeper.follow();
      assert.deepEqual([[...medium.layer.badSectors], medium.rereads], [[], 1]);
      await medium.keeper.follow();
      assert.equal(medium.rereads, 1);
    });

    it('is not read again while it is damaged, and counts as it was', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await writeFile(medium.path, 'damaged\n');
      await medium.keeper.follow();
      await assert.rejects(medium.keeper.follow(), { code: 'EINVAL' });
      for (let i = 0; i < 3; i++) await medium.keeper.follow();
      await assert.rejects(medium.keeper.reread(), { code: 'EINVAL' });
      assert.deepEqual([...medium.layer.badSectors], [[1, 1]]);
      await rm(medium.path);
      for (let i = 0; i < 3; i++) await medium.keeper.follow();
      assert.equal(medium.rereads, 0);
    });
  });

  describe('what another program wrote', () => {
    const THEIRS =
      '# theirs\n0 + 1\n0 512 +\n512 512 -\n1024 512 +\n1536 512 ?\n2048 512 +\n2560 512 -\n3072 48128 +\n';
    /** The map has what they found, and that sector 3, which they never tried, was written here. */
    const assertBothSaved = async (): Promise<void> =>
      assert.deepEqual(await medium.saved(), {
        bad: [
          [1, 1],
          [5, 1],
        ],
        notRescued: [],
        injected: [],
      });

    it('is taken over before anything is written, and kept but for what was written here', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.write(3);
      await writeFile(medium.path, THEIRS);
      await medium.layer.flush();
      await assertBothSaved();
      assert.match(await readFile(medium.path, 'latin1'), /^# theirs\n/);
      assert.deepEqual(
        [[...medium.layer.badSectors], [...medium.layer.notRescued]],
        [
          [
            [1, 1],
            [5, 1],
          ],
          [],
        ],
      );
      assert.equal(medium.rereads, 1);
    });

    it('is taken over on request, and a map that is gone changes nothing', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      assert.equal(await medium.keeper.reread(), false);
      await writeFile(medium.path, THEIRS);
      assert.equal(await medium.keeper.reread(), true);
      assert.deepEqual(
        [[...medium.layer.badSectors], [...medium.layer.notRescued]],
        [
          [
            [1, 1],
            [5, 1],
          ],
          [[3, 1]],
        ],
      );
      await rm(medium.path);
      assert.equal(await medium.keeper.reread(), false);
      assert.equal(medium.layer.notRescued.sectorCount, 1);
      await medium.keeper.edit(injects(50));
      assert.deepEqual(await medium.saved(), {
        bad: [
          [1, 1],
          [5, 1],
          [50, 1],
        ],
        notRescued: [[3, 1]],
        injected: [[50, 1]],
      });
    });

    it('does not take back that a sector was written here', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.write(2);
      await medium.layer.flush();
      await writeFile(medium.path, FOUND_MAP);
      assert.equal(await medium.keeper.reread(), true);
      assert.deepEqual([...medium.layer.notRescued], [[3, 2]]);
      await medium.layer.flush();
      assert.deepEqual((await medium.saved()).notRescued, [[3, 2]]);
    });

    it('counts instead of what was saved here, as when a kept map is put back after a clear', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      const { kept } = await medium.keeper.edit(clearAll);
      await rename(kept!, medium.path);
      await medium.keeper.reread();
      assert.deepEqual([medium.layer.badSectors.sectorCount, medium.layer.notRescued.sectorCount], [1, 3]);
    });

    it('is taken over also when it comes while the map is about to be replaced', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.write(3);
      const flush = medium.disk.flush.bind(medium.disk);
      medium.disk.flush = async () => {
        medium.disk.flush = flush;
        await writeFile(medium.path, THEIRS);
        await flush();
      };
      await medium.layer.flush();
      await assertBothSaved();
      const made = await medium.keeper.prepare(injects(50));
      await writeFile(medium.path, FOUND_MAP);
      await made.commit();
      assert.deepEqual(await medium.saved(), {
        bad: [
          [1, 1],
          [50, 1],
        ],
        notRescued: [
          [2, 1],
          [4, 1],
        ],
        injected: [[50, 1]],
      });
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
    });

    it('is refused when it is damaged: then nothing is written and the medium is as it was', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await writeFile(medium.path, '0 + 1\nrubbish\n');
      await assert.rejects(medium.keeper.reread(), {
        code: 'EINVAL',
        details: { path: medium.path, line: 2 },
      });
      await medium.write(2);
      await assert.rejects(medium.layer.flush(), { code: 'EINVAL' });
      await assert.rejects(medium.keeper.edit(clearAll), { code: 'EINVAL' });
      assert.equal(await readFile(medium.path, 'latin1'), '0 + 1\nrubbish\n');
      assert.equal(medium.layer.badSectors.sectorCount, 1);
    });
  });
});
