import assert from 'node:assert/strict';
import { type Random, randomInteger, seededRandom } from '../../src/engine/block/random';
import { RangeSet } from '../../src/engine/block/rangeSet';
import { allSurvive, noneSurvive, randomSurvival } from '../../src/engine/block/survival';
import type { RemapTarget } from '../../src/engine/remap/remapTarget';
import { CrashLog, type PickSurvival } from '../support/block/crashLog';
import { MemoryDevice } from '../support/block/memoryDevice';
import { ScriptedDevice } from '../support/block/scriptedDevice';
import { heldTimers } from '../support/heldTimers';
import { oldFormSpares } from '../support/metadata/poolSpares';
import { entry } from '../support/metadata/spares';
import {
  assertRightForKernel,
  openPool,
  POOL_MAIN_SECTORS,
  readSector,
  withBad,
} from '../support/proof/poolStack';
import { taggedSector } from '../support/remap/targetRig';

const SPARES = [1300, 1310, 2048] as const;
const FIRST = 1000;
const SECTORS = 60;
const WRITES = 100;
/** As many old entries as fill the first spare, and some more. */
const OLD_ENTRIES = 30;
/** At each cut whose number is a multiple of this every spare is read as a kernel does, which takes long. */
const KERNEL_EVERY = 10;
const FAULT_RUNS = 60;
/** Spare sectors that go bad amid the workload: entries move from one spare to another. */
const EVICT_EVERY = 12;

interface Written {
  readonly sector: number;
  readonly bytes: Uint8Array;
  /** When it was asked for, and when a flush after it was acknowledged, in events of the log; Infinity: never. */
  readonly asked: number;
  acknowledged: number;
}

interface Disks {
  readonly main: MemoryDevice;
  readonly spares: readonly MemoryDevice[];
  readonly written: Written[];
}

/** A pool in its old form, with a payload for each of its entries. */
async function oldPool(): Promise<Disks> {
  const places = Array.from({ length: OLD_ENTRIES }, (_, i) =>
    i < 20 ? entry(FIRST + i, 1280 + i, { member: 0 }) : entry(FIRST + i, 1280 + i - 20, { member: 1 }),
  );
  const spares = await oldFormSpares(SPARES, POOL_MAIN_SECTORS, places);
  const written = places.map(({ original, spare, member }) => {
    const bytes = taggedSector(original, 0);
    spares[member!]!.poke(spare, bytes);
    return { sector: original, bytes, asked: -1, acknowledged: 0 };
  });
  return { main: new MemoryDevice(POOL_MAIN_SECTORS), spares, written };
}

/** Writes sectors that are bad on main, evicts spare sectors, settles and reopens now and then. */
async function workload(
  disks: readonly ScriptedDevice[],
  written: Written[],
  now: () => number,
  fire: () => void,
): Promise<void> {
  const random = seededRandom(5);
  const badOnSpares = SPARES.map(() => new RangeSet());
  const open = () => reopen(disks, badOnSpares);
  let { target } = await open();
  const unflushed: Written[] = [];
  for (let i = 0; i < WRITES; i++) {
    const sector = FIRST + randomInteger(random, SECTORS);
    const write: Written = {
      sector,
      bytes: taggedSector(sector, i + 1),
      asked: now(),
      acknowledged: Infinity,
    };
    written.push(write);
    const isWritten = await target.write(sector, write.bytes).then(
      () => true,
      () => false,
    );
    if (isWritten) unflushed.push(write);
    if (i % 3 !== 0 && (await isFlushed(target))) {
      for (const each of unflushed.splice(0)) each.acknowledged = now();
    }
    if (i % EVICT_EVERY === 0) evict(badOnSpares, random);
    if (i % 20 === 10) fire();
    if (i % 50 === 49) {
      await target.close().catch(() => undefined);
      target = (await open()).target;
    }
  }
  await target.close().catch(() => undefined);
}

function isFlushed(target: RemapTarget): Promise<boolean> {
  return target.flush().then(
    () => true,
    () => false,
  );
}

async function reopen([main, ...spares]: readonly ScriptedDevice[], badOnSpares: readonly RangeSet[]) {
  const badOnMain = RangeSet.from([[FIRST, SECTORS]]);
  return openPool(
    withBad(main!, badOnMain),
    spares.map((spare, i) => withBad(spare, badOnSpares[i]!)),
  );
}

/** Makes a data sector bad. Only writes fail there, so that the other sectors' data aren't lost. */
function evict(badOnSpares: readonly RangeSet[], random: Random): void {
  const member = randomInteger(random, 2);
  badOnSpares[member]!.add(1280 + randomInteger(random, SPARES[member]! - 1280), 1);
}

