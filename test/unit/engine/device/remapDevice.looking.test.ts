import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { Machine, type RemapDevice } from '../../../../src/engine';
import { deviceRig } from '../../../support/device/deviceRig';
import { folderState } from '../../../support/device/folderState';
import {
  type KernelDevice,
  lowEntries,
  type MakeKernelDevice,
  openedReadOnly,
  recordedLowEntries,
  sharedSector,
} from '../../../support/device/kernelDevices';
import { tempFolder } from '../../../support/tempFolder';

/** Everything that a device can be asked to show, check, list, verify or read. */
const LOOKS: Readonly<Record<string, (device: RemapDevice) => unknown>> = {
  checkMetadata: (device) => device.checkMetadata(),
  info: (device) => device.info(),
  listRemaps: (device) => device.listRemaps(),
  'read of the device': (device) => device.read(990, 2000),
  'read of main': (device) => device.read(0, 2048, { from: 'main' }),
  'read of the spare': (device) => device.read(0, 2048, { from: 'spare' }),
  origins: (device) => [
    device.origins('device', 0, 3000),
    device.origins('main', 0, 3000),
    device.origins('spare', 0, 3000),
  ],
  findNext: (device) => [device.findNext('spare', 'remapped', 0, 1), device.findNext('device', 'bad', 0, 1)],
  overview: (device) => [device.overview('device', 100), device.overview('spare', 100)],
  verifyMarkers: (device) => device.verifyMarkers(),
  status: (device) => [device.status(), device.table(), device.shellScript()],
  'the messages that ask': async (device) => {
    for (const text of [
      'help',
      'status',
      'stats',
      'health',
      'cache_stats',
      'listbadblocks',
      'countbadblocks',
    ]) {
      await device.message(text);
    }
  },
  flush: (device) => device.flush(),
  scan: (device) => device.scan(),
};

/** Everything that would write and is refused. */
const REFUSED: Readonly<Record<string, (device: RemapDevice, path: string) => Promise<unknown>>> = {
  write: (device) => device.write(5, new Uint8Array(512)),
  remapSector: (device) => device.remapSector(5),
  writeMarkers: (device) => device.writeMarkers(),
  exportPaths: (device) => device.exportPaths(),
  addSpare: (device, path) => device.addSpare(path),
  injectErrors: (device) => device.injectErrors({ sectors: [[7, 1]] }),
  clearErrors: (device) => device.clearErrors(),
  failNextRead: (device) => device.failNextRead([7]),
  'the message test_remap': (device) => device.message('test_remap 7 1500'),
  'the message addbadblock': (device) => device.message('addbadblock 7'),
};

describe('R15: looking at a device that takes writes', () => {
  const rig = deviceRig();

  it('moves no sector that only a retry can read, as reading it does', async () => {
    const { device } = rig;
    await device.writeMarkers();
    await device.failNextRead([1000, 2000]);
    const folder = dirname(rig.spec.main);
    await device.flush();
    const before = folderState(folder);
    const { verified } = await device.verifyMarkers();
    assert.equal(verified, 2);
    assert.deepEqual((await device.read(1000, 1, { onlyLooks: true })).failed, []);
    await device.checkMetadata();
    assert.equal(device.info().remaps, 0);
    await device.flush();
    assert.deepEqual(folderState(folder), before);
    await device.failNextRead([1000]);
    await device.read(1000, 1);
    assert.equal(device.info().remaps, 1);
  });
});

describe('R15: looking at a device that a kernel left read-only', () => {
  let machine: Machine;
  // Before the hook that removes the folder, so that the images are closed when they go.
  afterEach(() => machine.close());

  const { path } = tempFolder();

  beforeEach(() => {
    machine = new Machine();
  });

  async function holdsPayloads({ payloads }: KernelDevice, device: RemapDevice): Promise<void> {
    for (const [sector, text] of payloads) {
      const { bytes, failed } = await device.read(sector, 1);
      assert.deepEqual(failed, []);
      assert.equal(Buffer.from(bytes).toString('latin1', 0, text.length + 1), `${text} `);
    }
  }

  const DEVICES: Readonly<Record<string, (context: Mocha.Context) => MakeKernelDevice>> = {
    'with recorded remaps inside the metadata area': recordedLowEntries,
    'with remaps inside the metadata area': () => lowEntries,
    'with two remaps on one spare sector': () => sharedSector,
    'that was opened read-only, over files without write permission': () => openedReadOnly,
  };

  for (const [what, makeFor] of Object.entries(DEVICES)) {
    it(`writes nothing ${what}, whatever is asked, nor does taking it down, and loses nothing`, async function () {
      const found = await makeFor(this)(path);
      const before = folderState(path());
      const device = await machine.create(found.spec);
      assert.equal(device.info().state, 'readonly');
      const running = folderState(path());
      for (const [look, run] of Object.entries(LOOKS)) {
        await run(device);
        assert.deepEqual(folderState(path()), running, `${look} wrote`);
      }
      for (const [command, run] of Object.entries(REFUSED)) {
        await assert.rejects(run(device, path('other.img')), { code: 'EROFS' }, command);
        assert.deepEqual(folderState(path()), running, `${command} wrote`);
      }
      await holdsPayloads(found, device);
      await machine.suspend('disk');
      await machine.resume('disk');
      await machine.reload();
      assert.deepEqual(folderState(path()), running, 'suspend, resume or reload wrote');
      await machine.remove('disk');
      assert.deepEqual(folderState(path()), before, 'remove wrote');
      const again = await machine.create(found.spec);
      await holdsPayloads(found, again);
    });
  }
});
