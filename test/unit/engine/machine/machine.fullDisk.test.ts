import assert from 'node:assert/strict';
import fs from 'node:fs';
import { isHostFull } from '../../../../src/engine/errors';
import { createImages } from '../../../../src/engine/machine/images';
import { Machine } from '../../../../src/engine/machine/machine';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { taggedRun } from '../../../support/remap/targetRig';
import { smallDisk } from '../../../support/smallDisk';
import { tempFolder } from '../../../support/tempFolder';

describe('a machine of which one device is on a full file system', () => {
  let machine: Machine;
  // Before the hook that unmounts the file system.
  afterEach(async () => {
    if (!machine) return;
    disk.makeRoom();
    await machine.close();
  });

  const folder = tempFolder();
  const disk = smallDisk(4);

  const create = async (name: string, path: (file: string) => string) => {
    const [main, spare] = [path(`${name}.img`), path(`${name}-spare.img`)];
    await createImages({ main, mainSectors: 4096, spare, spareSectors: 2048 });
    const markers = { sectors: [], text: '' };
    return machine.create({ name, deviceFile: null, main, spares: [spare], flakey: null, markers });
  };

  beforeEach(async () => {
    machine = new Machine();
    await create('healthy', folder.path);
    await create('small', disk.path);
    await machine.device('small')!.write(0, taggedRun(0, 64, 1), { flush: false });
    disk.fill();
  });

  /** Both devices serve, and what was written to one of them reaches its image once there is room. */
  async function assertUnchanged(): Promise<void> {
    disk.makeRoom();
    await machine.device('healthy')!.write(0, taggedRun(0, 1, 2));
    const small = machine.device('small')!;
    await small.flush();
    assert.deepEqual((await small.read(0, 64)).bytes, taggedRun(0, 64, 1));
    await machine.remove('small');
    assert.deepEqual(
      new Uint8Array(fs.readFileSync(disk.path('small.img'))).subarray(0, 64 * 512),
      taggedRun(0, 64, 1),
    );
  }

  it('takes no device down in a reload that can’t save what was written', async () => {
    const [healthy, small] = [machine.device('healthy'), machine.device('small')];
    const error = await assertFailsWith(machine.reload(), 'ENOSPC', /no room is left for .*small\.img/);
    assert.ok(isHostFull(error));
    assert.ok(machine.device('healthy') === healthy && machine.device('small') === small);
    assert.ok(machine.modules().every(({ loaded }) => loaded));
    await assertUnchanged();
  });

  it('lets a device go on that can’t be detached', async () => {
    const device = machine.device('small')!;
    await assert.rejects(device.detach(), { code: 'ENOSPC' });
    assert.equal(device.suspended, false);
    await assertUnchanged();
  });

  it('keeps a device that is to be removed until what was written is saved', async () => {
    const error = await assertFailsWith(
      machine.remove('small'),
      'ENOSPC',
      /^small stays assembled.*no room is left/,
    );
    assert.ok(isHostFull(error));
    await assertUnchanged();
    assert.equal(machine.device('small'), undefined);
  });
});
