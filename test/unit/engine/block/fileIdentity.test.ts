import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { assertRefused } from '../../../support/block/blockErrors';
import { errno } from '../../../support/block/faultyIo';
import { patternBytes } from '../../../support/block/sectors';
import { needing } from '../../../support/needs';
import { putNetwork, putWindows } from '../../../support/outside/adapters';
import { putFiles } from '../../../support/outside/putDoors';
import type { Numbers } from '../../../support/outside/windowsFs';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { tempFolder } from '../../../support/tempFolder';

const SECTORS = 100;

describe('the identity of an image', () => {
  const folder = tempFolder();
  let path: string;

  beforeEach(async () => {
    path = folder.path('main.img');
    await createImage(path, SECTORS);
  });

  /** Another file of the same size takes the image's place. */
  function replace(): void {
    writeFileSync(`${path}.new`, Buffer.alloc(SECTORS * 512, 1));
    renameSync(`${path}.new`, path);
  }

  const ALL: readonly Numbers[] = ['true', 'no device', 'none by path', 'none', 'equal', 'changing'];
  for (const numbers of ALL) {
    it(`is not lost where its numbers are ${numbers}`, async () => {
      putWindows({ numbers });
      const image = await openImage(path);
      for (let version = 1; version < 4; version++) {
        await image.write(0, patternBytes(0, 2, version));
        await image.flush();
      }
      await assertFailsWith(openImage(path), 'EBUSY', /already open in this process/);
      await image.close();
      await (await openImage(path)).close();
    });

    it(`of another image is another one where its numbers are ${numbers}`, async () => {
      putWindows({ numbers });
      await createImage(folder.path('spare.img'), SECTORS + 1);
      const image = await openImage(path);
      const spare = await openImage(folder.path('spare.img'));
      await spare.close();
      await image.close();
    });
  }

  for (const numbers of ['true', 'no device', 'none by path'] as const) {
    it(
      `of a file in its place is seen where a path's numbers are ${numbers}`,
      needing('openFilesGo', async () => {
        putWindows({ numbers });
        const image = await openImage(path);
        replace();
        await assertRefused(image.flush(), 'ESTALE');
        await image.close();
      }),
    );
  }

  it('is asked again at the next flush where another program is in the way of the look', async () => {
    const windows = putWindows({ numbers: 'none by path' });
    const image = await openImage(path);
    const { open } = windows.files;
    for (const code of ['EACCES', 'EPERM', 'EBUSY']) {
      putFiles({ open: () => Promise.reject(errno(code)) });
      await image.write(0, patternBytes(0, 2));
      await assertRefused(image.flush(), 'EIO');
      putFiles({ open });
      await image.flush();
    }
    assert.equal(image.place.displacement, null);
    await image.close();
  });

  it('is the same under a name in other case where names have none', async () => {
    for (const numbers of ['true', 'none'] as const) {
      putWindows({ numbers });
      const image = await openImage(path);
      await assertFailsWith(openImage(folder.path('MAIN.IMG')), 'EBUSY', /already open in this process/);
      await image.close();
    }
  });

  it('is lost when its server forgets it', async () => {
    const network = putNetwork();
    const image = await openImage(path);
    await image.write(0, patternBytes(0, 2));
    network.isStale = true;
    await assert.rejects(image.flush());
    assert.equal(image.place.displacement?.happened, 'unreachable');
    await assertRefused(image.flush(), 'ESTALE');
    network.isStale = false;
    await image.close().catch(() => undefined);
  });
});
