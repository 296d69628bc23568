import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { currentOwner } from '../../../../src/engine/block/lockOwner';
import { temporaryPathFor } from '../../../../src/engine/block/temporaryFile';
import { tempFolder } from '../../../support/tempFolder';

/** No process has so high a number. */
const DEAD = 2 ** 22 + 1;

describe('files that killed processes left beside an image', () => {
  const folder = tempFolder();
  let path = '';

  beforeEach(async () => {
    path = folder.path('main.img');
    await createImage(path, 100);
  });

  const leave = (name: string, owner?: object): void =>
    fs.writeFileSync(folder.path(name), owner ? JSON.stringify({ ...currentOwner('left'), ...owner }) : '');

  async function leftAfterOpening(): Promise<string[]> {
    const image = await openImage(path);
    await image.close();
    return fs.readdirSync(folder.path()).filter((name) => name !== 'main.img');
  }

  it('are removed when the image is opened: of its map, of its lock, and claims', async () => {
    leave(`.main.img.map.${DEAD}-12345-0123456789ab.tmp`);
    leave(`.main.img.map.${DEAD}-0.tmp`);
    leave(`.main.img.map.bak.${DEAD}-1-0123456789ab.tmp`);
    if (process.platform === 'linux') leave(`.main.img.map.${process.pid}-1-0123456789ab.tmp`);
    leave(`.main.img.lock.${DEAD}-12345-0123456789ab.tmp`);
    leave('.main.img.lock.0123456789ab', { pid: DEAD });
    leave('.main.img.lock.0123456789ab.swap', { pid: DEAD });
    leave('.main.img.lock.0123456789ab.claim', { pid: DEAD });
    assert.deepEqual(await leftAfterOpening(), []);
  });

  it('stay while their process lives, or may live elsewhere, and when they are not ours', async () => {
    const names = [
      temporaryPathFor(folder.path('main.img.map')).slice(folder.path().length),
      `.main.img.lock.${DEAD}-1-0123456789ab.tmp`,
      '.main.img.lock.aaaaaaaaaaaa.claim',
      `.main.img.map.${DEAD}.tmp`,
      `.main.img.old.map.${DEAD}-1-0123456789ab.tmp`,
      '.main.img.notes',
    ];
    for (const name of names) leave(name);
    leave(names[1]!, { pid: DEAD, host: 'elsewhere.example' });
    leave(names[2]!, { pid: process.ppid, startTime: null });
    assert.deepEqual((await leftAfterOpening()).sort(), names.map((name) => name.replace('/', '')).sort());
  });

  it('stay when the image is only read', async () => {
    const name = `.main.img.map.${DEAD}-1-0123456789ab.tmp`;
    leave(name);
    await (await openImage(path, { readOnly: true })).close();
    assert.ok(fs.existsSync(folder.path(name)));
  });
});
