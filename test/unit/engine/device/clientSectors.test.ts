import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import type { DeviceEvent } from '../../../../src/engine/device/deviceContracts';
import type { SectorRange } from '../../../../src/engine/errors';
import { deviceRig } from '../../../support/device/deviceRig';
import { need } from '../../../support/needs';
import { assertFailsWith } from '../../../support/remap/remapErrors';

const SECTORS = 20_480;
const [ZEROS, DATA] = [3, 0];

describe('a device as its clients use it', () => {
  const rig = deviceRig();

  const bytes = (count: number, byte = 7) => new Uint8Array(count * 512).fill(byte);

  it('writes without a flush, and flushes when asked to', async () => {
    const client = rig.device.clientSectors('device');
    await client.write(8, bytes(8));
    assert.equal((await readFile(rig.spec.main))[8 * 512], 0);
    await client.flush();
    assert.equal((await readFile(rig.spec.main))[8 * 512], 7);
  });

  it('zeros runs, also those that fail: they are repaired as by a write', async () => {
    const client = rig.device.clientSectors('device');
    await client.write(0, bytes(4096));
    await rig.device.injectErrors({
      sectors: [
        [10, 1],
        [50, 2500],
      ],
    });
    await client.zero(0, 4096);
    const { bytes: read, failed } = await rig.device.read(0, 4096);
    assert.deepEqual(failed, []);
    assert.ok(read.every((byte) => byte === 0));
    assert.equal(rig.device.info().remaps, 2501);
  });

  it('throws what keeps a run from being zeroed', async () => {
    const client = rig.device.clientSectors('device');
    await assertFailsWith(client.zero(SECTORS - 1, 2), 'EINVAL', /outside/);
  });

  it('gives images read-only, with the faults of their media', async () => {
    await rig.device.injectErrors({ sectors: [[10, 1]] });
    const main = rig.device.clientSectors('main');
    assert.ok(main.readOnly);
    await assertFailsWith(main.write(0, bytes(1)), 'EROFS', /read-only/);
    await assertFailsWith(main.zero(0, 1), 'EROFS', /read-only/);
    await main.flush();
    await assertFailsWith(main.read(8, bytes(8)), 'EIO', /sector 10/);
    const spare = rig.device.clientSectors('spare', 0);
    assert.equal(spare.sectorCount, 8192);
    const copy = bytes(1);
    await spare.read(0, copy);
    assert.notDeepEqual(copy, bytes(1));
  });

  it('says that a spare is missing', async () => {
    const missing = rig.device.clientSectors('spare', 1);
    assert.equal(missing.sectorCount, 0);
    await assertFailsWith(missing.read(0, bytes(1)), 'ENOENT', /spare 1/);
  });

  it('tells the views once of many writes', async () => {
    const client = rig.device.clientSectors('device');
    rig.events.length = 0;
    for (let i = 0; i < 100; i++) await client.write(i * 2, bytes(2));
    const told = () =>
      rig.events.filter((event): event is DeviceEvent & { kind: 'sectors' } => event.kind === 'sectors');
    const isAll = ({ sectors }: { sectors?: readonly SectorRange[] }) =>
      JSON.stringify(sectors) === '[[0,200]]';
    while (!told().some(isAll)) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(told().length, 1);
  });

  it('keeps the fingerprint of main fitting what was written', async () => {
    const client = rig.device.clientSectors('device');
    rig.clock.ms += 10_000;
    await client.write(0, bytes(SECTORS));
    await client.flush();
    await rig.device.abandon();
    await rig.assemble();
    assert.deepEqual(rig.device.info().reasons, []);
  });

  describe('asked for holes', () => {
    it('takes short runs of zeros for data, and finds others by blocks of 4 KiB', async () => {
      const client = rig.device.clientSectors('device');
      await client.write(16, bytes(8));
      await client.write(64, bytes(3));
      await client.write(1000, bytes(1));
      assert.deepEqual(await client.allocation(0, 2048, 100), [
        { sectorCount: 16, flags: ZEROS },
        { sectorCount: 56, flags: DATA },
        { sectorCount: 1000 - 72, flags: ZEROS },
        { sectorCount: 8, flags: DATA },
        { sectorCount: 2048 - 1008, flags: ZEROS },
      ]);
    });

    it('has as many runs as are asked for, and each whole', async () => {
      const client = rig.device.clientSectors('device');
      await client.write(5000, bytes(5000));
      assert.deepEqual(await client.allocation(8, SECTORS - 8, 1), [{ sectorCount: 4992, flags: ZEROS }]);
      assert.deepEqual(await client.allocation(6000, SECTORS - 6000, 1), [
        { sectorCount: 4000, flags: DATA },
      ]);
    });

    it('finds zeros that are written, flushed or not', async () => {
      const client = rig.device.clientSectors('device');
      await client.write(0, bytes(4096));
      await client.zero(1024, 1024);
      const expected = [
        { sectorCount: 1024, flags: DATA },
        { sectorCount: 1024, flags: ZEROS },
        { sectorCount: 2048, flags: DATA },
      ];
      assert.deepEqual(await client.allocation(0, 4096, 100), expected);
      await client.flush();
      assert.deepEqual(await client.allocation(0, 4096, 100), expected);
    });

    it('looks for none in an image that has room for all that it holds', async () => {
      const client = rig.device.clientSectors('device');
      for (let at = 0; at < SECTORS; at += 2048) await client.write(at, bytes(2048));
      await client.flush();
      await client.zero(0, 2048);
      assert.deepEqual(await client.allocation(0, SECTORS, 100), [{ sectorCount: SECTORS, flags: DATA }]);
    });

    it('calls nothing a hole that lies on the spare or fails, though main holds zeros there', async () => {
      const client = rig.device.clientSectors('device');
      await rig.device.injectErrors({ sectors: [[1024, 1]] });
      await client.write(1024, bytes(1));
      await rig.device.clearErrors();
      await rig.device.injectErrors({ sectors: [[2048, 1]] });
      assert.deepEqual(await client.allocation(0, 4096, 100), [
        { sectorCount: 1024, flags: ZEROS },
        { sectorCount: 8, flags: DATA },
        { sectorCount: 2048 - 1032, flags: ZEROS },
        { sectorCount: 8, flags: DATA },
        { sectorCount: 4096 - 2056, flags: ZEROS },
      ]);
    });

    it('calls nothing a hole that is moved back to main while main is read', async () => {
      const client = rig.device.clientSectors('device');
      await rig.device.injectErrors({ sectors: [[1024, 1]] });
      await client.write(1024, bytes(1));
      await rig.device.clearErrors();
      const { cached } = rig.stack.main;
      const read = cached.read.bind(cached);
      cached.read = async (...args) => {
        await read(...args);
        cached.read = read;
        await rig.device.unremapSector(1024);
      };
      const [extent] = await client.allocation(1024, 64, 1);
      assert.equal(rig.device.info().remaps, 0);
      assert.equal(extent!.flags, DATA);
    });

    it('takes for data what can not be read', async () => {
      const client = rig.device.clientSectors('device');
      await truncate(rig.spec.main, 1024 * 512);
      assert.deepEqual(await client.allocation(0, 8192, 100), [{ sectorCount: 8192, flags: DATA }]);
    });
  });

  it('knows which sectors are empty: in holes, and neither special nor written', async function () {
    need(this, 'askedHoles');
    const empty = async () => (await rig.device.clientSectors('device').emptyRuns()) ?? [];
    const isEmpty = async (sector: number) =>
      (await empty()).some(([first, count]) => sector >= first && sector < first + count);
    await rig.device.write(0, bytes(8));
    assert.deepEqual(await Promise.all([0, 7, 8].map(isEmpty)), [false, false, true], 'not flushed');
    await rig.device.flush();
    assert.deepEqual(await Promise.all([0, 7, 8, SECTORS - 1].map(isEmpty)), [false, false, true, true]);
    await rig.device.injectErrors({ sectors: [[9000, 2]] });
    assert.deepEqual(await Promise.all([8999, 9000, 9001, 9002].map(isEmpty)), [true, false, false, true]);
    await rig.device.write(9000, bytes(1));
    await rig.device.flush();
    assert.deepEqual(await Promise.all([9000, 9001].map(isEmpty)), [false, false], 'remapped, and bad');
    const spare = (await rig.device.clientSectors('spare').emptyRuns())!;
    const holds = (sector: number) =>
      spare.some(([first, count]) => sector >= first && sector < first + count);
    assert.deepEqual([0, 256, 1280, 5000].map(holds), [false, false, false, true]);
    assert.equal(await rig.device.clientSectors('spare', 1).emptyRuns(), null);
  });
});
