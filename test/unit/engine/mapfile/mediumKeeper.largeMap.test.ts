import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { heldTimers } from '../../../support/heldTimers';
import { injects, KeptMedium } from '../../../support/mapfile/keptMedium';
import { tempFolder } from '../../../support/tempFolder';

describe('medium kept in a rescue map, when it is large', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  const timers = heldTimers();
  let medium: KeptMedium;

  describe('a large map', () => {
    /** As large as a map gets on which every second sector of a big medium.disk is bad: more than 256 KiB. */
    const LINES = 24_000;
    const large = `0 + 1\n${Array.from({ length: LINES }, (_, i) => `${i * 512} 512 ${i % 2 ? '-' : '+'}\n`).join('')}`;

    it('gets a small change at its end, and in its place once there was quiet', async () => {
      medium = await KeptMedium.open(folder, large);
      await medium.keeper.edit(injects(0, 'dust'));
      await medium.keeper.edit(injects(2));
      const added =
        '# Remap Inspector: now 0x00000000 0x00000200 - dust injected +\n' +
        '# Remap Inspector: now 0x00000400 0x00000200 - error injected +\n';
      assert.ok((await readFile(medium.path, 'latin1')) === large + added);
      assert.deepEqual((await medium.saved()).injected, [
        [0, 1],
        [2, 1],
      ]);
      timers.fire();
      await medium.keeper.close();
      const text = await readFile(medium.path, 'latin1');
      assert.doesNotMatch(text, /now/);
      assert.deepEqual((await medium.saved()).injected, [
        [0, 1],
        [2, 1],
      ]);
    });

    it('has it in its place when it is closed, and written data too', async () => {
      medium = await KeptMedium.open(folder, large);
      await medium.keeper.edit(injects(0, 'dust'));
      await medium.write(0);
      await medium.layer.flush();
      assert.equal(((await readFile(medium.path, 'latin1')).match(/now/g) ?? []).length, 2);
      await medium.keeper.close();
      assert.doesNotMatch(await readFile(medium.path, 'latin1'), /now|injected/);
    });

    it('is put in order only as long as nothing else is to be saved', async () => {
      medium = await KeptMedium.open(folder, large);
      await medium.keeper.edit(injects(0));
      timers.fire();
      await medium.keeper.edit(injects(2));
      assert.match(await readFile(medium.path, 'latin1'), /now 0x00000400/);
      assert.deepEqual(await readdir(folder.path()), ['main.img.map']);
      await medium.keeper.abandon();
      assert.match(await readFile(medium.path, 'latin1'), /now 0x00000400/);
    });

    it('that another program replaced meanwhile gets the change in the new file', async () => {
      medium = await KeptMedium.open(folder, large);
      await medium.keeper.edit(injects(0));
      await writeFile(medium.path, large.replace('0 512 +', '0 512 ?'));
      await medium.keeper.edit(injects(2));
      const { injected, notRescued } = await medium.saved();
      assert.deepEqual([injected, notRescued], [[[2, 1]], [[0, 1]]]);
      const made = await medium.keeper.prepare(injects(4), { mayAdd: true });
      await writeFile(medium.path, large.replace('0 512 +', '0 512 *'));
      await made.commit();
      assert.deepEqual((await medium.saved()).injected, [[4, 1]]);
      timers.fire();
      await medium.keeper.close();
      assert.deepEqual((await medium.saved()).injected, [[4, 1]]);
    });

    it('says what was saved after a crash tore what was being added', async () => {
      medium = await KeptMedium.open(folder, large);
      await medium.keeper.edit(injects(0));
      const whole = await readFile(medium.path, 'latin1');
      for (const torn of ['# Remap Inspector: now 0x000', '# Remap Inspector: now 0x0000\0\0\0', '\0\0']) {
        await writeFile(medium.path, whole + torn);
        assert.deepEqual((await medium.saved()).injected, [[0, 1]]);
      }
      medium = await KeptMedium.open(folder, `${whole}# Remap Insp`);
      await medium.keeper.edit(injects(2));
      assert.equal((await medium.saved()).injected.length, 2);
      assert.doesNotMatch(await readFile(medium.path, 'latin1'), /Insp[^e]/);
    });
  });
});
