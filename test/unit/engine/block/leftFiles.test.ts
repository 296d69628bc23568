import assert from 'node:assert/strict';
import fs from 'node:fs';
import { basename } from 'node:path';
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

  async function leave(name: string, owner?: object): Promise<void> {
    const text = owner ? JSON.stringify({ ...(await currentOwner('left')), ...owner }) : '';
    fs.writeFileSync(folder.path(name), text);
  }

  /** As if it were written an hour ago. */
  function age(name: string): void {
    const then = Date.now() / 1000 - 3600;
    fs.utimesSync(folder.path(name), then, then);
  }

  async function leftAfterOpening(): Promise<string[]> {
    const image = await openImage(path);
    await image.close();
    return fs.readdirSync(folder.path()).filter((name) => name !== 'main.img');
  }

  it('are removed when the image is opened: of its map, of its lock, and claims', async () => {
    await leave(`.main.img.map.${DEAD}-12345-0123456789ab.tmp`);
    await leave(`.main.img.map.${DEAD}-0.tmp`);
    await leave(`.main.img.map.bak.${DEAD}-1-0123456789ab.tmp`);
    if (process.platform === 'linux') await leave(`.main.img.map.${process.pid}-1-0123456789ab.tmp`);
    await leave(`.main.img.lock.${DEAD}-12345-0123456789ab.tmp`);
    age(`.main.img.lock.${DEAD}-12345-0123456789ab.tmp`);
    await leave('.main.img.lock.0123456789ab', { pid: DEAD });
    await leave('.main.img.lock.0123456789ab.swap', { pid: DEAD });
    await leave('.main.img.lock.0123456789ab.claim', { pid: DEAD });
    assert.deepEqual(await leftAfterOpening(), []);
  });

  it('stay while their process lives, or may live elsewhere, and when they are not ours', async () => {
    const names = [
      basename(temporaryPathFor(folder.path('main.img.map'))),
      `.main.img.lock.${DEAD}-1-0123456789ab.tmp`,
      '.main.img.lock.aaaaaaaaaaaa.claim',
      `.main.img.lock.${DEAD}-2-0123456789ab.tmp`,
      `.main.img.map.${DEAD}.tmp`,
      `.main.img.old.map.${DEAD}-1-0123456789ab.tmp`,
      '.main.img.notes',
    ];
    for (const name of names) await leave(name);
    await leave(names[1]!, { pid: DEAD, bootId: null, machineId: 'another' });
    await leave(names[2]!, { pid: process.ppid, startTime: null });
    assert.deepEqual((await leftAfterOpening()).sort(), names.sort());
  });

  it('stay when the image is only read', async () => {
    const name = `.main.img.map.${DEAD}-1-0123456789ab.tmp`;
    await leave(name);
    await (await openImage(path, { readOnly: true })).close();
    assert.ok(fs.existsSync(folder.path(name)));
  });
});
