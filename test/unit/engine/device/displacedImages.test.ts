import assert from 'node:assert/strict';
import { existsSync, renameSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { DISPLACINGS, type Displacing } from '../../../support/block/displacing';
import { readSectors } from '../../../support/block/sectors';
import { deviceRig } from '../../../support/device/deviceRig';
import { needing } from '../../../support/needs';
import { assertFailsWith, hasCode } from '../../../support/remap/remapErrors';
import { taggedRun, taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

/** Those that leave the folder, which the rig's other images are in. */
const ways: readonly Displacing[] = DISPLACINGS.filter(({ name }) => !name.includes('folder'));

describe('displacedImages', () => {
  const rig = deviceRig();
  const targets = tempFolder();

  const pathOf = (image: 'main' | 'spare'): string =>
    image === 'main' ? rig.spec.main : rig.spec.spares[0]!;
  const kinds = (): string[] => rig.events.map(({ kind }) => kind).filter((kind) => kind !== 'sectors');

  for (const image of ['main', 'spare'] as const) {
    for (const { name, displace, reason, needs } of ways) {
      it(
        `R13: a ${image} that was ${name} makes the device read-only at once, with a reason, one event and a log line`,
        needing(needs, async () => {
          await rig.device.write(5, taggedSector(5, 1));
          rig.events.length = 0;
          displace(pathOf(image));
          await rig.device.checkPlaces();
          const { state, reasons } = rig.device.info();
          assert.equal(state, 'readonly');
          assert.equal(reasons.length, 1);
          assert.match(reasons[0]!, reason);
          assert.ok(reasons[0]!.includes(pathOf(image)));
          assert.deepEqual(kinds(), ['log', 'displaced', 'changed']);
          assert.match(rig.log[0]!, reason);
          const [found, ...others] = rig.device.displaced;
          assert.deepEqual(
            [found!.path, found!.image, found!.member, found!.isSaved, others.length],
            [pathOf(image), image, 0, false, 0],
          );
          await rig.device.checkPlaces();
          assert.deepEqual(kinds(), ['log', 'displaced', 'changed']);
        }),
      );

      it(
        `R13: no write and no flush of a device is acknowledged whose ${image} was ${name}`,
        needing(needs, async () => {
          await rig.device.write(5, taggedSector(5, 1));
          displace(pathOf(image));
          await assertFailsWith(rig.device.write(6, taggedSector(6, 1)), 'ESTALE', reason);
          await assertFailsWith(rig.device.write(7, taggedSector(7, 1), { flush: false }), 'ESTALE', reason);
          await assertFailsWith(rig.device.flush(), 'ESTALE', reason);
          await assertFailsWith(rig.device.suspend(), 'ESTALE', reason);
          await assertFailsWith(rig.device.remapSector(8), 'ESTALE', reason);
          await assertFailsWith(rig.device.repairMetadata(), 'ESTALE', reason);
          await assertFailsWith(rig.device.relocate(), 'ESTALE', reason);
          await assertFailsWith(rig.device.injectErrors({ sectors: [[1, 1]] }), 'ESTALE', reason);
          assert.equal(rig.device.suspended, false);
        }),
      );

      it(
        `R13: a remap isn't acknowledged when the ${image} was ${name}`,
        needing(needs, async () => {
          await rig.device.injectErrors({ sectors: [[100, 1]] });
          await rig.device.flush();
          displace(pathOf(image));
          await assertFailsWith(
            rig.device.write(100, taggedSector(100, 1), { flush: false }),
            'ESTALE',
            reason,
          );
          assert.equal(rig.device.info().remaps, 0);
          assert.equal(rig.device.info().state, 'readonly');
          assert.deepEqual(rig.device.info().reasons.length, 1);
        }),
      );
    }
  }

  it(
    'R13: a pool with a spare that is displaced is read-only as a whole',
    needing('openFilesGo', async () => {
      await rig.device.injectErrors({ sectors: [[100, 1]] });
      const second = targets.path('second.img');
      await createImage(second, 4096);
      await rig.device.addSpare(second);
      unlinkSync(second);
      await assertFailsWith(rig.device.write(100, taggedSector(100, 1)), 'ESTALE', /second\.img was deleted/);
      assert.deepEqual([rig.device.info().state, rig.device.info().remaps], ['readonly', 0]);
      assert.deepEqual(
        rig.device.displaced.map(({ path, image, member }) => [path, image, member]),
        [[second, 'spare', 1]],
      );
      const { path } = await rig.device.saveOpenImage(targets.path('saved.img'), {
        image: 'spare',
        member: 1,
      });
      assert.equal(path, targets.path('saved.img'));
    }),
  );

  it(
    'R13: the flush fails of which nothing has to be written, and of a write that a flakey layer drops',
    needing('openFilesGo', async () => {
      await rig.device.flush();
      await rig.device.injectErrors({ flakey: '0 1 1 drop_writes' });
      unlinkSync(rig.spec.main);
      await assertFailsWith(rig.device.flush(), 'ESTALE', /was deleted/);
    }),
  );

  it('R13: a spare that is cut between remaps is not lengthened, and what it lost is an error, never zeros', async () => {
    await rig.device.injectErrors({ sectors: [[100, 8]] });
    await rig.device.write(100, taggedRun(100, 8, 1));
    truncateSync(rig.spec.spares[0]!, 4096);
    await assertFailsWith(
      rig.device.write(104, taggedSector(104, 2)),
      'ESTALE',
      /was shortened from \d+ to 4096/,
    );
    assert.equal(statSync(rig.spec.spares[0]!).size, 4096);
    const { failed } = await rig.device.read(99, 10);
    // The write that was refused is in the cache: it is newer than what was lost.
    assert.deepEqual(failed, [
      [100, 4],
      [105, 3],
    ]);
  });

  it('R13: a read past the new end of main fails for exactly those sectors, makes no remap, and tells of it at once', async () => {
    await rig.device.write(0, taggedRun(0, 100, 1));
    truncateSync(rig.spec.main, 60 * SECTOR_SIZE);
    const { bytes, failed } = await rig.device.read(0, 100);
    assert.deepEqual(failed, [[60, 40]]);
    assert.deepEqual(bytes.subarray(0, 60 * SECTOR_SIZE), taggedRun(0, 60, 1));
    assert.deepEqual([rig.device.info().state, rig.device.info().remaps], ['readonly', 0]);
  });

  it(
    'R13: writes that are under way when it is found out are not acknowledged',
    needing('openFilesGo', async () => {
      await rig.device.injectErrors({ sectors: [[100, 50]] });
      const writes = Array.from({ length: 50 }, (_, i) =>
        rig.device.write(100 + i, taggedSector(100 + i, 1), { flush: false }),
      );
      unlinkSync(rig.spec.main);
      await rig.device.checkPlaces();
      const results = await Promise.allSettled(writes);
      const acknowledged = results.filter(({ status }) => status === 'fulfilled').length;
      assert.equal(acknowledged, 0);
    }),
  );

  it('goes on reading what it has, flushed or not', async () => {
    await rig.device.write(5, taggedSector(5, 1));
    await rig.device.write(6, taggedSector(6, 1), { flush: false });
    unlinkSync(rig.spec.main);
    await rig.device.checkPlaces();
    assert.deepEqual((await rig.device.read(5, 2)).bytes, taggedRun(5, 2, 1));
  });

  it(
    'closes without hanging and says that it could not flush; suspended, resumed or not',
    needing('openFilesGo', async () => {
      await rig.device.suspend();
      const held = rig.device.write(5, taggedSector(5, 1)).catch((error: unknown) => error);
      unlinkSync(rig.spec.main);
      await rig.device.checkPlaces();
      rig.device.resume();
      assert.ok(hasCode('ESTALE')(await held));
      await assertFailsWith(rig.device.close(), 'ESTALE', /was deleted while it was open/);
      await assert.rejects(rig.device.read(0, 1), { code: 'ENODEV' });
    }),
  );

  it(
    'ends without saying that a sector was lost once what it holds is saved',
    needing('openFilesGo', async () => {
      await rig.device.write(5, taggedSector(5, 1), { flush: false });
      unlinkSync(rig.spec.main);
      await rig.device.checkPlaces();
      await rig.device.saveOpenImage(targets.path('saved.img'));
      assert.equal(rig.device.displaced[0]!.isSaved, true);
      await rig.device.close();
    }),
  );

  it(
    'saves the one that is displaced, and asks which when both are',
    needing('openFilesGo', async () => {
      await assertFailsWith(
        rig.device.saveOpenImage(targets.path('a.img')),
        'EINVAL',
        /is where it was opened/,
      );
      unlinkSync(rig.spec.spares[0]!);
      await assertFailsWith(
        rig.device.saveOpenImage(targets.path('a.img'), { image: 'main' }),
        'EINVAL',
        /is where it was/,
      );
      const { bytes } = await rig.device.saveOpenImage(targets.path('a.img'));
      assert.equal(bytes, 8192 * SECTOR_SIZE);
      unlinkSync(rig.spec.main);
      await assertFailsWith(
        rig.device.saveOpenImage(targets.path('b.img')),
        'EINVAL',
        /are both displaced: say which/,
      );
      const main = await rig.device.saveOpenImage(targets.path('b.img'), { image: 'main' });
      assert.equal(main.bytes, 20_480 * SECTOR_SIZE);
    }),
  );

  it('can be assembled from what was saved: nothing is lost', async () => {
    await rig.device.injectErrors({ sectors: [[100, 2]] });
    await rig.device.write(99, taggedRun(99, 4, 1), { flush: false });
    renameSync(rig.spec.main, `${rig.spec.main}.old`);
    writeFileSync(rig.spec.main, 'another file');
    await rig.device.checkPlaces();
    const saved = targets.path('saved.img');
    await rig.device.saveOpenImage(saved);
    await rig.device.close();
    rig.spec = { ...rig.spec, main: saved };
    await rig.assemble();
    assert.deepEqual((await rig.device.read(99, 4)).bytes, taggedRun(99, 4, 1));
    assert.deepEqual([rig.device.info().badSectors, rig.device.info().remaps], [2, 2]);
  });

  it('writes no map beside another image that took the place', async () => {
    await rig.device.failNextRead([5]);
    unlinkSync(`${rig.spec.main}.map`);
    renameSync(rig.spec.main, `${rig.spec.main}.old`);
    writeFileSync(rig.spec.main, 'another file');
    await rig.device.checkPlaces();
    await rig.device.read(5, 1);
    await rig.stack.main.saved().catch(() => undefined);
    assert.equal(existsSync(`${rig.spec.main}.map`), false);
  });

  it(
    'frees the images when it is closed',
    needing('openFilesGo', async () => {
      unlinkSync(rig.spec.main);
      await assert.rejects(rig.device.close());
      const spare = await openImage(rig.spec.spares[0]!, { lock: true });
      await readSectors(spare, 0, 1);
      await spare.close();
    }),
  );
});
