import assert from 'node:assert/strict';
import type { BlockDevice } from '../../../../src/engine/block/blockDevice';
import { allSurvive, noneSurvive, type Survival } from '../../../../src/engine/block/survival';
import { ACTIVE } from '../../../../src/engine/metadata/entry';
import { relocate } from '../../../../src/engine/remap/relocation';
import { RemapTable } from '../../../../src/engine/remap/remapTable';
import { SpareAllocator } from '../../../../src/engine/remap/spareAllocator';
import { SparePool } from '../../../../src/engine/remap/sparePool';
import { CrashLog } from '../../../support/block/crashLog';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { encodePlain } from '../../../support/metadata/independentEncoder';
import { kernelSpare } from '../../../support/metadata/kernelSpare';
import {
  ManualClock,
  RecordingObserver,
  RIG_MAIN_SECTORS,
  RIG_SPARE_SECTORS,
  readRun,
  TargetRig,
  taggedSector,
} from '../../../support/remap/targetRig';

/** A spare with the kernel's metadata, which list the pairs of an original and a spare sector. */
function spareListing(pairs: readonly (readonly [original: number, spare: number])[]): MemoryDevice {
  const structure = encodePlain({
    sequence: 7,
    timestamp: 1_760_620_000,
    mainSectors: RIG_MAIN_SECTORS,
    spareSectors: RIG_SPARE_SECTORS,
    remaps: pairs.map(([original, spare]) => ({ original, spare, timeNs: 5n, errorCount: 1, flags: ACTIVE })),
  });
  return kernelSpare(structure, RIG_SPARE_SECTORS);
}

const PLAIN_ENTRY = { timeNs: 1n, errorCount: 1, accessCount: 0, reason: 0, flags: ACTIVE };

const evenSurvive: Survival = { mode: 'sectors', survives: (sector) => sector % 2 === 0 };
const oddSurvive: Survival = { mode: 'sectors', survives: (sector) => sector % 2 === 1 };

/** Whether the sector holds the payload that the test gave it. */
async function holdsPayload(target: BlockDevice, original: number): Promise<boolean> {
  return Buffer.compare(await readRun(target, original, 1), taggedSector(original, 1)) === 0;
}