/** What the disks may hold after a cut: each sector the last write acknowledged before it, or a later one. */
async function checkAfter(
  [main, ...spares]: readonly MemoryDevice[],
  written: readonly Written[],
  cut: number,
): Promise<void> {
  const badOnMain = RangeSet.from([[FIRST, SECTORS]]);
  const { target } = await openPool(withBad(main!, badOnMain), spares);
  for (let sector = FIRST; sector < FIRST + SECTORS; sector++) {
    const ofSector = written.filter((write) => write.sector === sector && write.asked < cut);
    const last = ofSector.findLastIndex(({ acknowledged }) => acknowledged <= cut);
    const { bytes, isReadable } = await readSector(target, sector);
    const isAllowed = isReadable
      ? ofSector.slice(Math.max(0, last)).some((write) => Buffer.compare(write.bytes, bytes) === 0)
      : last === -1;
    assert.ok(isAllowed, `sector ${sector} after a cut before event ${cut} (readable: ${isReadable})`);
  }
  await target.abandon();
}

const MODES: readonly {
  readonly mode: string;
  readonly pickBy: (cut: number) => PickSurvival;
  /** The only kind of event that changes what a cut leaves in this mode. */
  readonly changesWith?: 'write' | 'flush';
}[] = [
  { mode: 'nothing unflushed survives', pickBy: () => () => noneSurvive, changesWith: 'flush' },
  { mode: 'everything survives', pickBy: () => () => allSurvive, changesWith: 'write' },
  {
    mode: 'any sector survives or not',
    pickBy: (cut) => {
      const random = seededRandom(cut + 1);
      return (first, end) => randomSurvival(random, first, end);
    },
  },
];

describe('A pool that a kernel may open (R16)', () => {
  const timers = heldTimers();
  let recording: { log: CrashLog; written: Written[] } | undefined;

  beforeEach(async function () {
    this.timeout(0);
    if (recording) return;
    const disks = await oldPool();
    const log = new CrashLog();
    const devices = [disks.main, ...disks.spares].map((disk) => new ScriptedDevice(log.record(disk)));
    await workload(devices, disks.written, () => log.eventCount, timers.fire);
    recording = { log, written: disks.written };
  });

  it('is brought to its form by a workload in which entries move between spares', async () => {
    const { log } = recording!;
    const [, ...spares] = log.cutAt(log.eventCount, () => allSurvive);
    const counts = await Promise.all(spares.map(assertRightForKernel));
    assert.ok(
      counts.every((count) => count > 0),
      `entries for a kernel: ${counts.join(', ')}`,
    );
    assert.ok(log.eventCount > 1000, `${log.eventCount} events`);
  });

  for (const { mode, pickBy, changesWith } of MODES) {
    it(`keeps what was acknowledged after a power loss anywhere when ${mode}, and is right for a kernel`, async function () {
      this.timeout(0);
      const { log, written } = recording!;
      let isNew = false;
      for (let cut = 0; cut <= log.eventCount; cut++) {
        const remains = log.cutAt(cut, pickBy(cut));
        if (cut % KERNEL_EVERY === 0) {
          const right = await Promise.allSettled(remains.slice(1).map(assertRightForKernel));
          if (right.every(({ status }) => status === 'fulfilled')) isNew = true;
          else assert.ok(!isNew, `a kernel is served wrong bytes again before event ${cut}`);
        }
        // The cut after this event leaves the same disks and demands at least as much.
        const next = log.events[cut];
        if (!changesWith || !next || next.kind === changesWith) await checkAfter(remains, written, cut);
      }
      assert.ok(isNew);
    });
  }

  it('keeps what was acknowledged when any request to a spare fails, once or for good', async function () {
    this.timeout(0);
    const duration = ['once', 'sectors', 'device'] as const;
    const count = recording!.log.eventCount;
    for (let run = 0; run < FAULT_RUNS; run++) {
      const disks = await oldPool();
      const cache = new CrashLog();
      const devices = [disks.main, ...disks.spares].map((disk) => new ScriptedDevice(cache.record(disk)));
      const after = Math.floor((run * count) / FAULT_RUNS / SPARES.length);
      devices[1 + (run % SPARES.length)]!.fail({ after, duration: duration[(run % 7) % 3]! });
      const isOpen = await workload(devices, disks.written, () => cache.eventCount, timers.fire).then(
        () => true,
        () => false,
      );
      const remains = cache.cutAt(cache.eventCount, () => noneSurvive);
      await checkAfter(remains, disks.written, cache.eventCount).catch((error) => {
        error.message = `run ${run}, ${isOpen ? 'whole' : 'cut short'}: ${error.message}`;
        throw error;
      });
    }
  });
});
