import assert from 'node:assert/strict';
import { MediumErrors } from '../../../src/engine/block/mediumErrors';
import { noneSurvive } from '../../../src/engine/block/survival';
import { constructTarget } from '../../../src/engine/device/construct';
import { DeviceHealth } from '../../../src/engine/device/deviceHealth';
import { handleRemapMessage } from '../../../src/engine/device/deviceMessages';
import { KernelLog } from '../../../src/engine/device/kernelLog';
import { type StatusSource, statusLine } from '../../../src/engine/device/statusLine';
import { parseStatus } from '../../../src/engine/dmsetup/status';
import { formatMetadata } from '../../../src/engine/metadata/formatMetadata';
import { inspectMetadata } from '../../../src/engine/metadata/inspect';
import { CrashLog } from '../../support/block/crashLog';
import { MemoryDevice } from '../../support/block/memoryDevice';
import { ScriptedDevice } from '../../support/block/scriptedDevice';
import {
  ManualClock,
  RecordingObserver,
  RIG_MAIN_SECTORS,
  readRun,
  TargetRig,
  taggedRun,
  taggedSector,
} from '../../support/remap/targetRig';

const BAD = { mode: 'error' } as const;

function sourceOf({ target, clock, spareDisk }: TargetRig): StatusSource {
  const health = new DeviceHealth(target.statistics, clock);
  return {
    target,
    health,
    mainPath: '/dev/main',
    sparePath: '/dev/spare',
    spareSectors: spareDisk.sectorCount,
  };
}

function placeOf({ target }: TargetRig, original: number): number {
  return target.table.spareOf(target.table.slotOf(original));
}

function inspect({ spareDisk, clock }: TargetRig) {
  return inspectMetadata(spareDisk, clock.now());
}

