import assert from 'node:assert/strict';
import type { BlockDevice } from '../../../../src/engine/block/blockDevice';
import type { BlockError, SectorRange } from '../../../../src/engine/errors';
import type { PoolEntry } from '../../../../src/engine/remap/poolEntry';
import type { Failure } from '../../../../src/engine/remap/subRequests';
import { WriteRepair } from '../../../../src/engine/remap/writeRepair';
import { assertFailed } from '../../../support/block/blockErrors';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { readSectors } from '../../../support/block/sectors';
import { entriesOnDisk, type PoolRig, poolEntry, poolRig } from '../../../support/remap/poolRig';
import { recordedRig, TargetRig, taggedRun, taggedSector } from '../../../support/remap/targetRig';
import { isPending } from '../../../support/turns';

describe('WriteRepair (R2)', () => {
  let rig: PoolRig;
  let repair: WriteRepair;
  /** What a repair wrote again as the table maps it by then. */
  let writtenAgain: { first: number; bytes: Uint8Array }[];
  /** The outcomes of these writes, the first one first; without one they succeed. */
  let outcomes: (Failure | null)[];

  beforeEach(async () => {
    rig = await poolRig(1284);
    writtenAgain = [];
    outcomes = [];
    repair = new WriteRepair(rig, async (first, bytes) => {
      writtenAgain.push({ first, bytes });
      return outcomes.shift() ?? null;
    });
  });

  afterEach(() => rig.committer.close());

  const onMain = (...main: SectorRange[]): Failure => ({ main, pieces: [] });

  async function payloadOf(original: number): Promise<Uint8Array> {
    return readSectors(rig.platters[0]!, rig.table.spareOf(rig.table.slotOf(original)), 1);
  }

  it('remaps the failed sectors alone, with their data on the spare and the entries durable', async () => {
    const heard: PoolEntry[] = [];
    await repair.repair(onMain([101, 1], [103, 1]), 100, taggedRun(100, 8, 1), (entry) => heard.push(entry));
    assert.deepEqual(await payloadOf(101), taggedSector(101, 1));
    assert.deepEqual(await payloadOf(103), taggedSector(103, 1));
    const onDisk = (await entriesOnDisk(rig.platters[0]!)).map(({ original }) => original);
    assert.deepEqual(onDisk, [101, 103]);
    assert.deepEqual(
      heard.map(({ original }) => original),
      [101, 103],
    );
    assert.ok(rig.observer.lines.includes('write failed [[101,1],[103,1]]'));
  });

  it('is done once the commit is flushed, and not before', async () => {
    rig.spares[0]!.holdAnswers(['flush']);
    const done = repair.repair(onMain([100, 1]), 100, taggedSector(100, 1));
    assert.ok(await isPending(done));
    rig.spares[0]!.release();
    await done;
  });

  it('stamps an entry with the time, and counts the failures of its sector', async () => {
    for (let i = 0; i < 2; i++) await repair.repair(onMain([100, 1]), 100, taggedSector(100, i));
    const { timeNs, errorCount } = rig.table.entryAt(0);
    assert.deepEqual([timeNs, errorCount], [BigInt(rig.clock.now()) * 1_000_000n, 2]);
  });

  it('R4: makes one entry of two writes that fail on a sector at once, and writes the later one again', async () => {
    const first = repair.repair(onMain([100, 2]), 100, taggedRun(100, 2, 1));
    const second = repair.repair(onMain([101, 2]), 101, taggedRun(101, 2, 2));
    await Promise.all([first, second]);
    assert.deepEqual([rig.table.slotCount, rig.pool.member(0).allocator.nextSpare], [3, 1283]);
    assert.deepEqual(writtenAgain, [{ first: 101, bytes: taggedSector(101, 2) }]);
  });

  it('R4: makes one entry a sector of writes that overlap in several ways', async () => {
    const buffer = taggedRun(100, 3, 1);
    await Promise.all([
      repair.repair(onMain([100, 1]), 100, buffer),
      repair.repair(onMain([102, 1]), 100, buffer),
      repair.repair(onMain([100, 3]), 100, buffer),
      repair.repair(onMain([101, 2]), 100, buffer),
    ]);
    assert.deepEqual(
      [100, 101, 102].map((sector) => rig.table.slotOf(sector) !== -1),
      [true, true, true],
    );
    assert.equal(rig.table.slotCount, 3);
  });

  it('repairs what fails when it is written again', async () => {
    outcomes = [onMain([100, 1])];
    await Promise.all([
      repair.repair(onMain([100, 1]), 100, taggedSector(100, 1)),
      repair.repair(onMain([100, 1]), 100, taggedSector(100, 2)),
    ]);
    assert.deepEqual(await payloadOf(100), taggedSector(100, 2));
  });

  it('fails for exactly the sectors that find no place', async () => {
    const done = repair.repair(onMain([100, 6]), 100, taggedRun(100, 6, 1));
    await assertFailed(done, 'ENOSPC', [[104, 2]]);
    for (const sector of [100, 103]) assert.deepEqual(await payloadOf(sector), taggedSector(sector, 1));
    assert.ok(rig.observer.lines.includes('spare full [[104,2]]'));
  });

  it('fails for all its sectors when their entries can’t be made durable', async () => {
    rig.spares[0]!.fail({ operations: ['flush'], after: 0, duration: 'once' });
    const done = repair.repair(onMain([100, 1], [102, 1]), 100, taggedRun(100, 3, 1));
    const error = await assertFailed(done, 'EIO', [
      [100, 1],
      [102, 1],
    ]);
    assert.ok(error.cause);
    assert.equal(rig.table.size, 0);
  });

  it('R5: moves a sector on whose spare sector failed, and uses that one no more', async () => {
    await rig.committer.commit([poolEntry(100, 1282)]);
    const pieces = [{ original: 100, count: 1, member: 0, at: 1282 }];
    await repair.repair({ main: [], pieces }, 100, taggedSector(100, 2));
    assert.equal(rig.table.slotCount, 1);
    assert.deepEqual(await payloadOf(100), taggedSector(100, 2));
    assert.ok(rig.pool.member(0).allocator.badSectors.has(1282));
    assert.ok(rig.observer.lines.includes('spare failed [0,1282]'));
  });

  it('passes on an error that is not the medium’s, and lets the sector be repaired later', async () => {
    rig.spares[0]!.fail({ operations: ['write'], after: 0, duration: 'once', code: 'ENODEV' });
    await assert.rejects(repair.repair(onMain([100, 1]), 100, taggedSector(100, 1)), { code: 'ENODEV' });
    await repair.repair(onMain([100, 1]), 100, taggedSector(100, 2));
    assert.deepEqual(await payloadOf(100), taggedSector(100, 2));
  });
});

