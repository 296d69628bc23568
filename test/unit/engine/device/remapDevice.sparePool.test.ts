import assert from 'node:assert/strict';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createImage, createImages, type DeviceSpec, findDevices, Machine } from '../../../../src/engine';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedRun, taggedSector } from '../../../support/remap/targetRig';

const MAIN_SECTORS = 48_000;
const SMALL_SPARE = 1310;

describe('Spare pool', () => {
  let folder: string;
  let machine: Machine;
  let spec: DeviceSpec;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'remap-pool-'));
    machine = new Machine();
    spec = {
      name: 'disk',
      deviceFile: null,
      main: join(folder, 'disk.img'),
      spares: [join(folder, 'a.img')],
      flakey: null,
      markers: { sectors: [1000], text: 'm_{sector}' },
    };
    const [spare] = spec.spares;
    await createImages({
      main: spec.main,
      mainSectors: MAIN_SECTORS,
      spare: spare!,
      spareSectors: SMALL_SPARE,
    });
    await createImage(join(folder, 'b.img'), 4000);
  });

  afterEach(async () => {
    await machine.close();
    await rm(folder, { recursive: true });
  });

  /** A device whose first spare is full and whose second one, added while it runs, holds 10 more sectors. */
  async function makePool(): Promise<number> {
    const device = await machine.create(spec);
    const room = device.info().spareFree;
    await device.injectErrors({ sectors: [[1000, room + 10]] });
    await device.write(1000, taggedRun(1000, room, 1));
    await assert.rejects(device.write(1000 + room, taggedSector(1000 + room, 1)), { code: 'ENOSPC' });
    assert.equal(device.info().state, 'degraded');
    await machine.addSpare('disk', join(folder, 'b.img'));
    assert.equal(device.info().state, 'active');
    await device.write(1000 + room, taggedRun(1000 + room, 10, 1));
    spec = device.spec;
    return room;
  }

  async function reassemble(): Promise<void> {
    await machine.remove('disk');
    await machine.create(spec);
  }

  async function read(first: number, count: number): Promise<{ bytes: Uint8Array; failed: unknown }> {
    return machine.device('disk')!.read(first, count);
  }

  it('spills to the next spare, and keeps everything through a reload and an assembly', async () => {
    const room = await makePool();
    await machine.reload();
    assert.deepEqual(await read(1000, room + 10), { bytes: taggedRun(1000, room + 10, 1), failed: [] });
    await reassemble();
    assert.deepEqual(await read(1000, room + 10), { bytes: taggedRun(1000, room + 10, 1), failed: [] });
    const members = new Set(
      machine
        .device('disk')!
        .listRemaps()
        .remaps.map(({ member }) => member),
    );
    assert.deepEqual([...members], [0, 1]);
  });

  it('a missing spare degrades the device and nothing more; its sectors are errors, never stale data', async () => {
    const room = await makePool();
    await machine.remove('disk');
    await rename(join(folder, 'b.img'), join(folder, 'gone.img'));
    const device = await machine.create(spec);
    assert.equal(device.info().state, 'degraded');
    await device.clearErrors();
    assert.deepEqual((await read(1000, room + 10)).failed, [[1000 + room, 10]]);
    assert.deepEqual((await read(1000, room)).bytes, taggedRun(1000, room, 1));
    assert.equal(device.listRemaps({ offset: room, limit: 1 }).remaps[0]!.state, 'missing');
  });

  it('a spare that comes back is brought up to date', async () => {
    const room = await makePool();
    await machine.remove('disk');
    await rename(join(folder, 'a.img'), join(folder, 'gone.img'));
    const device = await machine.create(spec);
    await device.write(1000, taggedSector(1000, 2));
    await machine.remove('disk');
    await rename(join(folder, 'gone.img'), join(folder, 'a.img'));
    await machine.create(spec);
    assert.equal(machine.device('disk')!.info().state, 'active');
    assert.deepEqual((await read(1000, 1)).bytes, taggedSector(1000, 2));
    assert.deepEqual((await read(1001, room + 9)).bytes, taggedRun(1001, room + 9, 1));
    await machine.remove('disk');
    await rename(join(folder, 'b.img'), join(folder, 'gone.img'));
    await machine.create(spec);
    assert.deepEqual((await read(1000, 1)).failed, [[1000, 1]]);
  });

  it('a spare that is found again is taken in by a reload', async () => {
    const room = await makePool();
    await machine.remove('disk');
    await rename(join(folder, 'b.img'), join(folder, 'gone.img'));
    await machine.create(spec);
    await rename(join(folder, 'gone.img'), join(folder, 'b.img'));
    await machine.reload();
    assert.equal(machine.device('disk')!.info().state, 'active');
    assert.deepEqual((await read(1000, room + 10)).bytes, taggedRun(1000, room + 10, 1));
  });

  it('gives no spare to dm-remap-scan when the paths of one of them are too long', async () => {
    await machine.create(spec);
    const long = join(folder, `${'b'.repeat(130)}.img`);
    await createImage(long, 4000);
    await machine.addSpare('disk', long);
    const device = machine.device('disk')!;
    await assert.rejects(device.exportPaths(), { code: 'EINVAL' });
    for (const member of [0, 1]) {
      const { copies } = await device.checkMetadata(member);
      assert.ok(
        copies.every(({ valid }) => valid),
        `spare ${member}`,
      );
    }
  });

  describe('whose first spare has no room for the table of all remaps (R10)', () => {
    const REMAPS = 6000;

    /** The second spare comes when the first one is full; from then on it alone has the whole table. */
    async function fillFirst(): Promise<number> {
      await Promise.all(spec.spares.map((path) => rm(path)));
      await createImages({
        main: join(folder, 'other.img'),
        mainSectors: MAIN_SECTORS,
        spare: spec.spares[0]!,
        spareSectors: 4096,
      });
      await createImage(join(folder, 'large.img'), 16_384);
      const device = await machine.create(spec);
      await device.injectErrors({ sectors: [[1000, REMAPS]] });
      const room = await writeUntilFull();
      await machine.addSpare('disk', join(folder, 'large.img'));
      spec = device.spec;
      return room;
    }

    async function outgrow(): Promise<void> {
      const room = await fillFirst();
      await machine.device('disk')!.write(1000 + room, taggedRun(1000 + room, REMAPS - room, 1));
    }

    async function writeUntilFull(): Promise<number> {
      for (let done = 0; ; done += 100) {
        try {
          await machine.device('disk')!.write(1000 + done, taggedRun(1000 + done, 100, 1));
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'ENOSPC');
          return done;
        }
      }
    }

    it('goes on with the table on the other, and says so', async () => {
      await outgrow();
      const { state, reasons, remaps } = machine.device('disk')!.info();
      assert.deepEqual([state, remaps], ['degraded', REMAPS]);
      assert.match(reasons.join(), /spare 0 has no room left for the table/);
      await machine.reload();
      assert.deepEqual(await read(1000, REMAPS), { bytes: taggedRun(1000, REMAPS, 1), failed: [] });
      await reassemble();
      assert.deepEqual(await read(1000, REMAPS), { bytes: taggedRun(1000, REMAPS, 1), failed: [] });
      assert.match(machine.device('disk')!.info().reasons.join(), /spare 0 has no room left for the table/);
    });

    it('survives a power loss, also one that comes before the next commit', async () => {
      const room = await fillFirst();
      await machine.reboot({ powerLoss: true, seed: 1 });
      const device = await machine.create(spec);
      assert.deepEqual((await read(1000, room)).bytes, taggedRun(1000, room, 1));
      await device.write(1000 + room, taggedRun(1000 + room, REMAPS - room, 1));
      await device.write(20_000, taggedSector(20_000, 1));
      await machine.reboot({ powerLoss: true, seed: 1 });
      await machine.create(spec);
      assert.deepEqual(await read(1000, REMAPS), { bytes: taggedRun(1000, REMAPS, 1), failed: [] });
      assert.deepEqual((await read(20_000, 1)).bytes, taggedSector(20_000, 1));
    });

    it('is never assembled from the outdated table alone', async () => {
      await outgrow();
      await machine.remove('disk');
      await rename(join(folder, 'large.img'), join(folder, 'gone.img'));
      await assert.rejects(machine.create(spec), { code: 'ENOENT', message: /not complete/ });
    });
  });

  it('spares that went different ways are refused', async () => {
    await makePool();
    await machine.remove('disk');
    for (const [missing, tag] of [
      ['a.img', 2],
      ['b.img', 3],
    ] as const) {
      await rename(join(folder, missing), join(folder, 'gone.img'));
      const device = await machine.create(spec);
      await device.injectErrors({ sectors: [[2000 + tag, 1]] });
      await device.write(1000, taggedSector(1000, tag)).catch(() => undefined);
      await device.remapSector(3000).catch(() => undefined);
      await machine.remove('disk');
      await rename(join(folder, 'gone.img'), join(folder, missing));
    }
    await assert.rejects(machine.create(spec), /each used while the other was missing/);
  });

  it('refuses spares in another order, half of them, and those of another pool', async () => {
    await makePool();
    await machine.remove('disk');
    await assert.rejects(
      machine.create({ ...spec, spares: [...spec.spares].reverse() }),
      /list the spares in that order/,
    );
    await assert.rejects(machine.create({ ...spec, spares: [spec.spares[0]!] }), /one of 2 of a pool/);
  });

  it('needs its module, and pins it', async () => {
    await machine.unloadModule('spare-pool');
    await machine.create(spec);
    await assert.rejects(machine.addSpare('disk', join(folder, 'b.img')), /dm-remap-v4-spare-pool/);
    await machine.loadModule('spare-pool');
    await machine.addSpare('disk', join(folder, 'b.img'));
    await assert.rejects(machine.unloadModule('spare-pool'), { code: 'EBUSY' });
  });

  it('is found from the images alone', async () => {
    await makePool();
    await machine.remove('disk');
    const images = (await readdir(folder)).filter((name) => name.endsWith('.img'));
    const { found } = await findDevices(images.map((name) => join(folder, name)));
    assert.deepEqual(found, [{ name: 'disk', main: spec.main, spares: spec.spares }]);
  });
});

describe('Spare pool, one spare of which fails', () => {
  const rig = deviceRig({ mainSectors: MAIN_SECTORS, spareSectors: SMALL_SPARE });

  it('a flush takes back what one spare has committed when the other, which has the data, could not', async () => {
    const second = join(dirname(rig.spec.main), 'b.img');
    await createImage(second, 4000);
    const { device } = rig;
    const remaps = device.info().spareFree + 10;
    await device.addSpare(second);
    await device.injectErrors({
      sectors: [
        [1000, remaps],
        [30_000, 1],
      ],
    });
    await device.write(1000, taggedRun(1000, remaps, 1));
    const { medium } = rig.spare(1);
    medium.inject([[0, 1280]], { mode: 'error' });
    await assert.rejects(device.write(30_000, taggedSector(30_000, 1)), { code: 'EIO' });
    medium.clear();
    await device.flush();
    rig.spec = device.spec;
    await device.losePower(1);
    await rig.assemble();
    assert.equal(rig.device.info().remaps, remaps);
    assert.equal(rig.device.listRemaps().total, remaps);
  });
});
