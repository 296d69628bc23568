import assert from 'node:assert/strict';
import type { BlockDevice } from '../../../../src/engine/block/blockDevice';
import { Flakey } from '../../../../src/engine/block/flakey';
import { allSurvive, noneSurvive, type Survival } from '../../../../src/engine/block/survival';
import { parseFlakeyTable } from '../../../../src/engine/dmsetup/flakeyTable';
import { PENDING } from '../../../../src/engine/metadata/entry';
import { CrashLog } from '../../../support/block/crashLog';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { encodePlain } from '../../../support/metadata/independentEncoder';
import { kernelSpare } from '../../../support/metadata/kernelSpare';
import { formatted } from '../../../support/metadata/spares';
import {
  RIG_MAIN_SECTORS,
  RIG_SPARE_SECTORS,
  readRun,
  TargetRig,
  taggedSector,
} from '../../../support/remap/targetRig';
import { isPending, turns } from '../../../support/turns';

const SECTOR = 100;
const DATA = taggedSector(SECTOR, 2);

const evenSurvive: Survival = { mode: 'sectors', survives: (sector) => sector % 2 === 0 };

/** Lets sector 100 and its neighbours be remapped, with the data of tag 2, and heals main. */
async function remapped(rig: TargetRig): Promise<TargetRig> {
  rig.main.inject([[SECTOR - 1, 3]], { mode: 'error' });
  for (const sector of [SECTOR - 1, SECTOR, SECTOR + 1])
    await rig.target.write(sector, taggedSector(sector, 2));
  await rig.target.flush();
  rig.main.clear();
  return rig;
}

/** A rig whose main is reached through a layer of the test's. */
async function remappedOver<T extends BlockDevice>(make: (main: BlockDevice) => T): Promise<[TargetRig, T]> {
  let layer: T | undefined;
  const wrap = (device: BlockDevice, role: 'main' | 'spare'): BlockDevice => {
    if (role === 'spare') return device;
    layer = make(device);
    return layer;
  };
  return [await remapped(await TargetRig.create({ wrap })), layer!];
}

/** The sector is remapped as before and reads as before, now and after a reboot. */
async function staysRemapped(rig: TargetRig): Promise<void> {
  for (const isRebooted of [false, true]) {
    if (isRebooted) await rig.reboot();
    assert.notEqual(rig.target.table.slotOf(SECTOR), -1);
    assert.deepEqual(await readRun(rig.target, SECTOR, 1), DATA);
  }
}

