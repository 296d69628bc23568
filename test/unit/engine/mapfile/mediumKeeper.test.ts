import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import type { MediumEditor } from '../../../../src/engine/block/mediumEditor';
import { heldTimers } from '../../../support/heldTimers';
import { clearAll, FOUND_MAP, injects, KeptMedium } from '../../../support/mapfile/keptMedium';
import { failFolderSync } from '../../../support/outside/failFolderSync';
import { tempFolder } from '../../../support/tempFolder';

describe('medium kept in a rescue map', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  heldTimers();
  let medium: KeptMedium;

  describe('an edit', () => {
    it('is saved when it is made, and everything else is readable in the map of an image that had none', async () => {
      medium = await KeptMedium.open(folder);
      assert.deepEqual(await medium.keeper.edit(injects(7)), { kept: null });
      assert.deepEqual([...medium.layer.badSectors], [[7, 1]]);
      assert.deepEqual(await medium.saved(), { bad: [[7, 1]], notRescued: [], injected: [[7, 1]] });
    });

    it('that is saved and given up leaves medium and map as they were, but for what was written meanwhile', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.keeper.edit(injects(7, 'dust'));
      const before = await readFile(medium.path, 'latin1');
      const given = await medium.keeper.prepare(clearAll);
      await given.save();
      assert.deepEqual((await medium.saved()).bad, []);
      assert.deepEqual(
        [...medium.layer.badSectors],
        [
          [1, 1],
          [7, 1],
        ],
      );
      await given.discard();
      assert.equal(await readFile(medium.path, 'latin1'), before);
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
      const again = await medium.keeper.prepare(clearAll);
      await again.save();
      await medium.write(7);
      await again.discard();
      assert.deepEqual((await medium.saved()).bad, [[1, 1]]);
      const made = await medium.keeper.prepare(clearAll);
      await made.save();
      assert.deepEqual(await made.commit(), { kept: `${medium.path}.bak` });
      assert.deepEqual([(await medium.saved()).bad, [...medium.layer.badSectors]], [[], []]);
    });

    it('that was saved, given up and can not be taken back in the map makes every flush fail until it is', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      const given = await medium.keeper.prepare(clearAll);
      await given.save();
      await rename(medium.path, `${medium.path}.away`);
      await mkdir(medium.path);
      await given.discard();
      await assert.rejects(medium.layer.flush(), { code: 'EINVAL' });
      await rmdir(medium.path);
      await rename(`${medium.path}.away`, medium.path);
      await medium.layer.flush();
      assert.deepEqual((await medium.saved()).bad, [[1, 1]]);
    });

    it('that changes nothing makes no map', async () => {
      medium = await KeptMedium.open(folder);
      await medium.keeper.edit(clearAll);
      await medium.keeper.edit((editor) => editor.clearInjected());
      await medium.keeper.edit(() => {});
      assert.deepEqual(await readdir(folder.path()), []);
    });

    it('has changed neither medium nor map when it can not be saved', async () => {
      medium = await KeptMedium.open(folder);
      await mkdir(medium.path);
      await assert.rejects(medium.keeper.edit(injects(7)), { code: 'EINVAL' });
      assert.deepEqual([...medium.layer.badSectors], []);
      await rmdir(medium.path);
      await medium.layer.flush();
      assert.deepEqual(await readdir(folder.path()), []);
    });

    it('that is in the map and may not be durable is taken back there, and the copy of what was found stays', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      const mend = failFolderSync(folder.path());
      const prepared = await medium.keeper.prepare(clearAll).catch(() => null);
      assert.equal(prepared, null, 'no copy of the map can be kept durably');
      mend();
      const made = await medium.keeper.prepare(clearAll);
      const mendAgain = failFolderSync(folder.path());
      await assert.rejects(made.commit(), { code: 'EIO' });
      assert.deepEqual((await medium.saved()).bad, []);
      assert.deepEqual([...medium.layer.badSectors], [[1, 1]]);
      assert.equal(await readFile(`${medium.path}.bak`, 'latin1'), FOUND_MAP);
      await assert.rejects(medium.layer.flush(), { code: 'EIO' });
      mendAgain();
      await medium.layer.flush();
      assert.deepEqual([(await medium.saved()).bad, [...medium.layer.badSectors]], [[[1, 1]], [[1, 1]]]);
      assert.equal(await readFile(`${medium.path}.bak`, 'latin1'), FOUND_MAP);
      assert.deepEqual(await medium.keeper.edit(clearAll), { kept: `${medium.path}.bak.1` });
      assert.deepEqual([(await medium.saved()).bad, [...medium.layer.badSectors]], [[], []]);
    });

    it('is made of all sectors together with others, or given up', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      const given = await medium.keeper.prepare(clearAll);
      await given.discard();
      assert.equal(await readFile(medium.path, 'latin1'), FOUND_MAP);
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
      const made = await medium.keeper.prepare(clearAll);
      assert.deepEqual([...medium.layer.badSectors], [[1, 1]]);
      await made.commit();
      assert.deepEqual(await medium.saved(), { bad: [], notRescued: [], injected: [] });
    });

    it('leaves data that were written while it was saved, whatever was found there', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      const made = await medium.keeper.prepare((editor) => editor.inject([[2, 2]], { mode: 'error' }));
      await medium.write(2);
      await made.commit();
      await medium.keeper.edit((editor) => editor.clearInjected());
      assert.deepEqual([...medium.layer.notRescued], [[3, 2]]);
      await medium.layer.flush();
      assert.deepEqual((await medium.saved()).notRescued, [[3, 2]]);
    });
  });

  describe('what a write changes', () => {
    it('is saved by the next flush, after the data are durable', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.write(2);
      assert.equal(await readFile(medium.path, 'latin1'), FOUND_MAP);
      let mapAtFlush = '';
      const flush = medium.disk.flush.bind(medium.disk);
      medium.disk.flush = async () => {
        mapAtFlush = await readFile(medium.path, 'latin1');
        await flush();
      };
      await medium.layer.flush();
      assert.equal(mapAtFlush, FOUND_MAP);
      assert.deepEqual((await medium.saved()).notRescued, [[3, 2]]);
    });

    it('stays unsaved while the map can not be written: every flush fails until it is', async () => {
      medium = await KeptMedium.open(folder);
      await medium.keeper.edit(injects(7, 'dust'));
      await medium.write(7);
      await rename(medium.path, folder.path('away'));
      await mkdir(medium.path);
      await assert.rejects(medium.layer.flush(), { code: 'EINVAL' });
      await assert.rejects(medium.layer.flush(), { code: 'EINVAL' });
      await assert.rejects(medium.keeper.saved(), { code: 'EINVAL' });
      await rmdir(medium.path);
      await rename(folder.path('away'), medium.path);
      await medium.layer.flush();
      assert.deepEqual((await medium.saved()).bad, []);
      medium.disk.calls.length = 0;
      await medium.layer.flush();
      assert.deepEqual(medium.disk.trace(), ['flush']);
    });

    it('stays unsaved when the data could not be made durable', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.write(2);
      medium.disk.fail({ operations: ['flush'], after: 0, duration: 'once' });
      await assert.rejects(medium.layer.flush());
      assert.equal(await readFile(medium.path, 'latin1'), FOUND_MAP);
      await medium.layer.flush();
      assert.deepEqual((await medium.saved()).notRescued, [[3, 2]]);
    });

    it('is saved together with an edit, once it is durable', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.write(2);
      medium.disk.calls.length = 0;
      await medium.keeper.edit(injects(50));
      assert.deepEqual(medium.disk.trace(), ['flush']);
      assert.deepEqual(await medium.saved(), {
        bad: [
          [1, 1],
          [50, 1],
        ],
        notRescued: [[3, 2]],
        injected: [[50, 1]],
      });
    });

    it('counts the writes that a dust sector still fails', async () => {
      medium = await KeptMedium.open(folder);
      await medium.keeper.edit((editor) => editor.inject([[7, 1]], { mode: 'dust', writeFailures: 2 }));
      await assert.rejects(medium.write(7));
      await medium.layer.flush();
      assert.match(await readFile(medium.path, 'latin1'), /dust 1 1\n/);
    });

    it('is the settings of the medium too', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      medium.layer.quiet = true;
      await medium.layer.flush();
      assert.match(await readFile(medium.path, 'latin1'), /medium quiet\n/);
    });
  });

  describe('a clear', () => {
    it('keeps the map as it was when it changes what was found, under a name that is free', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await writeFile(`${medium.path}.bak`, 'of the user');
      assert.deepEqual(await medium.keeper.edit(clearAll), { kept: `${medium.path}.bak.1` });
      assert.equal(await readFile(`${medium.path}.bak.1`, 'latin1'), FOUND_MAP);
      assert.equal(await readFile(`${medium.path}.bak`, 'latin1'), 'of the user');
      assert.deepEqual(await medium.saved(), { bad: [], notRescued: [], injected: [] });
    });

    it('of what was injected leaves what was found, and keeps no copy', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      await medium.keeper.edit((editor) => editor.inject([[0, 6]], { mode: 'dust' }));
      assert.deepEqual((await medium.saved()).bad, [[0, 6]]);
      assert.deepEqual(await medium.keeper.edit((editor) => editor.clearInjected()), { kept: null });
      assert.deepEqual(await medium.saved(), { bad: [[1, 1]], notRescued: [[2, 3]], injected: [] });
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
    });

    it('keeps one copy for what another program wrote, however many edits change it', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      const removes = (first: number) => (editor: MediumEditor) => editor.removeBad([[first, 1]]);
      assert.deepEqual(await medium.keeper.edit(removes(1)), { kept: `${medium.path}.bak` });
      assert.deepEqual(await medium.keeper.edit(clearAll), { kept: null });
      await writeFile(medium.path, FOUND_MAP);
      assert.deepEqual(await medium.keeper.edit(clearAll), { kept: `${medium.path}.bak.1` });
    });

    it('leaves no copy when it fails', async () => {
      medium = await KeptMedium.open(folder, FOUND_MAP);
      const made = await medium.keeper.prepare(clearAll);
      await rm(medium.path);
      await mkdir(medium.path);
      await assert.rejects(made.commit());
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
      assert.equal(medium.layer.badSectors.sectorCount, 1);
    });
  });
});
