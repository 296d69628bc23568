import assert from 'node:assert/strict';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { RescueMaps } from '../../../src/devices/rescueMaps';
import { memento } from '../../support/devices/memento';
import { tempFolder } from '../../support/tempFolder';

const BYTES = 100 * 512;
/** 2 bad sectors, 3 not trimmed, the rest rescued. */
const MAP = '0x0 ? 1\n0x0 0x400 -\n0x400 0x600 *\n0xA00 0xBE00 +\n';
const RESCUED = '0x0 ? 1\n0x0 0xC800 +\n';

describe('rescue maps of images', () => {
  const folder = tempFolder();
  let image: string;
  let maps: RescueMaps;

  beforeEach(async () => {
    image = folder.path('disk.img');
    maps = new RescueMaps(memento());
    await writeFile(image, '');
    await truncate(image, BYTES);
  });

  const shown = async () => {
    const { used, offered, problem } = await maps.look(image);
    const words = (map: typeof used) => map && [basename(map.path), map.badSectors, map.notRescued];
    return { used: words(used), offered: words(offered), problem };
  };
  const NONE = { used: null, offered: null, problem: null };

  it('are beside them under the usual name, which is counted', async () => {
    assert.deepEqual(await shown(), NONE);
    await writeFile(folder.path('disk.img.map'), MAP);
    assert.deepEqual(await shown(), { ...NONE, used: ['disk.img.map', 2, 3] });
  });

  for (const name of ['disk.map', 'disk.mapfile', 'disk.log', 'disk.img.mapfile', 'disk.img.log']) {
    it(`are offered under the name ${name} where one fits and no other counts`, async () => {
      await writeFile(folder.path(name), MAP);
      assert.deepEqual(await shown(), { ...NONE, offered: [name, 2, 3] });
      await writeFile(folder.path('disk.img.map'), RESCUED);
      assert.deepEqual(await shown(), { ...NONE, used: ['disk.img.map', 0, 0] });
    });
  }

  it('are not offered if they say nothing, are of another size or are no maps', async () => {
    await writeFile(folder.path('disk.map'), RESCUED);
    await writeFile(folder.path('disk.mapfile'), '0x0 ? 1\n0x0 0x400 -\n');
    await writeFile(folder.path('disk.log'), 'copied 5 files\n');
    assert.deepEqual(await shown(), NONE);
  });

  it('are used once they were chosen, for as long as they are there', async () => {
    const path = folder.path('disk.map');
    await writeFile(path, MAP);
    await maps.choose(image, path);
    assert.equal(await maps.pathFor(image), path);
    assert.deepEqual(await shown(), { ...NONE, used: ['disk.map', 2, 3] });
    await rm(path);
    assert.equal(await maps.pathFor(image), `${image}.map`);
    assert.deepEqual(await shown(), NONE);
  });

  it('are read again when they changed, and say why they can not be used', async () => {
    const path = folder.path('disk.img.map');
    await writeFile(path, MAP);
    await shown();
    await writeFile(path, `${MAP}\n# more`);
    await writeFile(path, '0x0 ? 1\n0x0 nonsense\n');
    const { used, problem } = await shown();
    assert.equal(used, null);
    assert.match(problem!, /disk\.img\.map, line 2/);
  });
});