/** Every bug of the real module that an engine over images could have; see `test/PROOFS.md`. */
describe('The bugs of the real module', () => {
  it('B1: a sector that goes on failing keeps its one entry', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[1000, 1]], BAD);
    for (let tag = 1; tag <= 4; tag++) await rig.target.write(1000, taggedSector(1000, tag));
    assert.equal(rig.target.table.slotCount, 1);
    assert.equal(rig.target.statistics.remappedSectors, 1);
    assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 4));
  });

  it('B2 (R9): data never touch the metadata, nor metadata the data', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[1000, 200]], BAD);
    await rig.target.write(1000, taggedRun(1000, 100, 1));
    await rig.target.write(1000, taggedRun(1000, 100, 2));
    await rig.target.write(1100, taggedRun(1100, 100, 3));
    await rig.target.flush();
    assert.ok((await inspect(rig)).copies.every(({ valid }) => valid));
    assert.deepEqual(await readRun(rig.target, 1000, 100), taggedRun(1000, 100, 2));
    for (let original = 1000; original < 1200; original++) assert.ok(placeOf(rig, original) >= 1280);
  });

  it('B3 (R7): after a reload allocation goes on where it was', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[0, RIG_MAIN_SECTORS]], BAD);
    await rig.target.write(1000, taggedSector(1000, 1));
    await rig.reload();
    await rig.target.write(5, taggedSector(5, 1));
    assert.notEqual(placeOf(rig, 5), placeOf(rig, 1000));
    assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
  });

  it('B3: a sector that was asked for by number is not handed out again', async () => {
    const rig = await TargetRig.create();
    await rig.target.write(7, taggedSector(7, 1));
    await rig.target.remapSector(7, 1282);
    rig.main.inject([[100, 10]], BAD);
    await rig.target.write(100, taggedRun(100, 10, 1));
    const places = [7, ...Array.from({ length: 10 }, (_, i) => 100 + i)].map((sector) =>
      placeOf(rig, sector),
    );
    assert.equal(new Set(places).size, places.length, `two sectors share a place: ${places.join(' ')}`);
    assert.deepEqual(await readRun(rig.target, 7, 1), taggedSector(7, 1));
  });

  it('B4: asking for the status any number of times blocks nothing', async () => {
    const rig = await TargetRig.create();
    const lines = [1, 2, 3].map(() => statusLine(sourceOf(rig), 'head'));
    assert.equal(new Set(lines).size, 1);
    rig.main.inject([[9, 1]], BAD);
    await rig.target.write(9, taggedSector(9, 1));
    await rig.target.close();
  });

  it('B7, B9: the table is there from the first request after a reload on', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[1000, 3]], BAD);
    await rig.target.write(1000, taggedRun(1000, 3, 1));
    await rig.reload();
    assert.deepEqual(await readRun(rig.target, 1000, 3), taggedRun(1000, 3, 1));
  });

  it('B8 (R11): remaps outlive suspend and resume, twice over, and a removal after that', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[1000, 2]], BAD);
    await rig.target.write(1000, taggedSector(1000, 1));
    for (let i = 0; i < 2; i++) {
      await rig.target.suspend();
      await rig.target.suspend();
      rig.target.resume();
      assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
    }
    await rig.target.write(1001, taggedSector(1001, 1));
    await rig.target.suspend();
    await rig.reload();
    assert.deepEqual(await readRun(rig.target, 1001, 1), taggedSector(1001, 1));
  });

  it('B11 (R7): the sequence number only rises, over reloads as well', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[0, RIG_MAIN_SECTORS]], BAD);
    let last = (await inspect(rig)).sequence;
    for (let i = 0; i < 3; i++) {
      await rig.target.write(i, taggedSector(i, 1));
      await rig.reload();
      const { sequence } = await inspect(rig);
      assert.ok(sequence > last, `${sequence} after ${last}`);
      last = sequence;
    }
  });

  it('B13 (R12): errors, mappings and spare size in the status are true, after a reload as well', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[1000, 2]], BAD);
    await rig.target.write(1000, taggedRun(1000, 2, 1));
    const before = parseStatus(statusLine(sourceOf(rig), 'head'), 'head').status;
    assert.deepEqual([before.errorCount, before.activeMappings, before.remappedSectors], [1, 2, 2]);
    await rig.reload();
    const after = parseStatus(statusLine(sourceOf(rig), 'head'), 'head').status;
    assert.deepEqual([after.errorCount, after.activeMappings, after.spareSectors], [0, 2, 2048]);
  });

  it('B14: messages are answered, and unknown ones refused', async () => {
    const rig = await TargetRig.create();
    const source = sourceOf(rig);
    assert.equal(
      await handleRemapMessage(source, 'status'),
      'mappings=0 reads=0 writes=0 errors=0 health=100%',
    );
    assert.match(
      await handleRemapMessage(source, 'test_remap 1000 1300'),
      /^Created test remap: bad_sector=1000/,
    );
    await assert.rejects(handleRemapMessage(source, 'add_remap 1 2'), { code: 'EINVAL' });
    assert.equal(placeOf(rig, 1000), 1300);
  });

  it('B15: a commit writes its copies and nothing beside them', async () => {
    const writes: (readonly [number, number])[] = [];
    const rig = await TargetRig.create({
      wrap: (device, role) => {
        const scripted = new ScriptedDevice(device, async ({ operation, sector, sectorCount }) => {
          if (role === 'spare' && operation === 'write') writes.push([sector, sectorCount]);
        });
        return scripted;
      },
    });
    rig.main.inject([[0, 600]], BAD);
    await rig.target.write(0, taggedRun(0, 600, 1));
    await rig.target.flush();
    const metadata = writes.filter(([sector]) => sector < 1280);
    assert.ok(metadata.length >= 5);
    for (const [sector, count] of metadata)
      assert.ok((sector % 256) + count <= 165, `write ${sector}+${count}`);
  });

  it('B16 (R7): damaged copies are repaired, on opening and when asked', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[1000, 1]], BAD);
    await rig.target.write(1000, taggedSector(1000, 1));
    await rig.target.close();
    for (const copy of [0, 2, 3]) rig.spareDisk.poke(copy * 256 + 10, new Uint8Array(512).fill(0xa5));
    await rig.construct();
    assert.ok((await inspect(rig)).copies.every(({ valid }) => valid));
    rig.spare.inject([[256, 1]], BAD);
    rig.main.inject([[2000, 1]], BAD);
    await rig.target.write(2000, taggedSector(2000, 1));
    await rig.target.flush();
    rig.spare.clear();
    await rig.target.committer.rewrite();
    const { copies, sequence } = await inspect(rig);
    assert.deepEqual(
      copies.map((copy) => copy.valid && copy.sequence),
      [sequence, sequence, sequence, sequence, sequence],
    );
  });

  it('B17 (R2, R6): an acknowledged remap survives a power loss without any flush', async () => {
    const log = new CrashLog();
    const spare = new MemoryDevice(2048);
    await formatMetadata(spare, { mainSectorCount: RIG_MAIN_SECTORS, clock: new ManualClock() });
    const main = new MediumErrors(log.record(new MemoryDevice(RIG_MAIN_SECTORS)));
    const options = { persistent: true, clock: new ManualClock(), log: new KernelLog(() => undefined) };
    const layers = { main, spares: [log.record(spare)] };
    const { target } = await constructTarget(layers, { ...options, observer: new RecordingObserver() });
    main.inject([[1000, 1]], BAD);
    await target.write(1000, taggedSector(1000, 1));
    const [mainLeft, spareLeft] = log.cutAt(log.eventCount, () => noneSurvive);
    const after = await TargetRig.over(mainLeft!, spareLeft!);
    assert.deepEqual(await readRun(after.target, 1000, 1), taggedSector(1000, 1));
  });

  it('B19 (R6): a flush reaches main and the spare', async () => {
    const disks: Record<string, ScriptedDevice> = {};
    const rig = await TargetRig.create({
      wrap: (device, role) => (disks[role] = new ScriptedDevice(device)),
    });
    await rig.target.write(1, taggedSector(1, 1));
    await rig.target.flush();
    assert.equal(disks.main!.trace().at(-1), 'flush');
    assert.equal(disks.spare!.trace().at(-1), 'flush');
  });

  it('B21: the device is as large as its image, to the last sector', async () => {
    const rig = await TargetRig.create({ mainSectors: 4099 });
    assert.equal(rig.target.sectorCount, 4099);
    await rig.target.write(4098, taggedSector(4098, 1));
    assert.deepEqual(await readRun(rig.target, 4098, 1), taggedSector(4098, 1));
  });

  it('B22 (R8): a blank spare, a foreign one and one of another main are refused and left as they are', async () => {
    const foreign = new MemoryDevice(2048);
    foreign.poke(0, taggedRun(0, 4, 9));
    const other = new MemoryDevice(2048);
    await formatMetadata(other, { mainSectorCount: 9999, clock: new ManualClock() });
    for (const [spare, code] of [
      [new MemoryDevice(2048), 'ENODATA'],
      [foreign, 'EINVAL'],
      [other, 'EINVAL'],
    ] as const) {
      const watched = new ScriptedDevice(spare);
      const options = { persistent: true, clock: new ManualClock(), log: new KernelLog(() => undefined) };
      const layers = { main: new MemoryDevice(RIG_MAIN_SECTORS), spares: [watched] };
      const constructing = constructTarget(layers, { ...options, observer: new RecordingObserver() });
      await assert.rejects(constructing, { code });
      assert.deepEqual(watched.trace(['write', 'discard', 'flush']), []);
    }
  });

  it('B24 (R9): a spare without room after the copies is refused', async () => {
    const layers = { main: new MemoryDevice(RIG_MAIN_SECTORS), spares: [new MemoryDevice(1280)] };
    const options = { persistent: true, clock: new ManualClock(), log: new KernelLog(() => undefined) };
    await assert.rejects(constructTarget(layers, { ...options, observer: new RecordingObserver() }), {
      code: 'ENOSPC',
    });
  });

  it('B25 (R11): a removal waits for what is under way, errors and repairs included, and ends', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[1000, 50]], BAD);
    const writes = [
      rig.target.write(1000, taggedRun(1000, 50, 1)),
      rig.target.write(10, taggedRun(10, 5, 1)),
    ];
    const read = readRun(rig.target, 1040, 5).catch(() => null);
    await rig.target.close();
    await Promise.all([...writes, read]);
    await rig.construct();
    assert.deepEqual(await readRun(rig.target, 1000, 50), taggedRun(1000, 50, 1));
  });

  it('B26: discarded sectors read as zeros, remapped ones as well, after a reload too', async () => {
    const rig = await TargetRig.create();
    rig.main.inject([[1002, 2]], BAD);
    await rig.target.write(1000, taggedRun(1000, 8, 1));
    await rig.target.discard(1001, 5);
    await rig.reload();
    const expected = taggedRun(1000, 8, 1).fill(0, 512, 6 * 512);
    assert.deepEqual(await readRun(rig.target, 1000, 8), expected);
  });
});
