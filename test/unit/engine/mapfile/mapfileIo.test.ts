import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { createMapfile } from '../../../../src/engine/mapfile/mapfile';
import { loadMapfile, loadMedium, saveMapfile, saveMedium } from '../../../../src/engine/mapfile/mapfileIo';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { turn } from '../../../support/turns';

describe('rescue map on disk', function () {
  this.timeout(60_000);
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'remap-map-'));
    path = join(folder, 'main.img.map');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps a medium, with the faults of its sectors and its state', async () => {
    const layer = new MediumErrors(new MemoryDevice(100));
    layer.inject([[5, 3]], { mode: 'error' });
    layer.inject([[7, 2]], { mode: 'dust', writeFailures: 2 });
    layer.inject([[20, 1]], { mode: 'error', readFailures: 1 });
    layer.enabled = false;
    layer.quiet = true;
    await saveMedium(path, layer);
    const loaded = await loadMedium(path, 100);
    assert.deepEqual([...loaded.badSectors.tagged()], [...layer.badSectors.tagged()]);
    assert.deepEqual([loaded.enabled, loaded.quiet], [false, true]);
    const again = new MediumErrors(new MemoryDevice(100), loaded);
    assert.deepEqual([again.enabled, again.quiet, again.badSectors.sectorCount], [false, true, 5]);
  });

  it('is healthy when there is no such file', async () => {
    const loaded = await loadMedium(path, 100);
    assert.deepEqual([...loaded.badSectors], []);
    assert.deepEqual([loaded.enabled, loaded.quiet], [true, false]);
    await assert.rejects(loadMapfile(path), { code: 'ENOENT' });
  });

  it('keeps what a rescue found when a medium changes', async () => {
    await writeFile(
      path,
      '# Mapfile. Created by GNU ddrescue version 1.27\n0x400 - 3\n0 512 *\n512 512 -\n1024 50176 ?\n',
    );
    const layer = new MediumErrors(new MemoryDevice(100), await loadMedium(path, 100));
    layer.clear([[1, 1]]);
    layer.inject([[3, 1]], { mode: 'error' });
    await saveMedium(path, layer);
    assert.equal(
      await readFile(path, 'latin1'),
      '# Mapfile. Created by GNU ddrescue version 1.27\n# current_pos  current_status  current_pass\n' +
        '0x00000400     -               3\n#      pos        size  status\n0x00000000  0x00000200  *\n' +
        '0x00000200  0x00000200  +\n0x00000400  0x00000200  ?\n0x00000600  0x00000200  -\n0x00000800  0x0000C000  ?\n',
    );
  });

  it('takes the medium of one moment, though it goes on changing while that is written', async () => {
    const layer = new MediumErrors(new MemoryDevice(1_000_000));
    layer.inject(
      Array.from({ length: 20_000 }, (_, i) => [i * 2, 1] as const),
      { mode: 'dust' },
    );
    let saved = false;
    const saving = saveMedium(path, layer).then(() => {
      saved = true;
    });
    const states = new Set([layer.badSectors.sectorCount]);
    for (let sector = 0; !saved; sector += 2) {
      await turn();
      layer.clear([[sector, 1]]);
      states.add(layer.badSectors.sectorCount);
    }
    await saving;
    const { badSectors } = await loadMedium(path, 1_000_000);
    assert.ok(
      states.has(badSectors.sectorCount),
      `${badSectors.sectorCount} sectors were never bad together`,
    );
    assert.ok([...badSectors.tagged()].every(({ tag }) => tag === 1));
  });

  it('opens the file by name each time, as ddrescue replaces it', async () => {
    await saveMapfile(path, createMapfile(512, '-'));
    assert.equal((await loadMedium(path, 1)).badSectors.sectorCount, 1);
    await saveMapfile(join(folder, 'new'), createMapfile(512, '+'));
    await rename(join(folder, 'new'), path);
    assert.equal((await loadMedium(path, 1)).badSectors.sectorCount, 0);
  });

  it('is always whole for a reader, and leaves no other file', async () => {
    const medium = { badSectors: new RangeSet(), enabled: true, quiet: false, sectorCount: 50_000 };
    await saveMedium(path, medium);
    for (let i = 0; i < 10_000; i++) medium.badSectors.add(i * 4, 1);
    const saving = saveMedium(path, medium);
    const seen = new Set<number>();
    let done = false;
    void saving.finally(() => {
      done = true;
    });
    while (!done) seen.add((await loadMedium(path, 50_000)).badSectors.sectorCount);
    await saving;
    seen.add((await loadMedium(path, 50_000)).badSectors.sectorCount);
    assert.deepEqual(
      [...seen].filter((count) => count !== 0),
      [10_000],
    );
    assert.deepEqual(await readdir(folder), ['main.img.map']);
  });

  it('is refused when it is damaged', async () => {
    await writeFile(path, '0 + 1\nrubbish\n');
    await assert.rejects(loadMedium(path, 1), { code: 'EINVAL', details: { path, line: 2 } });
    const layer = new MediumErrors(new MemoryDevice(10));
    await assert.rejects(saveMedium(path, layer), { code: 'EINVAL' });
    assert.equal(await readFile(path, 'latin1'), '0 + 1\nrubbish\n');
  });
});
