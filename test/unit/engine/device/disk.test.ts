import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createImage } from '../../../../src/engine/block/image';
import { seededRandom } from '../../../../src/engine/block/random';
import { Disk, mapfilePath } from '../../../../src/engine/device/disk';
import { KernelLog } from '../../../../src/engine/device/kernelLog';
import { putNetwork, putWindows } from '../../../support/outside/adapters';
import { readRun, taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

const SECTORS = 4096;

describe('disk', () => {
  let disk: Disk;
  afterEach(() => disk.close().catch(() => undefined));

  const folder = tempFolder();
  let path: string;
  let lines: string[];

  async function open(cacheBytes?: number): Promise<void> {
    const log = new KernelLog((event) => event.kind === 'log' && lines.push(event.text));
    disk = await Disk.open(path, { cacheBytes, log });
  }

  beforeEach(async () => {
    path = folder.path('disk.img');
    lines = [];
    await createImage(path, SECTORS);
    await open();
  });

  it('keeps its bad sectors in the mapfile beside the image', async () => {
    disk.medium.inject([[100, 2]], { mode: 'error' });
    await disk.saved();
    assert.match(await readFile(mapfilePath(path), 'utf8'), /^0x0000C800 {2}0x00000400 {2}-$/m);
    await disk.close();
    await open();
    assert.deepEqual([...disk.medium.badSectors], [[100, 2]]);
  });

  it('has the last of many changes saved when it says so', async () => {
    for (let sector = 0; sector < 50; sector++) disk.medium.inject([[sector * 2, 1]], { mode: 'error' });
    await disk.saved();
    await disk.close();
    await open();
    assert.equal(disk.medium.badSectors.sectorCount, 50);
  });

  it('does not answer a flush with success when the mapfile could not be written', async () => {
    mkdirSync(mapfilePath(path));
    disk.medium.inject([[100, 1]], { mode: 'error' });
    await assert.rejects(disk.device.flush());
    rmdirSync(mapfilePath(path));
    disk.medium.inject([[101, 1]], { mode: 'error' });
    await disk.device.flush();
  });

  it('says once that the locks of a file system are weak', async () => {
    await disk.close();
    putNetwork();
    const log = new KernelLog((event) => event.kind === 'log' && lines.push(event.text));
    for (let time = 0; time < 2; time++) await (await Disk.open(path, { log })).close();
    assert.equal(lines.filter((line) => line.includes('has no hard links')).length, 1);
  });

  it('keeps what it could not save on Windows, and saves it with the next flush', async () => {
    const windows = putWindows({ busyTimes: 1000 });
    disk.medium.inject([[100, 1]], { mode: 'error' });
    await assert.rejects(disk.device.flush(), { code: 'EACCES' });
    await assert.rejects(disk.device.flush(), { code: 'EACCES' });
    assert.ok(windows.refused > 0);
    windows.busyTimes = 3;
    await disk.device.flush();
    assert.match(await readFile(mapfilePath(path), 'utf8'), /^0x0000C800 {2}0x00000200 {2}-$/m);
  });

  it('logs the sectors that a write heals', async () => {
    disk.medium.inject([[100, 1]], { mode: 'dust' });
    await disk.device.write(100, taggedSector(100, 1));
    assert.deepEqual(lines, ['device-mapper: dust: block 100 removed from badblocklist by write']);
  });

  it('loses in a power loss what was not flushed, and says how much', async () => {
    await disk.device.write(10, taggedSector(10, 1));
    await disk.device.flush();
    for (let sector = 20; sector < 40; sector++) await disk.device.write(sector, taggedSector(sector, 1));
    const lost = await disk.powerLoss(seededRandom(1));
    assert.ok(lost > 0 && lost <= 20, `${lost} sectors`);
    await open();
    assert.deepEqual(await readRun(disk.device, 10, 1), taggedSector(10, 1));
  });

  it('loses nothing without a cache', async () => {
    await disk.close();
    await open(0);
    await disk.device.write(10, taggedSector(10, 1));
    assert.equal(await disk.powerLoss(seededRandom(1)), 0);
    await open();
    assert.deepEqual(await readRun(disk.device, 10, 1), taggedSector(10, 1));
  });

  it('is not opened twice, and not with a damaged mapfile, which leaves the image free', async () => {
    const log = new KernelLog(() => {});
    await assert.rejects(Disk.open(path, { log }), { code: 'EBUSY' });
    await disk.close();
    await writeFile(mapfilePath(path), 'no mapfile\n');
    await assert.rejects(Disk.open(path, { log }), { code: 'EINVAL' });
    await writeFile(mapfilePath(path), '0x0 + 1\n0x0 0x200000 +\n');
    await open();
  });
});
