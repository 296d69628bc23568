import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseDeviceFile } from '../../../src/contract/deviceFile';
import { createDeviceFiles, deleteDeviceFiles, newDevicePaths } from '../../../src/contract/newDevice';
import { holelessFiles } from '../../support/outside/holelessFiles';
import { putFiles } from '../../support/outside/putDoors';
import { hasCode } from '../../support/remap/remapErrors';
import { smallDisk } from '../../support/smallDisk';
import { tempFolder } from '../../support/tempFolder';

const sizes = { mainSectors: 4096, spareSectors: 2048 };

describe('new devices', () => {
  const folder = tempFolder();

  it('consist of a device file and two images named after it', async () => {
    const made = await createDeviceFiles({ path: folder.path('disk'), ...sizes, flakey: '5 2' });
    const { notes, ...paths } = made;
    assert.deepEqual(notes, []);
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

  it('say that their images take their full size, with progress meanwhile', async () => {
    putFiles(holelessFiles());
    const shares: (number | undefined)[] = [];
    const task = {
      signal: new AbortController().signal,
      report: (_text: string, share?: number) => shares.push(share),
    };
    const large = { path: folder.path('disk'), mainSectors: 6144, spareSectors: 2048 };
    const { notes } = await createDeviceFiles(large, task);
    assert.deepEqual(notes, ['the images take their full size, 4 MiB: their file system makes no holes']);
    assert.deepEqual(shares, [0, 0.25, 0.5, 0.75]);
  });

  it('leave no file when there is room for one full image only', async () => {
    putFiles(holelessFiles({ freeBytes: 1.5 * 2 ** 20 }));
    await assert.rejects(
      createDeviceFiles({ path: folder.path('disk'), mainSectors: 2048, spareSectors: 4096 }),
      hasCode('ENOSPC'),
    );
    assert.deepEqual(readdirSync(folder.path()), []);
  });

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

  it('says that the images may grow to more than is free', async () => {
    const sizes = { mainSectors: 8192, spareSectors: 4096 };
    const { notes } = await createDeviceFiles({ path: disk.path('disk'), ...sizes });
    assert.match(
      notes.join(),
      /^the images may grow to 6 MiB, and .* are free: writes fail once the file system is full$/,
    );
  });

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
