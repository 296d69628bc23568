import assert from 'node:assert/strict';
import { truncate, unlink } from 'node:fs/promises';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { driver } from '../support/extension/driver';
import { dialogRefused } from '../support/extension/notifications';
import { call, Folder, fails, sparseFile } from '../support/extension/remap';

const folder = new Folder('doubtful');
const base64 = Buffer.alloc(512, 0x5a).toString('base64');
const file = (): object => ({ treeReference: true, deviceKey: folder.file('doubt.remap') });

const assembled = async (): Promise<DeviceInfo | undefined> =>
  (await call<DeviceInfo[]>('remap.listDevices')).find(({ name }) => name === 'doubt');

/** Assembles it as a person does, and waits for the question that keeps it from being assembled. */
async function asks(): Promise<void> {
  await call('notifications.clearAll');
  await call('remap.assemble', file());
  await dialogRefused();
  await call('notifications.clearAll');
  assert.equal(await assembled(), undefined);
}

describe('an image that may not be the right one (R8)', () => {
  beforeEach(async () => {
    await folder.create();
    await call('remap.createDevice', {
      path: 'doubtful/doubt.remap',
      mainSectors: 20_480,
      spareSectors: 8192,
    });
    for (const sector of [100, 2000, 3000, 7000]) await call('remap.write', 'doubt', { sector, base64 });
    await call('remap.remove', 'doubt');
  });

  afterEach(() => folder.remove());

  describe('a main that does not fit the fingerprint of the spare', () => {
    beforeEach(async () => {
      await unlink(folder.file('doubt.img'));
      await sparseFile(folder.file('doubt.img'), 20_480 * 512);
    });

    it('is a reason on the device from code, until it is accepted', async () => {
      const { state, reasons } = await call<DeviceInfo>('remap.assemble', 'doubtful/doubt.remap');
      assert.equal(state, 'degraded');
      assert.match(reasons.join(), /doubt\.img doesn't fit the fingerprint .*16 of 20 sampled sectors match/);
      await call('remap.remove', 'doubt');
      const options = { acceptMain: true };
      const accepted = await call<DeviceInfo>('remap.assemble', 'doubtful/doubt.remap', options);
      assert.deepEqual([accepted.state, accepted.reasons], ['active', []]);
      await call('remap.remove', 'doubt');
      const again = await call<DeviceInfo>('remap.assemble', 'doubtful/doubt.remap');
      assert.deepEqual([again.state, again.reasons], ['active', []]);
    });

    it('is asked about when a person assembles it, and no more once it was accepted', async function () {
      driver.require(this);
      await asks();
      await call('remap.assemble', 'doubtful/doubt.remap', { acceptMain: true });
      await call('remap.remove', 'doubt');
      await call('remap.assemble', file());
      assert.equal((await assembled())?.state, 'active');
    });
  });

  describe('a spare that is shorter than its metadata say', () => {
    beforeEach(() => truncate(folder.file('doubt-spare.img'), 2000 * 512));

    it('is refused from code with both sizes', () =>
      fails(
        /^EINVAL: .*doubt-spare\.img: the metadata belong to a spare of 8192 sectors, and this one has 2000/,
        'remap.assemble',
        'doubtful/doubt.remap',
      ));

    it('is offered to a person read-only', async function () {
      driver.require(this);
      await asks();
    });
  });

  it('is used and said when the spare is longer', async () => {
    await truncate(folder.file('doubt-spare.img'), 9000 * 512);
    const { state, notes } = await call<DeviceInfo>('remap.assemble', 'doubtful/doubt.remap');
    assert.equal(state, 'active');
    assert.match(notes?.join() ?? '', /has 9000 sectors, and its metadata say 8192/);
  });
});
