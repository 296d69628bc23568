import assert from 'node:assert/strict';
import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import type { DeviceResults } from '../../../src/cli/deviceCommands';
import type { DamageReport } from '../../../src/engine';
import { commandLine, type RunningServe, whenReady } from '../../support/cli/commandLine';
import { volumeFixture } from '../../support/volume/volumeFixture';

/** A file of the FAT16 image whose data are at these sectors, 4 to a cluster. */
const FILE = '/fill001.dat';
const SECTOR = 145;

describe('A verb about file systems', () => {
  const cli = commandLine();
  let bytes: Uint8Array;
  let serve: RunningServe | undefined;

  beforeEach(async function () {
    ({ bytes } = volumeFixture(this, 'fat16'));
    writeFileSync(cli.path('disk.img'), bytes);
  });

  afterEach(async () => {
    await serve?.end();
    serve = undefined;
  });

  /** A device whose main image has the file system. */
  async function createDevice(): Promise<void> {
    const sectors = String(bytes.length / 512);
    await cli.ok('create', 'device.remap', '--main-sectors', sectors, '--spare-sectors', '2000');
    assert.equal((await cli.run(['write', 'device.remap', '0'], { input: bytes })).code, 0);
  }

  /** What the folder holds, and when it was changed. */
  const state = () => readdirSync(cli.path()).map((name) => [name, statSync(cli.path(name)).mtimeMs]);

  it('looks into an image, and writes nothing', async () => {
    writeFileSync(
      cli.path('disk.img.map'),
      `0x0 + 1\n0x0 ${145 * 512} +\n${145 * 512} 512 -\n${146 * 512} ${bytes.length - 146 * 512} +\n`,
    );
    const before = state();
    const volumes = await cli.json<DeviceResults['volumes']>('volumes', 'disk.img');
    assert.deepEqual(
      volumes.map(({ index, first, count, kind }) => [index, first, count, kind]),
      [[0, 0, 49_152, 'fat16']],
    );
    assert.match(
      await cli.ok('volumes', 'disk.img'),
      /^Volume +Sectors[^\n]+\nwhole disk +0-49151 +24 MiB +fat16/,
    );
    const owners = await cli.json<DeviceResults['ownerOf']>('owner', 'disk.img', '0', '144-145');
    assert.deepEqual(
      owners.map(({ sector, kind, path, fileOffset }) => [sector, kind, path, fileOffset]),
      [
        [0, 'meta', undefined, undefined],
        [144, 'file', FILE, 0],
        [145, 'file', FILE, 512],
      ],
    );
    assert.equal(await cli.ok('owner', 'disk.img', '145'), `Sector  Owner\n145     ${FILE}, byte 512\n`);
    const file = await cli.json<DeviceResults['sectorsOf']>('sectors', 'disk.img', FILE);
    assert.deepEqual(file.extents[0]!.slice(0, 2), [0, 144]);
    assert.match(await cli.ok('sectors', 'disk.img', FILE), /^Volume +whole disk\n/);
    const damage = await cli.json<DamageReport>('damage', 'disk.img');
    assert.deepEqual(
      damage.files.map(({ path, lostBytes }) => [path, lostBytes]),
      [[FILE, 512]],
    );
    assert.deepEqual(state(), before);
  });

  it('damage has exit code 1 where anything is lost, in each format but a map', async () => {
    assert.deepEqual((await cli.run(['damage', 'disk.img'])).code, 0);
    writeFileSync(
      cli.path('disk.img.map'),
      `0x0 + 1\n0x0 ${SECTOR * 512} +\n${SECTOR * 512} ${bytes.length - SECTOR * 512} -\n`,
    );
    const text = await cli.run(['damage', 'disk.img']);
    assert.deepEqual([text.code, text.stdout.includes(FILE)], [1, true]);
    const csv = await cli.run(['damage', 'disk.img', '--format', 'csv']);
    assert.deepEqual([csv.code, csv.stdout.split(',')[0]], [1, 'kind']);
    const map = await cli.run(['damage', 'disk.img', '--format', 'mapfile']);
    assert.deepEqual([map.code, map.stdout.split('\n')[0]], [0, '# Mapfile. Created by Remap Inspector']);
    assert.equal((await cli.run(['damage', 'disk.img', '--format', 'xml'])).code, 2);
  });

  it('says a file that isn’t there, an image that isn’t, and a sector that isn’t', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await cli.run(args);
      return [code, stderr];
    };
    assert.deepEqual(await refused('sectors', 'disk.img', '/none'), [
      3,
      'ENOENT: no file /none is on any volume\n',
    ]);
    assert.match(
      String(await refused('sectors', 'disk.img', FILE, '--volume', '7')),
      /^3,EINVAL: there is no volume 7/,
    );
    assert.match(String(await refused('volumes', 'none.img')), /^3,ENOENT: /);
    assert.match(String(await refused('owner', 'disk.img', '49152')), /^3,EINVAL: .*49152/);
    assert.match(String(await refused('owner', 'disk.img', 'x')), /^2,/);
    assert.match(String(await refused('owner', 'disk.img')), /^2,/);
    truncateSync(cli.path('disk.img'), 4096);
    assert.equal((await cli.run(['volumes', 'disk.img'])).code, 0);
  });

  it('looks through a device: what its spare serves is there, what is bad is not', async () => {
    await createDevice();
    await cli.ok('inject', 'device.remap', '--sectors', '144-145');
    const { code } = await cli.run(['write', 'device.remap', '144'], {
      input: bytes.subarray(144 * 512, 145 * 512),
    });
    assert.equal(code, 0);
    const damage = await cli.json<DamageReport>('damage', 'device.remap');
    assert.deepEqual(
      damage.files.map(({ path, ranges }) => [
        path,
        ranges.map(({ sector, sectorCount }) => [sector, sectorCount]),
      ]),
      [[FILE, [[145, 1]]]],
    );
    const viaMain = await cli.json<DeviceResults['ownerOf']>('owner', 'device.img', '145');
    assert.equal(viaMain[0]!.path, FILE);
  });

  it('reaches a device through the serve that has it, and leaves its image to it', async () => {
    await createDevice();
    serve = await whenReady(cli.start(['serve', 'device.remap', '--json']));
    await cli.ok('inject', 'device.remap', '--sectors', '145');
    const owners = await cli.json<DeviceResults['ownerOf']>('owner', 'device.remap', '145');
    assert.deepEqual([owners[0]!.path, owners[0]!.fileOffset], [FILE, 512]);
    assert.equal((await cli.json<DeviceResults['volumes']>('volumes', 'device.remap'))[0]!.kind, 'fat16');
    assert.deepEqual((await cli.json<DeviceResults['sectorsOf']>('sectors', 'device.remap', FILE)).volume, 0);
    assert.deepEqual((await cli.run(['damage', 'device.remap'])).code, 1);
    const { code, stderr } = await cli.run(['volumes', 'device.img']);
    assert.deepEqual([code, stderr.split(':')[0]], [3, 'EBUSY']);
  });
});
