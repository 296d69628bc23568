import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseDeviceFile } from '../../../src/contract/deviceFile';
import { createDeviceFiles, deleteDeviceFiles, newDevicePaths } from '../../../src/contract/newDevice';
import { hasCode } from '../../support/remap/remapErrors';
import { smallDisk } from '../../support/smallDisk';
import { tempFolder } from '../../support/tempFolder';

const sizes = { mainSectors: 4096, spareSectors: 2048 };

describe('new devices', () => {
  const folder = tempFolder();

  it('consist of a device file and two images named after it', async () => {
    const paths = await createDeviceFiles({ path: folder.path('disk'), ...sizes, flakey: '5 2' });
    assert.deepEqual(paths, newDevicePaths(folder.path('disk.remap')));
    assert.deepEqual(readdirSync(folder.path()).sort(), ['disk-spare.img', 'disk.img', 'disk.remap']);
    assert.deepEqual(parseDeviceFile(readFileSync(paths.deviceFile, 'utf8'), paths.deviceFile), {
      main: paths.main,
      spares: [paths.spare],
      flakey: '5 2',
      markers: null,
    });
    await deleteDeviceFiles(paths);
    assert.deepEqual(readdirSync(folder.path()), []);
  });

  for (const taken of ['disk.remap', 'disk.img', 'disk-spare.img']) {
    it(`are refused where ${taken} exists, and leave no file`, async () => {
      writeFileSync(folder.path(taken), 'mine');
      await assert.rejects(
        createDeviceFiles({ path: folder.path('disk.remap'), ...sizes }),
        hasCode('EEXIST'),
      );
      assert.deepEqual(readdirSync(folder.path()), [taken]);
      assert.equal(readFileSync(folder.path(taken), 'utf8'), 'mine');
    });
  }

  it('of impossible sizes leave no file', async () => {
    await assert.rejects(
      createDeviceFiles({ path: folder.path('disk.remap'), mainSectors: 4096, spareSectors: 100 }),
      hasCode('ENOSPC'),
    );
    assert.deepEqual(readdirSync(folder.path()), []);
  });
});

describe('a new device on a full disk', () => {
  const disk = smallDisk(1);

  it('leaves no file, though a part of the device file could be written', async () => {
    const sectors = Array.from({ length: 150_000 }, (_, i) => i);
    const markers = { sectors, text: 'marker {sector}' };
    await assert.rejects(
      createDeviceFiles({ path: disk.path('disk.remap'), ...sizes, markers }),
      hasCode('ENOSPC'),
    );
    assert.deepEqual(readdirSync(disk.path()), []);
  });
});
