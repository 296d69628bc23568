import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { Disk, mapfilePath } from '../../../../src/engine/device/disk';
import { KernelLog } from '../../../../src/engine/device/kernelLog';
import { saveOpenImage } from '../../../../src/engine/device/saveOpenImage';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { tempFolder } from '../../../support/tempFolder';

const SECTORS = 8192;

describe('saveOpenImage', () => {
  const folder = tempFolder();
  let path: string;
  let target: string;
  let disk: Disk;

  beforeEach(async () => {
    [path, target] = [folder.path('disk.img'), folder.path('saved.img')];
    await createImage(path, SECTORS);
    appendFileSync(path, 'tail');
    disk = await Disk.open(path, { log: new KernelLog(() => {}) });
  });
  afterEach(() => disk.close().catch(() => undefined));

  it('copies what the file and the cache hold, sparse, bytes after the last whole sector too', async () => {
    await disk.device.write(5, patternBytes(5, 2));
    await disk.device.flush();
    await disk.device.write(6, patternBytes(6, 1, 2));
    await disk.device.write(4000, patternBytes(4000, 1));
    unlinkSync(path);
    await disk.image.checkPlace().catch(() => undefined);
    const fractions: number[] = [];
    const saved = await saveOpenImage(disk, target, { onProgress: (fraction) => fractions.push(fraction) });
    assert.deepEqual(saved, { path: target, bytes: SECTORS * SECTOR_SIZE + 4, lost: [] });
    const copy = await openImage(target);
    assertSectors(await readSectors(copy, 5, 1), patternBytes(5, 1), 5);
    assertSectors(await readSectors(copy, 6, 1), patternBytes(6, 1, 2), 6);
    assertSectors(await readSectors(copy, 4000, 1), patternBytes(4000, 1), 4000);
    await copy.close();
    assert.equal(readFileSync(target).subarray(-4).toString(), 'tail');
    assert.ok(statSync(target).blocks * 512 < 3 * 1024 * 1024, 'the copy is sparse');
    assert.deepEqual(
      fractions,
      [0, 0.25, 0.5, 0.75, 1]
        .filter((f) => f < 1)
        .map((f) => (f * 2 ** 22) / saved.bytes)
        .concat([2 ** 22 / saved.bytes]),
    );
    assert.equal(existsSync(mapfilePath(target)), false);
  });

  it('takes the map along, with what was injected', async () => {
    disk.medium.inject([[100, 2]], { mode: 'dust' });
    await disk.saved();
    unlinkSync(path);
    await saveOpenImage(disk, target);
    assert.match(readFileSync(mapfilePath(target), 'utf8'), /^0x0000C800 {2}0x00000400 {2}-$/m);
  });

  it('reads the bytes under bad sectors: those are an overlay of the map', async () => {
    await disk.device.write(100, patternBytes(100, 1));
    disk.medium.inject([[100, 1]], { mode: 'error' });
    await disk.saved();
    await saveOpenImage(disk, target);
    const copy = await openImage(target);
    assertSectors(await readSectors(copy, 100, 1), patternBytes(100, 1), 100);
    await copy.close();
  });

  it('makes sectors bad that a shortened file has lost, so that they are not zeros', async () => {
    await disk.device.write(0, patternBytes(0, 200));
    await disk.device.flush();
    truncateSync(path, 100 * SECTOR_SIZE);
    const { lost } = await saveOpenImage(disk, target);
    assert.deepEqual(lost, [[100, SECTORS - 100]]);
    const copy = await Disk.open(target, { log: new KernelLog(() => {}) });
    assertSectors(await readSectors(copy.device, 0, 100), patternBytes(0, 100));
    await assertFailsWith(copy.device.read(100, new Uint8Array(SECTOR_SIZE)), 'EIO', /sector 100/);
    await copy.device.write(100, patternBytes(100, 1));
    assertSectors(await readSectors(copy.device, 100, 1), patternBytes(100, 1));
    await copy.close();
  });

  it('overwrites no file, and no map', async () => {
    writeFileSync(target, 'mine');
    await assertFailsWith(saveOpenImage(disk, target), 'EEXIST', /exists already/);
    assert.equal(readFileSync(target, 'utf8'), 'mine');
    unlinkSync(target);
    writeFileSync(mapfilePath(target), 'mine');
    await assertFailsWith(saveOpenImage(disk, target), 'EEXIST', /saved\.img\.map exists already/);
    assert.equal(existsSync(target), false);
  });

  it('leaves nothing when it is cancelled, or when the map can not be written', async () => {
    const signal = AbortSignal.abort();
    await assertFailsWith(saveOpenImage(disk, target, { signal }), 'ECANCELED', /cancelled/);
    assert.equal(existsSync(target), false);
    disk.medium.inject([[100, 2]], { mode: 'dust' });
    await disk.saved();
    const onProgress = (): void => writeFileSync(mapfilePath(target), 'not a map');
    await assert.rejects(saveOpenImage(disk, target, { onProgress }));
    assert.equal(existsSync(target), false);
    assert.equal(readFileSync(mapfilePath(target), 'utf8'), 'not a map');
  });

  it('leaves no copy of a map that is damaged', async () => {
    writeFileSync(mapfilePath(path), 'damaged');
    unlinkSync(path);
    await assert.rejects(saveOpenImage(disk, target), { code: 'EINVAL' });
    assert.deepEqual([existsSync(target), existsSync(mapfilePath(target))], [false, false]);
  });
});
