import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import type { MediumEditor } from '../../../../src/engine/block/mediumEditor';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import type { SectorRange } from '../../../../src/engine/errors';
import { MediumKeeper } from '../../../../src/engine/mapfile/mediumKeeper';
import { RescueMapFile } from '../../../../src/engine/mapfile/rescueMapFile';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { patternBytes } from '../../../support/block/sectors';
import { heldTimers } from '../../../support/heldTimers';
import { mediumIn, parseText } from '../../../support/mapfile/mapfileText';
import { failFolderSync } from '../../../support/outside/failFolderSync';
import { tempFolder } from '../../../support/tempFolder';

const SECTORS = 100;

/** Sector 1 is bad, 2 and 3 were never tried, 4 was not scraped; 5 to 99 can be read. */
const MAP = '# of a program\n0 + 1\n0 512 +\n512 512 -\n1024 1024 ?\n2048 512 /\n2560 48640 +\n';

const injects =
  (first: number, mode: 'error' | 'dust' = 'error') =>
  (editor: MediumEditor) =>
    editor.inject([[first, 1]], { mode });
const clearAll = (editor: MediumEditor): void => editor.clearAll();

describe('medium kept in a rescue map', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  const timers = heldTimers();
  let path: string;
  let disk: ScriptedDevice;
  let layer: MediumErrors;
  let keeper: MediumKeeper;
  let rereads: number;

  async function open(map?: string): Promise<void> {
    path = folder.path('main.img.map');
    if (map !== undefined) await writeFile(path, map);
    disk = new ScriptedDevice(new MemoryDevice(SECTORS));
    const file = new RescueMapFile(path, SECTORS);
    layer = new MediumErrors(disk, (await file.readMedium()) ?? {});
    rereads = 0;
    const onReread = (): void => void rereads++;
    keeper = new MediumKeeper(file, layer, { lower: disk, check: () => {}, onReread });
  }

  async function saved(): Promise<{
    bad: SectorRange[];
    notRescued: SectorRange[];
    injected: SectorRange[];
  }> {
    const { badSectors, notRescued, injected } = mediumIn(parseText(await readFile(path, 'latin1')), SECTORS);
    return { bad: [...badSectors], notRescued: [...notRescued], injected: [...injected] };
  }

  const write = (sector: number): Promise<void> => layer.write(sector, patternBytes(sector, 1));

  describe('that is followed', () => {
    it('is taken over once it is written and stays as it is', async () => {
      await open(MAP);
      await keeper.follow();
      await writeFile(path, `${MAP}# more\n`.replace('512 512 -', '512 512 +'));
      await keeper.follow();
      assert.deepEqual([[...layer.badSectors], rereads], [[[1, 1]], 0]);
      await keeper.follow();
      assert.deepEqual([[...layer.badSectors], rereads], [[], 1]);
      await keeper.follow();
      assert.equal(rereads, 1);
    });

    it('is not read again while it is damaged, and counts as it was', async () => {
      await open(MAP);
      await writeFile(path, 'damaged\n');
      await keeper.follow();
      await assert.rejects(keeper.follow(), { code: 'EINVAL' });
      for (let i = 0; i < 3; i++) await keeper.follow();
      await assert.rejects(keeper.reread(), { code: 'EINVAL' });
      assert.deepEqual([...layer.badSectors], [[1, 1]]);
      await rm(path);
      for (let i = 0; i < 3; i++) await keeper.follow();
      assert.equal(rereads, 0);
    });
  });

  describe('an edit', () => {
    it('is saved when it is made, and everything else is readable in the map of an image that had none', async () => {
      await open();
      assert.deepEqual(await keeper.edit(injects(7)), { kept: null });
      assert.deepEqual([...layer.badSectors], [[7, 1]]);
      assert.deepEqual(await saved(), { bad: [[7, 1]], notRescued: [], injected: [[7, 1]] });
    });

    it('that is saved and given up leaves medium and map as they were, but for what was written meanwhile', async () => {
      await open(MAP);
      await keeper.edit(injects(7, 'dust'));
      const before = await readFile(path, 'latin1');
      const given = await keeper.prepare(clearAll);
      await given.save();
      assert.deepEqual((await saved()).bad, []);
      assert.deepEqual(
        [...layer.badSectors],
        [
          [1, 1],
          [7, 1],
        ],
      );
      await given.discard();
      assert.equal(await readFile(path, 'latin1'), before);
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
      const again = await keeper.prepare(clearAll);
      await again.save();
      await write(7);
      await again.discard();
      assert.deepEqual((await saved()).bad, [[1, 1]]);
      const made = await keeper.prepare(clearAll);
      await made.save();
      assert.deepEqual(await made.commit(), { kept: `${path}.bak` });
      assert.deepEqual([(await saved()).bad, [...layer.badSectors]], [[], []]);
    });

    it('that was saved, given up and can not be taken back in the map makes every flush fail until it is', async () => {
      await open(MAP);
      const given = await keeper.prepare(clearAll);
      await given.save();
      await rename(path, `${path}.away`);
      await mkdir(path);
      await given.discard();
      await assert.rejects(layer.flush(), { code: 'EINVAL' });
      await rmdir(path);
      await rename(`${path}.away`, path);
      await layer.flush();
      assert.deepEqual((await saved()).bad, [[1, 1]]);
    });

    it('that changes nothing makes no map', async () => {
      await open();
      await keeper.edit(clearAll);
      await keeper.edit((editor) => editor.clearInjected());
      await keeper.edit(() => {});
      assert.deepEqual(await readdir(folder.path()), []);
    });

    it('has changed neither medium nor map when it can not be saved', async () => {
      await open();
      await mkdir(path);
      await assert.rejects(keeper.edit(injects(7)), { code: 'EINVAL' });
      assert.deepEqual([...layer.badSectors], []);
      await rmdir(path);
      await layer.flush();
      assert.deepEqual(await readdir(folder.path()), []);
    });

    it('that is in the map and may not be durable is taken back there, and the copy of what was found stays', async () => {
      await open(MAP);
      const mend = failFolderSync(folder.path());
      const prepared = await keeper.prepare(clearAll).catch(() => null);
      assert.equal(prepared, null, 'no copy of the map can be kept durably');
      mend();
      const made = await keeper.prepare(clearAll);
      const mendAgain = failFolderSync(folder.path());
      await assert.rejects(made.commit(), { code: 'EIO' });
      assert.deepEqual((await saved()).bad, []);
      assert.deepEqual([...layer.badSectors], [[1, 1]]);
      assert.equal(await readFile(`${path}.bak`, 'latin1'), MAP);
      await assert.rejects(layer.flush(), { code: 'EIO' });
      mendAgain();
      await layer.flush();
      assert.deepEqual([(await saved()).bad, [...layer.badSectors]], [[[1, 1]], [[1, 1]]]);
      assert.equal(await readFile(`${path}.bak`, 'latin1'), MAP);
      assert.deepEqual(await keeper.edit(clearAll), { kept: `${path}.bak.1` });
      assert.deepEqual([(await saved()).bad, [...layer.badSectors]], [[], []]);
    });

    it('is made of all sectors together with others, or given up', async () => {
      await open(MAP);
      const given = await keeper.prepare(clearAll);
      await given.discard();
      assert.equal(await readFile(path, 'latin1'), MAP);
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
      const made = await keeper.prepare(clearAll);
      assert.deepEqual([...layer.badSectors], [[1, 1]]);
      await made.commit();
      assert.deepEqual(await saved(), { bad: [], notRescued: [], injected: [] });
    });

    it('leaves data that were written while it was saved, whatever was found there', async () => {
      await open(MAP);
      const made = await keeper.prepare((editor) => editor.inject([[2, 2]], { mode: 'error' }));
      await write(2);
      await made.commit();
      await keeper.edit((editor) => editor.clearInjected());
      assert.deepEqual([...layer.notRescued], [[3, 2]]);
      await layer.flush();
      assert.deepEqual((await saved()).notRescued, [[3, 2]]);
    });
  });

  describe('what a write changes', () => {
    it('is saved by the next flush, after the data are durable', async () => {
      await open(MAP);
      await write(2);
      assert.equal(await readFile(path, 'latin1'), MAP);
      let mapAtFlush = '';
      const flush = disk.flush.bind(disk);
      disk.flush = async () => {
        mapAtFlush = await readFile(path, 'latin1');
        await flush();
      };
      await layer.flush();
      assert.equal(mapAtFlush, MAP);
      assert.deepEqual((await saved()).notRescued, [[3, 2]]);
    });

    it('stays unsaved while the map can not be written: every flush fails until it is', async () => {
      await open();
      await keeper.edit(injects(7, 'dust'));
      await write(7);
      await rename(path, folder.path('away'));
      await mkdir(path);
      await assert.rejects(layer.flush(), { code: 'EINVAL' });
      await assert.rejects(layer.flush(), { code: 'EINVAL' });
      await assert.rejects(keeper.saved(), { code: 'EINVAL' });
      await rmdir(path);
      await rename(folder.path('away'), path);
      await layer.flush();
      assert.deepEqual((await saved()).bad, []);
      disk.calls.length = 0;
      await layer.flush();
      assert.deepEqual(disk.trace(), ['flush']);
    });

    it('stays unsaved when the data could not be made durable', async () => {
      await open(MAP);
      await write(2);
      disk.fail({ operations: ['flush'], after: 0, duration: 'once' });
      await assert.rejects(layer.flush());
      assert.equal(await readFile(path, 'latin1'), MAP);
      await layer.flush();
      assert.deepEqual((await saved()).notRescued, [[3, 2]]);
    });

    it('is saved together with an edit, once it is durable', async () => {
      await open(MAP);
      await write(2);
      disk.calls.length = 0;
      await keeper.edit(injects(50));
      assert.deepEqual(disk.trace(), ['flush']);
      assert.deepEqual(await saved(), {
        bad: [
          [1, 1],
          [50, 1],
        ],
        notRescued: [[3, 2]],
        injected: [[50, 1]],
      });
    });

    it('counts the writes that a dust sector still fails', async () => {
      await open();
      await keeper.edit((editor) => editor.inject([[7, 1]], { mode: 'dust', writeFailures: 2 }));
      await assert.rejects(write(7));
      await layer.flush();
      assert.match(await readFile(path, 'latin1'), /dust 1 1\n/);
    });

    it('is the settings of the medium too', async () => {
      await open(MAP);
      layer.quiet = true;
      await layer.flush();
      assert.match(await readFile(path, 'latin1'), /medium quiet\n/);
    });
  });

  describe('what another program wrote', () => {
    const THEIRS =
      '# theirs\n0 + 1\n0 512 +\n512 512 -\n1024 512 +\n1536 512 ?\n2048 512 +\n2560 512 -\n3072 48128 +\n';
    /** The map has what they found, and that sector 3, which they never tried, was written here. */
    const assertBothSaved = async (): Promise<void> =>
      assert.deepEqual(await saved(), {
        bad: [
          [1, 1],
          [5, 1],
        ],
        notRescued: [],
        injected: [],
      });

    it('is taken over before anything is written, and kept but for what was written here', async () => {
      await open(MAP);
      await write(3);
      await writeFile(path, THEIRS);
      await layer.flush();
      await assertBothSaved();
      assert.match(await readFile(path, 'latin1'), /^# theirs\n/);
      assert.deepEqual(
        [[...layer.badSectors], [...layer.notRescued]],
        [
          [
            [1, 1],
            [5, 1],
          ],
          [],
        ],
      );
      assert.equal(rereads, 1);
    });

    it('is taken over on request, and a map that is gone changes nothing', async () => {
      await open(MAP);
      assert.equal(await keeper.reread(), false);
      await writeFile(path, THEIRS);
      assert.equal(await keeper.reread(), true);
      assert.deepEqual(
        [[...layer.badSectors], [...layer.notRescued]],
        [
          [
            [1, 1],
            [5, 1],
          ],
          [[3, 1]],
        ],
      );
      await rm(path);
      assert.equal(await keeper.reread(), false);
      assert.equal(layer.notRescued.sectorCount, 1);
      await keeper.edit(injects(50));
      assert.deepEqual(await saved(), {
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
      await open(MAP);
      await write(2);
      await layer.flush();
      await writeFile(path, MAP);
      assert.equal(await keeper.reread(), true);
      assert.deepEqual([...layer.notRescued], [[3, 2]]);
      await layer.flush();
      assert.deepEqual((await saved()).notRescued, [[3, 2]]);
    });

    it('counts instead of what was saved here, as when a kept map is put back after a clear', async () => {
      await open(MAP);
      const { kept } = await keeper.edit(clearAll);
      await rename(kept!, path);
      await keeper.reread();
      assert.deepEqual([layer.badSectors.sectorCount, layer.notRescued.sectorCount], [1, 3]);
    });

    it('is taken over also when it comes while the map is about to be replaced', async () => {
      await open(MAP);
      await write(3);
      const flush = disk.flush.bind(disk);
      disk.flush = async () => {
        disk.flush = flush;
        await writeFile(path, THEIRS);
        await flush();
      };
      await layer.flush();
      await assertBothSaved();
      const made = await keeper.prepare(injects(50));
      await writeFile(path, MAP);
      await made.commit();
      assert.deepEqual(await saved(), {
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
      await open(MAP);
      await writeFile(path, '0 + 1\nrubbish\n');
      await assert.rejects(keeper.reread(), { code: 'EINVAL', details: { path, line: 2 } });
      await write(2);
      await assert.rejects(layer.flush(), { code: 'EINVAL' });
      await assert.rejects(keeper.edit(clearAll), { code: 'EINVAL' });
      assert.equal(await readFile(path, 'latin1'), '0 + 1\nrubbish\n');
      assert.equal(layer.badSectors.sectorCount, 1);
    });
  });

  describe('a clear', () => {
    it('keeps the map as it was when it changes what was found, under a name that is free', async () => {
      await open(MAP);
      await writeFile(`${path}.bak`, 'of the user');
      assert.deepEqual(await keeper.edit(clearAll), { kept: `${path}.bak.1` });
      assert.equal(await readFile(`${path}.bak.1`, 'latin1'), MAP);
      assert.equal(await readFile(`${path}.bak`, 'latin1'), 'of the user');
      assert.deepEqual(await saved(), { bad: [], notRescued: [], injected: [] });
    });

    it('of what was injected leaves what was found, and keeps no copy', async () => {
      await open(MAP);
      await keeper.edit((editor) => editor.inject([[0, 6]], { mode: 'dust' }));
      assert.deepEqual((await saved()).bad, [[0, 6]]);
      assert.deepEqual(await keeper.edit((editor) => editor.clearInjected()), { kept: null });
      assert.deepEqual(await saved(), { bad: [[1, 1]], notRescued: [[2, 3]], injected: [] });
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
    });

    it('keeps one copy for what another program wrote, however many edits change it', async () => {
      await open(MAP);
      const removes = (first: number) => (editor: MediumEditor) => editor.removeBad([[first, 1]]);
      assert.deepEqual(await keeper.edit(removes(1)), { kept: `${path}.bak` });
      assert.deepEqual(await keeper.edit(clearAll), { kept: null });
      await writeFile(path, MAP);
      assert.deepEqual(await keeper.edit(clearAll), { kept: `${path}.bak.1` });
    });

    it('leaves no copy when it fails', async () => {
      await open(MAP);
      const made = await keeper.prepare(clearAll);
      await rm(path);
      await mkdir(path);
      await assert.rejects(made.commit());
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
      assert.equal(layer.badSectors.sectorCount, 1);
    });
  });

  describe('a large map', () => {
    /** As large as a map gets on which every second sector of a big disk is bad: more than 256 KiB. */
    const LINES = 24_000;
    const large = `0 + 1\n${Array.from({ length: LINES }, (_, i) => `${i * 512} 512 ${i % 2 ? '-' : '+'}\n`).join('')}`;

    it('gets a small change at its end, and in its place once there was quiet', async () => {
      await open(large);
      await keeper.edit(injects(0, 'dust'));
      await keeper.edit(injects(2));
      const added =
        '# Remap Inspector: now 0x00000000 0x00000200 - dust injected +\n' +
        '# Remap Inspector: now 0x00000400 0x00000200 - error injected +\n';
      assert.ok((await readFile(path, 'latin1')) === large + added);
      assert.deepEqual((await saved()).injected, [
        [0, 1],
        [2, 1],
      ]);
      timers.fire();
      await keeper.close();
      const text = await readFile(path, 'latin1');
      assert.doesNotMatch(text, /now/);
      assert.deepEqual((await saved()).injected, [
        [0, 1],
        [2, 1],
      ]);
    });

    it('has it in its place when it is closed, and written data too', async () => {
      await open(large);
      await keeper.edit(injects(0, 'dust'));
      await write(0);
      await layer.flush();
      assert.equal(((await readFile(path, 'latin1')).match(/now/g) ?? []).length, 2);
      await keeper.close();
      assert.doesNotMatch(await readFile(path, 'latin1'), /now|injected/);
    });

    it('is put in order only as long as nothing else is to be saved', async () => {
      await open(large);
      await keeper.edit(injects(0));
      timers.fire();
      await keeper.edit(injects(2));
      assert.match(await readFile(path, 'latin1'), /now 0x00000400/);
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
      await keeper.abandon();
      assert.match(await readFile(path, 'latin1'), /now 0x00000400/);
    });

    it('that another program replaced meanwhile gets the change in the new file', async () => {
      await open(large);
      await keeper.edit(injects(0));
      await writeFile(path, large.replace('0 512 +', '0 512 ?'));
      await keeper.edit(injects(2));
      const { injected, notRescued } = await saved();
      assert.deepEqual([injected, notRescued], [[[2, 1]], [[0, 1]]]);
      const made = await keeper.prepare(injects(4), { mayAdd: true });
      await writeFile(path, large.replace('0 512 +', '0 512 *'));
      await made.commit();
      assert.deepEqual((await saved()).injected, [[4, 1]]);
      timers.fire();
      await keeper.close();
      assert.deepEqual((await saved()).injected, [[4, 1]]);
    });

    it('says what was saved after a crash tore what was being added', async () => {
      await open(large);
      await keeper.edit(injects(0));
      const whole = await readFile(path, 'latin1');
      for (const torn of ['# Remap Inspector: now 0x000', '# Remap Inspector: now 0x0000\0\0\0', '\0\0']) {
        await writeFile(path, whole + torn);
        assert.deepEqual((await saved()).injected, [[0, 1]]);
      }
      await open(`${whole}# Remap Insp`);
      await keeper.edit(injects(2));
      assert.equal((await saved()).injected.length, 2);
      assert.doesNotMatch(await readFile(path, 'latin1'), /Insp[^e]/);
    });
  });
});
