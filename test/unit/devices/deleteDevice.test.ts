import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import promises, { link, rm, symlink, writeFile } from 'node:fs/promises';
import { createDeviceFiles } from '../../../src/contract/newDevice';
import { type Eraser, eraseFiles, planDeletion } from '../../../src/devices/deleteDevice';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import { openImage } from '../../../src/engine';
import { needing } from '../../support/needs';
import { tempFolder } from '../../support/tempFolder';

const SIZES = { mainSectors: 20_480, spareSectors: 4096 };
const none = async () => [];

describe('deleting a device with its files', () => {
  const folder = tempFolder();
  let disk: DeviceEntry;

  beforeEach(async () => {
    await createDeviceFiles({ path: folder.path('disk.remap'), ...SIZES });
    disk = entry('disk', ['disk-spare.img']);
  });

  function entry(name: string, spares: readonly string[], more: object = {}): DeviceEntry {
    const main = folder.path(`${name}.img`);
    const content = {
      main,
      spares: spares.map((spare) => folder.path(spare)),
      flakey: null,
      markers: null,
      ...more,
    };
    const deviceKey = folder.path(`${name}.remap`);
    return { deviceKey, name, deviceFile: deviceKey, content, device: undefined, problem: undefined };
  }

  const names = (paths: readonly string[]) => paths.map((path) => path.replace(folder.path('/'), ''));

  function eraser(more: Partial<Eraser> = {}): Eraser {
    return {
      useTrash: true,
      erase: (path) => rm(path),
      mayEraseForGood: () => assert.fail('nothing is to be asked'),
      ...more,
    };
  }

  it('takes the device file, the images and the rescue maps that exist', async () => {
    await writeFile(folder.path('disk.img.map'), '');
    await writeFile(folder.path('rescue.log'), '');
    const named = entry('disk', ['disk-spare.img', 'gone.img'], { map: folder.path('rescue.log') });
    const plan = await planDeletion(named, [named], none);
    assert.deepEqual(names(plan.files), [
      'disk.remap',
      'disk.img',
      'disk-spare.img',
      'rescue.log',
      'disk.img.map',
    ]);
    assert.deepEqual(plan.kept, []);
    await eraseFiles(plan, eraser());
    assert.ok(plan.files.every((path) => !existsSync(path)));
  });

  it(
    'leaves what another device uses, under another name too',
    needing('symlinks', async () => {
      await link(folder.path('disk-spare.img'), folder.path('hard.img'));
      await symlink(folder.path('disk.img'), folder.path('soft.img'));
      const others = [entry('soft', ['other-spare.img']), entry('third', ['hard.img'])];
      const plan = await planDeletion(disk, [disk, ...others], none);
      assert.deepEqual(names(plan.files), ['disk.remap']);
      assert.deepEqual(
        plan.kept.map(({ path, why }) => [names([path])[0], why]),
        [
          ['disk.img', 'the device soft uses too'],
          ['disk-spare.img', 'the device third uses too'],
        ],
      );
    }),
  );

  it('leaves what another device uses on a share whose numbers change at each look', async () => {
    const { stat } = promises;
    let looks = 0n;
    const looked = async (path: string, options?: { bigint: true }) => {
      const stats = await stat(path, options);
      return options ? Object.assign(stats, { ino: ++looks << 40n }) : stats;
    };
    Object.assign(promises, { stat: looked });
    try {
      const plan = await planDeletion(disk, [disk, entry('third', ['disk-spare.img'])], none);
      assert.deepEqual(names(plan.files), ['disk.remap', 'disk.img']);
      assert.deepEqual(plan.kept, [
        { path: folder.path('disk-spare.img'), why: 'the device third uses too' },
      ]);
      assert.ok(looks > 0n);
    } finally {
      Object.assign(promises, { stat });
    }
  });

  it('leaves what is outside the workspace, unless the device may write it', async () => {
    const plan = await planDeletion(disk, [disk], async () => [folder.path('disk.img')]);
    assert.deepEqual(names(plan.files), ['disk.remap', 'disk-spare.img']);
    assert.deepEqual(plan.kept, [{ path: folder.path('disk.img'), why: 'is outside the workspace' }]);
  });

  it('deletes the file alone of a device whose file names nothing that can be read', async () => {
    const broken = { ...disk, content: undefined, problem: new Error('not JSON') };
    const plan = await planDeletion(broken, [broken], none);
    assert.deepEqual([names(plan.files), plan.images], [['disk.remap'], []]);
  });

  it('refuses while an image is displaced: the open file alone holds what was written', async () => {
    const displaced = [{ path: folder.path('disk.img'), reason: 'disk.img was deleted', isSaved: false }];
    const device = { displaced } as unknown as NonNullable<DeviceEntry['device']>;
    await assert.rejects(planDeletion({ ...disk, device }, [disk], none), {
      code: 'ESTALE',
      message: /^disk\.img was deleted: save the open image/,
    });
  });

  it('refuses, with every file still there, while another program has an image open', async () => {
    const plan = await planDeletion(disk, [disk], none);
    const held = await openImage(folder.path('disk-spare.img'));
    await assert.rejects(eraseFiles(plan, eraser()), { code: 'EBUSY' });
    await held.close();
    assert.ok(plan.files.every((path) => existsSync(path)));
  });

  it('asks where the trash refuses, and deletes for good only then', async () => {
    const plan = await planDeletion(disk, [disk], none);
    const reasons: unknown[] = [];
    const erase = async (path: string, useTrash: boolean): Promise<void> => {
      if (useTrash) throw new Error('no trash');
      await rm(path);
    };
    const answer = (yes: boolean) => async (reason: unknown) => {
      reasons.push(String(reason));
      return yes;
    };
    await eraseFiles(plan, eraser({ erase, mayEraseForGood: answer(false) }));
    assert.ok(plan.files.every((path) => existsSync(path)));
    await eraseFiles(plan, eraser({ erase, mayEraseForGood: answer(true) }));
    assert.ok(plan.files.every((path) => !existsSync(path)));
    assert.deepEqual(reasons, ['Error: no trash', 'Error: no trash']);
  });

  it('says what failed when a later file can not be deleted', async () => {
    const plan = await planDeletion(disk, [disk], none);
    const erase = async (path: string): Promise<void> => {
      if (path.endsWith('.img')) throw new Error(`EPERM ${path}`);
      await rm(path);
    };
    await assert.rejects(eraseFiles(plan, eraser({ erase })), /EPERM .*disk\.img/);
    await assert.rejects(
      eraseFiles({ ...plan, files: [folder.path('disk.img')] }, eraser({ useTrash: false, erase })),
      /EPERM/,
    );
    await eraseFiles({ files: [], images: [] }, eraser());
  });
});
