import assert from 'node:assert/strict';
import { truncate, utimes, writeFile } from 'node:fs/promises';
import { FreeImages } from '../../../src/devices/freeImages';
import { isDisk } from '../../../src/devices/pairing';
import { createImage, createImages, formatSpare } from '../../../src/engine';
import { tempFolder } from '../../support/tempFolder';

describe('free images', () => {
  const folder = tempFolder();
  let images: FreeImages;

  beforeEach(() => {
    images = new FreeImages();
  });

  it('are described by what they hold, in the order asked', async () => {
    const main = folder.path('main.img');
    const spare = folder.path('spare.img');
    await createImages({ main, mainSectors: 8192, spare, spareSectors: 4096 });
    const [first, second] = await images.inspect([spare, main]);
    assert.deepEqual(
      [first!.inspection?.kind, first!.inspection?.mainSectorCount, first!.sectorCount],
      ['metadata', 8192, 4096],
    );
    assert.deepEqual([second!.inspection?.kind, second!.sectorCount], ['blank', 8192]);
  });

  it('that cannot be read say why', async () => {
    await writeFile(folder.path('tiny.img'), 'x');
    const [tiny, absent] = await images.inspect([folder.path('tiny.img'), folder.path('absent.img')]);
    for (const image of [tiny!, absent!]) {
      assert.equal(image.inspection, undefined);
      assert.ok(image.problem instanceof Error);
    }
  });

  it('that are containers say what to do, and are no disks', async () => {
    const path = folder.path('disk.img');
    await writeFile(path, Buffer.concat([Buffer.from('vhdxfile'), Buffer.alloc(8184)]));
    const [image] = await images.inspect([path]);
    assert.match(String(image!.problem), /is a VHDX file, not a raw disk image: .*qemu-img convert/);
    assert.equal(isDisk(image!), false);
  });

  it('are inspected once for all who ask meanwhile', async () => {
    const path = folder.path('shared.img');
    await createImage(path, 4096);
    const [[first], [second]] = await Promise.all([images.inspect([path]), images.inspect([path])]);
    assert.equal(second, first);
  });

  it('are inspected again only when their size or time has changed', async () => {
    const path = folder.path('a.img');
    await createImage(path, 4096);
    const [first] = await images.inspect([path]);
    const [same] = await images.inspect([path]);
    assert.equal(same, first);
    await formatSpare(path, { mainSectorCount: 8192 });
    await utimes(path, 1, 1);
    const [formatted] = await images.inspect([path]);
    assert.equal(formatted!.inspection?.kind, 'metadata');
    await truncate(path, 8192 * 512);
    const [grown] = await images.inspect([path]);
    assert.equal(grown!.sectorCount, 8192);
    await images.inspect([]);
    const [anew] = await images.inspect([path]);
    assert.notEqual(anew, grown);
  });
});