describe('an un-remap (R6)', () => {
  it('moves the data back to main, ends the remap for good, and leaves all others', async () => {
    const rig = await remapped(await TargetRig.create());
    const { original, spare } = await rig.target.unremap(SECTOR);
    assert.deepEqual([original, spare], [SECTOR, 1281]);
    assert.deepEqual(await readRun(rig.mainDisk, SECTOR, 1), DATA);
    for (const isRebooted of [false, true]) {
      if (isRebooted) await rig.reboot();
      assert.equal(rig.target.table.slotOf(SECTOR), -1);
      assert.equal(rig.target.table.size, 2);
      for (const sector of [SECTOR - 1, SECTOR, SECTOR + 1])
        assert.deepEqual(await readRun(rig.target, sector, 1), taggedSector(sector, 2));
    }
  });

  it('frees the spare sector, unless that is known to be bad', async () => {
    const rig = await remapped(await TargetRig.create());
    const free = rig.target.pool.free;
    await rig.target.unremap(SECTOR);
    assert.equal(rig.target.pool.free, free + 1);
    rig.target.pool.member(0).allocator.markBad(1280);
    await rig.target.unremap(SECTOR - 1);
    assert.equal(rig.target.pool.free, free + 1);
    rig.main.inject([[500, 1]], { mode: 'error' });
    await rig.target.write(500, taggedSector(500, 1));
    assert.equal(rig.target.table.spareOf(rig.target.table.slotOf(500)), 1281);
  });

  it('loses nothing in a power loss at any moment', async () => {
    const log = new CrashLog();
    const wrap = (device: BlockDevice) => log.record(device as MemoryDevice);
    const disks = [
      new MemoryDevice(RIG_MAIN_SECTORS),
      await formatted(RIG_SPARE_SECTORS, RIG_MAIN_SECTORS),
    ] as const;
    const rig = await remapped(await TargetRig.over(...disks, { wrap }));
    const before = log.eventCount;
    await rig.target.unremap(SECTOR);
    const moved = log.eventCount;
    await rig.target.write(SECTOR, taggedSector(SECTOR, 3));
    await rig.target.flush();
    assert.ok(moved - before > 5, `${moved - before} events`);
    for (let cut = before; cut <= log.eventCount; cut++) {
      for (const pick of [noneSurvive, allSurvive, evenSurvive]) {
        const [main, spare] = log.cutAt(cut, () => pick);
        const after = await TargetRig.over(main!, spare!);
        const read = await readRun(after.target, SECTOR, 1);
        const allowed = cut <= moved ? [2] : cut < log.eventCount ? [2, 3] : [3];
        const isAllowed = allowed.some((tag) => Buffer.compare(read, taggedSector(SECTOR, tag)) === 0);
        assert.ok(isAllowed, `after a cut before event ${cut}, ${before} to ${moved} being the move`);
        await after.target.abandon();
      }
    }
  });

  it('changes nothing where main can not be written, and says so', async () => {
    const rig = await remapped(await TargetRig.create());
    rig.main.inject([[SECTOR, 1]], { mode: 'error' });
    await assert.rejects(rig.target.unremap(SECTOR), {
      code: 'EIO',
      message: /^sector 100 stays remapped: the main image can't be written there/,
    });
    await staysRemapped(rig);
  });

  it('changes nothing where main does not flush', async () => {
    const [rig, main] = await remappedOver((device) => new ScriptedDevice(device));
    main.fail({ operations: ['flush'], after: 0, duration: 'once' });
    await assert.rejects(rig.target.unremap(SECTOR), { code: 'EIO', message: /^sector 100 stays remapped/ });
    await staysRemapped(rig);
  });

  it('changes nothing where main answers a write and drops it', async () => {
    const [rig, main] = await remappedOver((device) => new Flakey(device));
    main.setTable(parseFlakeyTable('0 1 1 drop_writes'));
    await assert.rejects(rig.target.unremap(SECTOR), {
      code: 'EIO',
      message: "sector 100 stays remapped: the main image didn't keep what was written there",
    });
    await staysRemapped(rig);
  });

  it('changes nothing where main refuses the write as a whole', async () => {
    const [rig, main] = await remappedOver((device) => new ScriptedDevice(device));
    main.fail({ operations: ['write'], after: 0, duration: 'once', code: 'ENOSPC' });
    await assert.rejects(rig.target.unremap(SECTOR), { code: 'ENOSPC' });
    await staysRemapped(rig);
  });

  it('changes nothing where the spare can not be read, which may be tried again', async () => {
    const rig = await remapped(await TargetRig.create());
    rig.spare.inject([[1281, 1]], { mode: 'error' });
    await assert.rejects(rig.target.unremap(SECTOR), {
      code: 'EIO',
      message: "sector 100 stays remapped: its data can't be read from spare sector 1281",
    });
    rig.spare.clear();
    await staysRemapped(rig);
    rig.spare.inject([[1281, 1]], { mode: 'error', readFailures: 2 });
    await rig.target.unremap(SECTOR);
    assert.deepEqual(await readRun(rig.target, SECTOR, 1), DATA);
  });

  it('heals a sector of main that writing heals', async () => {
    const rig = await remapped(await TargetRig.create());
    rig.main.inject([[SECTOR, 1]], { mode: 'dust' });
    await rig.target.unremap(SECTOR);
    assert.equal(rig.main.badSectors.has(SECTOR), false);
    assert.deepEqual(await readRun(rig.target, SECTOR, 1), DATA);
  });

  it('is refused for a sector without a remap, outside the device, or on a read-only one', async () => {
    const rig = await remapped(await TargetRig.create());
    await assert.rejects(rig.target.unremap(5), { code: 'EINVAL', message: /^sector 5 is not remapped/ });
    await assert.rejects(rig.target.unremap(RIG_MAIN_SECTORS), { code: 'EINVAL' });
    rig.target.readOnlyReasons = ['it is a test'];
    await assert.rejects(rig.target.unremap(SECTOR), { code: 'EROFS' });
  });

  it('is refused for a remap that leads nowhere', async () => {
    const rig = await remapped(await TargetRig.create());
    rig.target.table.markStray(rig.target.table.slotOf(SECTOR));
    await assert.rejects(rig.target.unremap(SECTOR), { code: 'EINVAL', message: /can't be had/ });
  });

  it('keeps a write that is sent at the same time, and one that is sent while it is under way', async () => {
    const rig = await remapped(await TargetRig.create());
    const first = rig.target.write(SECTOR, taggedSector(SECTOR, 3));
    const moving = rig.target.unremap(SECTOR);
    const second = rig.target.write(SECTOR + 1, taggedSector(SECTOR + 1, 3));
    const other = rig.target.unremap(SECTOR + 1);
    await Promise.all([first, moving, second, other]);
    await rig.target.flush();
    await rig.reboot();
    for (const sector of [SECTOR, SECTOR + 1])
      assert.deepEqual(await readRun(rig.target, sector, 1), taggedSector(sector, 3));
    assert.equal(rig.target.table.size, 1);
  });

  it('lets no write in until it is done, though the device is suspended and resumed meanwhile (R11)', async () => {
    const [rig, main] = await remappedOver((device) => new ScriptedDevice(device));
    main.hold();
    const moving = rig.target.unremap(SECTOR);
    await turns(3);
    const suspending = rig.target.suspend();
    rig.target.resume();
    const writing = rig.target.write(SECTOR, taggedSector(SECTOR, 3));
    await turns(3);
    main.release();
    await Promise.all([moving, suspending, writing]);
    assert.deepEqual(await readRun(rig.target, SECTOR, 1), taggedSector(SECTOR, 3));
  });

  it('waits while the device is suspended (R11)', async () => {
    const rig = await remapped(await TargetRig.create());
    await rig.target.suspend();
    const moving = rig.target.unremap(SECTOR);
    assert.ok(await isPending(moving));
    rig.target.resume();
    assert.equal((await moving).original, SECTOR);
  });
});

describe('an un-remap of an entry that a kernel left as pending', () => {
  async function pendingRig(onMain: Uint8Array): Promise<TargetRig> {
    const structure = encodePlain({
      sequence: 7,
      timestamp: 1_760_620_000,
      mainSectors: RIG_MAIN_SECTORS,
      spareSectors: RIG_SPARE_SECTORS,
      remaps: [{ original: SECTOR, spare: 1281, timeNs: 5n, errorCount: 1, flags: PENDING }],
    });
    const spare = kernelSpare(structure, RIG_SPARE_SECTORS);
    spare.poke(1281, DATA);
    const main = new MemoryDevice(RIG_MAIN_SECTORS);
    main.poke(SECTOR, onMain);
    return TargetRig.over(main, spare);
  }

  it('leaves other data on main, which the kernel may have written later', async () => {
    const rig = await pendingRig(taggedSector(SECTOR, 9));
    await assert.rejects(rig.target.unremap(SECTOR), { code: 'EINVAL', message: /holds other data there/ });
    assert.deepEqual(await readRun(rig.mainDisk, SECTOR, 1), taggedSector(SECTOR, 9));
    await staysRemapped(rig);
  });

  it('ends it where main holds the same, or nothing that can be read', async () => {
    const same = await pendingRig(DATA);
    await same.target.unremap(SECTOR);
    assert.equal(same.target.table.size, 0);
    const unreadable = await pendingRig(taggedSector(SECTOR, 9));
    unreadable.main.inject([[SECTOR, 1]], { mode: 'dust' });
    await unreadable.target.unremap(SECTOR);
    assert.deepEqual(await readRun(unreadable.target, SECTOR, 1), DATA);
  });
});
