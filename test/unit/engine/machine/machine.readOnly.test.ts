import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { openImage } from '../../../../src/engine/block/image';
import type { DeviceSpec } from '../../../../src/engine/device/deviceContracts';
import type { RemapDevice } from '../../../../src/engine/device/remapDevice';
import { createImages } from '../../../../src/engine/machine/images';
import { Machine } from '../../../../src/engine/machine/machine';
import { taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

const REASON = 'the folder is not trusted';
const REFUSAL = { code: 'EROFS', message: /opened read-only: the folder is not trusted/ };

describe('machine, a device that is opened read-only', () => {
  let machine: Machine;
  // Before the hook that removes the folder, so that the images are closed when they go.
  afterEach(() => machine.close());

  const folder = tempFolder();
  let spec: DeviceSpec;
  let before: string;

  /** Every file of the folder with its bytes and times, and when the list of files changed last. */
  function fingerprint(): string {
    const files = readdirSync(folder.path()).map((name) => {
      const { mtimeMs, ctimeMs } = statSync(folder.path(name));
      const hash = createHash('sha256')
        .update(readFileSync(folder.path(name)))
        .digest('hex');
      return `${name} ${hash} ${mtimeMs} ${ctimeMs}`;
    });
    return [statSync(folder.path()).mtimeMs, ...files].join('\n');
  }

  function assemble(modules?: Machine): Promise<RemapDevice> {
    machine = modules ?? new Machine();
    return machine.create({ ...spec, readOnly: REASON });
  }

  /** A device with remaps, bad sectors, one that fails once, and a damaged copy; nothing in the folder may be written. */
  beforeEach(async () => {
    const [main, spare] = [folder.path('disk.img'), folder.path('spare.img')];
    await createImages({ main, mainSectors: 20_480, spare, spareSectors: 8192 });
    const markers = { sectors: [1000], text: 'm_{sector}' };
    spec = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
    machine = new Machine();
    const device = await machine.create(spec);
    await device.injectErrors({
      sectors: [
        [1000, 2],
        [3000, 1],
      ],
    });
    await device.write(1000, taggedSector(1000, 1));
    await device.failNextRead([4000]);
    await machine.close();
    const image = await openImage(spare);
    await image.write(2 * 256, new Uint8Array(512).fill(0xee));
    await image.close();
    for (const name of readdirSync(folder.path())) chmodSync(folder.path(name), 0o444);
    before = fingerprint();
  });

  it('reads as it would otherwise, from the best copy, and says why it is read-only', async () => {
    const device = await assemble();
    const { state, reasons, remaps, badSectors, metadata } = device.info();
    assert.deepEqual(
      { state, reasons, remaps, badSectors, valid: metadata.valid },
      { state: 'readonly', reasons: [`opened read-only: ${REASON}`], remaps: 1, badSectors: 4, valid: 4 },
    );
    const read = await device.read(1000, 2);
    assert.deepEqual(read.bytes.subarray(0, 512), taggedSector(1000, 1));
    assert.deepEqual(read.failed, [[1001, 1]]);
    assert.equal((await device.read(4000, 1, { from: 'main' })).failed.length, 1);
    assert.equal((await device.verifyMarkers()).results.length, 1);
    assert.equal(device.origins('device', 1000, 1)[0]?.kind, 'spare');
    assert.equal(device.findNext('main', 'bad', 0, 1), 1000);
    assert.deepEqual((await device.scan()).failing, [
      [1001, 1],
      [3000, 1],
    ]);
    assert.deepEqual(
      (await device.checkMetadata()).copies.map(({ valid }) => valid),
      [true, true, false, true, true],
    );
    assert.match(device.status(), /dm-remap-v4/);
    assert.match(device.table(), /dm-remap-v4/);
    assert.match(await device.message('countbadblocks'), /4 badblock/);
    assert.match(await device.message('health'), /./);
    assert.ok(device.shellScript().includes('dmsetup'));
    await device.acceptMain();
    await device.flush();
    await machine.remove('disk');
    assert.equal(fingerprint(), before);
  });

  it('refuses with the reason what would write, and writes nothing then either', async () => {
    const device = await assemble();
    const refused: Record<string, () => Promise<unknown>> = {
      write: () => device.write(5, taggedSector(5, 1)),
      remapSector: () => device.remapSector(5),
      writeMarkers: () => device.writeMarkers(),
      injectErrors: () => device.injectErrors({ sectors: [[7, 1]] }),
      failNextRead: () => device.failNextRead([7]),
      clearErrors: () => device.clearErrors(),
      repairMetadata: () => device.repairMetadata(),
      exportPaths: () => device.exportPaths(),
      relocate: () => device.relocate(),
      dropRemap: () => device.dropRemap(1000),
      unremapSector: () => device.unremapSector(1000),
      addSpare: () => machine.addSpare('disk', folder.path('spare.img')),
      test_remap: () => device.message('test_remap 5 2000'),
      ...Object.fromEntries(
        ['addbadblock 7', 'removebadblock 3000', 'clearbadblocks', 'disable', 'enable', 'quiet'].map(
          (text) => [text, () => device.message(text)],
        ),
      ),
    };
    for (const [name, call] of Object.entries(refused)) await assert.rejects(call(), REFUSAL, name);
    assert.equal(device.info().badSectors, 4);
    await machine.remove('disk');
    assert.equal(fingerprint(), before);
  });

  it('stays so over suspend, reload, a module that comes late, reboot and power loss', async () => {
    await assemble(new Machine({ modules: ['stats', 'real'] }));
    const stillReadOnly = (): void => {
      const device = machine.device('disk');
      assert.equal(device?.readOnly, true);
      assert.equal(device?.reasons[0], `opened read-only: ${REASON}`);
    };
    assert.match(machine.device('disk')?.reasons[1] ?? '', /1 remaps that are not in use/);
    await machine.loadModule('metadata');
    stillReadOnly();
    assert.equal(machine.device('disk')?.info().remaps, 1);
    await machine.suspend('disk');
    await machine.resume('disk');
    stillReadOnly();
    await machine.reload();
    stillReadOnly();
    for (const powerLoss of [false, true]) {
      const again = { ...machine.device('disk')!.spec };
      await machine.loadModule('spare-pool');
      await machine.loadModule('setup-reassembly');
      await machine.reboot({ powerLoss, reassemble: () => machine.create(again) });
      stillReadOnly();
    }
    await machine.close();
    assert.equal(fingerprint(), before);
  });

  it('takes no lock, so that a writer may have the images open', async () => {
    for (const name of readdirSync(folder.path())) chmodSync(folder.path(name), 0o644);
    const writer = new Machine();
    await writer.create(spec);
    try {
      const device = await assemble();
      assert.equal(device.readOnly, true);
    } finally {
      await writer.close();
    }
  });
});