describe('a write while the file system of the spare is full', () => {
  it('fails with what is full and where, for the sectors of the device; nothing is remapped, no spare sector is taken', async () => {
    const { rig, spare } = await recordedRig();
    const { free } = rig.target.pool;
    rig.main.inject([[100, 2]], { mode: 'error' });
    for (const operation of ['write', 'flush'] as const) {
      spare.fail({ operations: [operation], after: 0, duration: 'once', code: 'ENOSPC' });
      const error = await assertFailed(rig.target.write(99, taggedRun(99, 4, 1)), 'ENOSPC', [[100, 2]]);
      assert.equal(
        error.message,
        'sector 100 and others cannot be written: no room is left for scripted.img on the file system /scripted: make some there',
      );
      assert.deepEqual(
        [error.details.full, error.details.fileSystem, error.details.path],
        ['host', '/scripted', 'scripted.img'],
      );
      assert.deepEqual([rig.target.table.size, rig.target.pool.free], [0, free]);
    }
    assert.ok(rig.observer.lines.includes('spare refused [[100,2]]'));
    await rig.target.write(99, taggedRun(99, 4, 2));
    assert.deepEqual([rig.target.table.size, rig.target.pool.free], [2, free - 2]);
  });

  it('to a remapped sector names that sector, and not the spare’s', async () => {
    const { rig, spare } = await recordedRig();
    rig.main.inject([[100, 1]], { mode: 'error' });
    await rig.target.write(100, taggedSector(100, 1));
    spare.fail({ operations: ['write'], after: 0, duration: 'once', code: 'ENOSPC' });
    const error = await assertFailed(rig.target.write(98, taggedRun(98, 4, 1)), 'ENOSPC', [[100, 1]]);
    assert.equal(error.details.full, 'host');
    assert.equal(rig.target.pool.member(0).allocator.badSectors.size, 0);
  });

  it('says that the spare is full only when no spare sector is left', async () => {
    const { rig } = await recordedRig();
    rig.main.inject([[0, 1000]], { mode: 'error' });
    await assert.rejects(rig.target.write(0, taggedRun(0, 1000, 1)), (error: BlockError) => {
      assert.match(error.message, /the spare is full$/);
      assert.deepEqual([error.code, error.details.full], ['ENOSPC', 'spare']);
      return true;
    });
  });
});

describe('a write while the file system of main is full', () => {
  it('fails for its sectors, remaps none of them, and is flushed all the same where it was written', async () => {
    let main!: ScriptedDevice;
    const wrap = (device: BlockDevice, role: 'main' | 'spare'): BlockDevice => {
      if (role === 'spare') return device;
      main = new ScriptedDevice(device);
      return main;
    };
    const rig = await TargetRig.create({ wrap });
    main.fail({
      operations: ['write'],
      after: 0,
      duration: 'once',
      failing: () => [[101, 2]],
      code: 'ENOSPC',
    });
    const error = await assertFailed(rig.target.write(100, taggedRun(100, 4, 1)), 'ENOSPC', [[101, 2]]);
    assert.equal(error.details.full, 'host');
    assert.equal(rig.target.table.size, 0);
    await rig.target.flush();
    assert.ok(main.trace().includes('flush'));
  });
});
