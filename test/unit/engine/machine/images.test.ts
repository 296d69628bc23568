import assert from 'node:assert/strict';
import { access, stat, writeFile } from 'node:fs/promises';
import { createImage, openImage } from '../../../../src/engine/block/image';
import type { RemapError } from '../../../../src/engine/errors';
import { createImages, formatSpare, inspectSpare } from '../../../../src/engine/machine/images';
import { Machine } from '../../../../src/engine/machine/machine';
import { putQuota } from '../../../support/outside/adapters';
import { tempFolder } from '../../../support/tempFolder';

const SIZES = { mainSectors: 20_480, spareSectors: 8192 };

describe('images', () => {
  const folder = tempFolder();
  let main: string;
  let spare: string;

  beforeEach(() => {
    [main, spare] = [folder.path('main.img'), folder.path('spare.img')];
  });

  it('are created sparse, the spare formatted for its main', async () => {
    await createImages({ main, spare, ...SIZES });
    assert.deepEqual([(await stat(main)).size, (await stat(spare)).size], [20_480 * 512, 8192 * 512]);
    assert.ok((await stat(main)).blocks < 100, 'main takes no room');
    const { kind, mainSectorCount, remaps } = await inspectSpare(spare);
    assert.deepEqual([kind, mainSectorCount, remaps], ['metadata', 20_480, 0]);
  });

  it('overwrite nothing, and leave nothing when one of them can not be created', async () => {
    await writeFile(spare, 'mine');
    await assert.rejects(createImages({ main, spare, ...SIZES }), { code: 'EEXIST' });
    await assert.rejects(access(main), { code: 'ENOENT' });
  });

  it('leave nothing on a small disk without holes that has no room for both', async () => {
    const disk = putQuota(SIZES.mainSectors * 512 + 1000);
    await assert.rejects(createImages({ main, spare, ...SIZES }), { code: 'ENOSPC' });
    for (const path of [main, spare]) await assert.rejects(access(path), { code: 'ENOENT' });
    assert.equal(disk.usedBytes, 0);
  });

  it('leave nothing when the spare can not be formatted', async () => {
    const clock = {
      now: () => {
        throw new Error('no time');
      },
    };
    await assert.rejects(createImages({ main, spare, ...SIZES }, clock), /no time/);
    for (const path of [main, spare]) await assert.rejects(access(path), { code: 'ENOENT' });
  });

  it('have sizes that the kernel would take, with room for one remap', async () => {
    for (const sizes of [
      { ...SIZES, mainSectors: 2047 },
      { ...SIZES, spareSectors: 500 },
      { mainSectors: 2048, spareSectors: 1280 },
    ]) {
      await assert.rejects(createImages({ main, spare, ...sizes }), { code: 'ENOSPC' });
    }
    await assert.rejects(access(main), { code: 'ENOENT' });
  });

  it('are formatted only when they are blank, unless it is forced (R8)', async () => {
    await createImage(spare, 8192);
    await formatSpare(spare, { mainSectorCount: 20_480 });
    const again = formatSpare(spare, { mainSectorCount: 10_240 });
    await assert.rejects(again, (error: RemapError) => {
      assert.equal(error.code, 'EEXIST');
      return error.message.startsWith(`${spare}: `);
    });
    await formatSpare(spare, { mainSectorCount: 10_240, force: true });
    assert.equal((await inspectSpare(spare)).mainSectorCount, 10_240);
  });

  it('are blank again when a format is taken back, unless they have become part of a device', async () => {
    await createImage(spare, 8192);
    await createImage(main, 20_480);
    const takeBack = await formatSpare(spare, { mainSectorCount: 20_480 });
    await takeBack();
    assert.equal((await inspectSpare(spare)).kind, 'blank');
    const tooLate = await formatSpare(spare, { mainSectorCount: 20_480 });
    const machine = new Machine();
    const markers = { sectors: [], text: '' };
    const spec = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
    const device = await machine.create(spec);
    await device.remapSector(5);
    await machine.close();
    await tooLate();
    assert.equal((await inspectSpare(spare)).remaps, 1);
  });

  it('are not formatted while they are open', async () => {
    await createImage(spare, 8192);
    const image = await openImage(spare, { lock: true });
    await assert.rejects(formatSpare(spare, { mainSectorCount: 20_480 }), { code: 'EBUSY' });
    await image.close();
  });
});