describe('R9: remaps inside the metadata area (B2, B3)', () => {
  it('open read-only, and take writes once they are relocated', async () => {
    const spare = spareListing([
      [1000, 200],
      [2000, 1400],
    ]);
    spare.poke(200, taggedSector(1000, 1));
    spare.poke(1400, taggedSector(2000, 1));
    const rig = await TargetRig.over(new MemoryDevice(RIG_MAIN_SECTORS), spare);
    assert.equal(rig.target.readOnly, true);
    assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
    await assert.rejects(rig.target.write(5, taggedSector(5, 1)), { code: 'EROFS' });

    assert.deepEqual(await rig.target.relocate(() => false), { relocated: 1, lost: [], left: [] });
    await rig.target.write(5, taggedSector(5, 1));
    await rig.reload();
    assert.equal(rig.target.readOnly, false);
    assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
    assert.deepEqual(await readRun(rig.target, 2000, 1), taggedSector(2000, 1));
    assert.ok(rig.target.table.spareOf(rig.target.table.slotOf(1000)) >= 1280);
  });

  /** User data over copies 0 and 1, as a kernel leaves them; the other three copies are intact. */
  function spareWithDataOverCopies(): MemoryDevice {
    const spare = spareListing([
      [1000, 1],
      [2000, 3],
      [3000, 300],
    ]);
    for (const [original, at] of [
      [1000, 1],
      [2000, 3],
      [3000, 300],
    ] as const)
      spare.poke(at, taggedSector(original, 1));
    return spare;
  }

  it('lose nothing in a power loss at any moment of their relocation', async () => {
    const log = new CrashLog();
    const wrap = (device: BlockDevice, role: 'main' | 'spare') =>
      role === 'spare' ? log.record(device as MemoryDevice) : device;
    const main = new MemoryDevice(RIG_MAIN_SECTORS);
    const rig = await TargetRig.over(main, spareWithDataOverCopies(), { wrap });
    assert.equal(log.eventCount, 0);
    assert.deepEqual(await rig.target.relocate(() => false), { relocated: 3, lost: [], left: [] });
    await rig.target.flush();
    const surviving = [noneSurvive, allSurvive, evenSurvive, oddSurvive];
    for (let cut = 0; cut <= log.eventCount; cut++) {
      for (const pick of surviving) {
        const [left] = log.cutAt(cut, () => pick);
        const after = await TargetRig.over(main, left!);
        for (const original of [1000, 2000, 3000]) {
          assert.ok(
            await holdsPayload(after.target, original),
            `sector ${original} after a cut before event ${cut} of ${log.eventCount}`,
          );
        }
        await after.target.abandon();
      }
    }
  });

  it('keep their data where they are when there is no room for all of them', async () => {
    const room = RIG_SPARE_SECTORS - 1280;
    const spare = spareListing([
      [1000, 1],
      [2000, 3],
      ...Array.from({ length: room - 1 }, (_, i): [number, number] => [3000 + i, 1280 + i]),
    ]);
    spare.poke(1, taggedSector(1000, 1));
    spare.poke(3, taggedSector(2000, 1));
    const rig = await TargetRig.over(new MemoryDevice(RIG_MAIN_SECTORS), spare);
    assert.deepEqual(await rig.target.relocate(() => false), { relocated: 1, lost: [], left: [2000] });
    await rig.target.committer.settle();
    await rig.target.committer.rewrite();
    assert.equal(rig.target.readOnly, true);
    assert.ok(await holdsPayload(rig.target, 2000));
    await rig.reload();
    for (const original of [1000, 2000]) assert.ok(await holdsPayload(rig.target, original), `${original}`);
  });

  it('are relocated though their data lie over every copy but one', async () => {
    const pairs = [0, 1, 2, 3].map((copy) => [100 + copy, 256 * copy + 7] as const);
    const spare = spareListing(pairs);
    for (const [original, at] of pairs) spare.poke(at, taggedSector(original, 1));
    const rig = await TargetRig.over(new MemoryDevice(RIG_MAIN_SECTORS), spare);
    assert.deepEqual(await rig.target.relocate(() => false), { relocated: 4, lost: [], left: [] });
    await rig.reload();
    assert.equal(rig.target.readOnly, false);
    for (const [original] of pairs) assert.ok(await holdsPayload(rig.target, original), `${original}`);
  });

  it('are told as lost where a metadata copy lies over their data, and main answers again', async () => {
    const rig = await TargetRig.over(
      new MemoryDevice(RIG_MAIN_SECTORS),
      spareListing([
        [1000, 0],
        [2000, 1400],
      ]),
    );
    rig.main.inject([[1000, 1]], { mode: 'error' });
    const result = await rig.target.relocate((sector) => sector % 256 < 165);
    assert.deepEqual(result, { relocated: 0, lost: [1000], left: [] });
    await assert.rejects(readRun(rig.target, 1000, 1), { code: 'EIO' });
    await rig.reload();
    assert.equal(rig.target.table.size, 1);
    assert.equal(rig.target.readOnly, false);
  });

  it('stay where they are while their spare is missing', async () => {
    const table = new RemapTable();
    table.stageAt(0, { ...PLAIN_ENTRY, original: 1000, spare: 5, member: 1 });
    table.publishAll();
    const { target } = await TargetRig.create();
    const missing = { index: 1, device: null, store: null, allocator: new SpareAllocator(0, 0) };
    const pool = new SparePool([target.pool.member(0), missing]);
    const observer = new RecordingObserver();
    const context = { table, pool, committer: target.committer, observer, clock: new ManualClock() };
    assert.deepEqual(await relocate(context, () => false), { relocated: 0, lost: [], left: [1000] });
    assert.equal(table.spareOf(table.slotOf(1000)), 5);
  });

  it('that share a spare sector: the later one keeps it, the earlier is lost', async () => {
    const rig = await TargetRig.over(
      new MemoryDevice(RIG_MAIN_SECTORS),
      spareListing([
        [1000, 1400],
        [5000 % RIG_MAIN_SECTORS, 1400],
      ]),
    );
    assert.equal(rig.target.readOnly, true);
    assert.deepEqual(await rig.target.relocate(() => false), { relocated: 0, lost: [1000], left: [] });
    assert.equal(rig.target.table.slotOf(1000), -1);
    assert.notEqual(rig.target.table.slotOf(5000 % RIG_MAIN_SECTORS), -1);
  });

  it('tell what is relocated when the entries of lost data can’t be ended, and stay read-only', async () => {
    const listed = spareListing([
      [1000, 200],
      [2000, 1400],
      [3000, 1400],
    ]);
    listed.poke(200, taggedSector(1000, 1));
    let spare!: ScriptedDevice;
    const wrap = (device: BlockDevice, role: 'main' | 'spare'): BlockDevice => {
      if (role === 'main') return device;
      spare = new ScriptedDevice(device);
      return spare;
    };
    const rig = await TargetRig.over(new MemoryDevice(RIG_MAIN_SECTORS), listed, { wrap });
    spare.fail({ operations: ['flush'], after: 2, duration: 'device' });
    await assert.rejects(
      rig.target.relocate(() => false),
      {
        message: /^1 remaps were relocated, but not all of those ended whose data are lost: /,
      },
    );
    assert.equal(rig.target.readOnly, true);
    assert.ok(rig.target.table.spareOf(rig.target.table.slotOf(1000)) >= 1280);
    spare.heal();
    await rig.reboot();
    assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
    assert.deepEqual(await rig.target.relocate(() => false), { relocated: 0, lost: [2000], left: [] });
    assert.equal(rig.target.readOnly, false);
  });
});
