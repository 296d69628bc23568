import assert from 'node:assert/strict';
import { randomInteger, seededRandom } from '../../src/engine/block/random';
import { RangeSet } from '../../src/engine/block/rangeSet';
import { allSurvive, noneSurvive, randomSurvival, type Survival } from '../../src/engine/block/survival';
import { MetadataStore } from '../../src/engine/metadata/metadataStore';
import type { TableState } from '../../src/engine/metadata/tableExtents';
import { CrashLog, type PickSurvival } from '../support/block/crashLog';
import { MemoryDevice } from '../support/block/memoryDevice';
import { heldTimers } from '../support/heldTimers';
import { checkRemains, type Remains, recordReopening } from '../support/proof/crashCheck';
import { CrashHistory } from '../support/proof/crashHistory';
import { RecordedPlatters } from '../support/proof/platters';
import { preloadedSpare } from '../support/proof/preload';
import { StackRunner } from '../support/proof/runner';
import { formattedSpare, StackRig } from '../support/proof/stackRig';
import { WORKLOAD_OPERATIONS, WORKLOAD_SECTORS, workload } from '../support/proof/workload';

/** At each cut whose number is a multiple of this the bad sectors stay bad for the reopening. */
const STAY_BAD_EVERY = 25;
/** At each cut whose number is a multiple of this the reopening is cut too, before each of its own events. */
const CUT_AGAIN_EVERY = 60;

interface Recording {
  readonly log: CrashLog;
  readonly history: CrashHistory;
  /** The bad sectors after so many events of the log. */
  readonly bad: { readonly from: number; readonly main: RangeSet; readonly spare: RangeSet }[];
  readonly rig: StackRig;
  readonly largeTable: Variant['largeTable'] | 'stays';
}

const MAIN_SECTORS = 8192;
const KERNEL_ENTRIES = 2048;

interface Variant {
  readonly name: string;
  readonly spare: () => Promise<MemoryDevice>;
  /** What happens to the large table during the workload. */
  readonly largeTable: 'absent' | 'moves' | 'grows';
  /** Whether sectors move back to main during the workload, which makes a large table move. */
  readonly unremaps: boolean;
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'the v4 table alone',
    spare: () => formattedSpare(8192, MAIN_SECTORS),
    largeTable: 'absent',
    unremaps: true,
  },
  {
    name: 'a large table that is full of superseded records',
    spare: () => largeTable(KERNEL_ENTRIES + 1, KERNEL_ENTRIES + 28),
    largeTable: 'moves',
    unremaps: true,
  },
  {
    name: 'a large table that is full',
    spare: () => largeTable(KERNEL_ENTRIES + 50, KERNEL_ENTRIES + 50),
    largeTable: 'grows',
    unremaps: false,
  },
];

function largeTable(entryCount: number, supersededRecords: number): Promise<MemoryDevice> {
  const sizes = { mainSectors: MAIN_SECTORS, spareSectors: 16_384, firstOriginal: 4096 };
  return preloadedSpare({ ...sizes, entryCount, supersededRecords });
}

interface Mode {
  readonly mode: string;
  readonly pickBy: (seed: number) => PickSurvival;
  /** The only kind of event that changes what a cut leaves in this mode. */
  readonly changesWith?: 'write' | 'flush';
}

const MODES: readonly Mode[] = [
  { mode: 'nothing unflushed survives', pickBy: () => () => noneSurvive, changesWith: 'flush' },
  { mode: 'everything survives', pickBy: () => () => allSurvive, changesWith: 'write' },
  { mode: 'any sector survives or not', pickBy: tornBy },
  { mode: 'any subset survives', pickBy: subsetBy },
];

describe('A power loss after any write or flush of a workload', () => {
  const timers = heldTimers();

  for (const { name, spare, largeTable: fate, unremaps } of VARIANTS) {
    describe(`with ${name}`, () => {
      let recording: Recording;
      beforeEach(async function () {
        this.timeout(0);
        recording ??= await record(await spare(), timers.fire, unremaps);
      });

      it('has a workload in which everything happens', () => {
        const { log, rig, history } = recording;
        assert.ok(log.eventCount > 1000, `${log.eventCount} events`);
        assert.ok(history.sectors.length > WORKLOAD_SECTORS / 2);
        assert.ok(rig.target.table.size > 50, `${rig.target.table.size} remaps`);
        assert.equal(recording.largeTable, fate);
      });

      for (const { mode, pickBy, changesWith } of MODES) {
        it(`R2, R6, R7: keeps what was acknowledged when ${mode} (B9, B11, B17)`, async function () {
          this.timeout(0);
          const { log, history } = recording;
          await forEachCut(recording, async (cut) => {
            const next = log.events[cut];
            // The cut after this event leaves the same disks and demands at least as much.
            if (changesWith && next && next.kind !== changesWith) return;
            await checkRemains(remainsOf(log, cut, pickBy(cut)), history, cut);
          });
        });
      }

      it('opens with the bad sectors that there were', async function () {
        this.timeout(0);
        await forEachCut(recording, async (cut) => {
          if (cut % STAY_BAD_EVERY !== 0) return;
          const bad = recording.bad.findLast(({ from }) => from <= cut)!;
          const remains = remainsOf(recording.log, cut, subsetBy(cut + 1));
          await checkRemains(remains, recording.history, cut, bad);
        });
      });

      it('R7: survives another power loss while it repairs', async function () {
        this.timeout(0);
        await forEachCut(recording, async (cut) => {
          if (cut % CUT_AGAIN_EVERY !== 0) return;
          const remains = remainsOf(recording.log, cut, tornBy(cut + 2));
          const again = await recordReopening(remains);
          for (let second = 0; second <= again.eventCount; second++) {
            const left = remainsOf(again, second, subsetBy(cut * 1000 + second));
            await checkRemains(left, recording.history, cut);
          }
        });
      });
    });
  }
});

async function record(spare: MemoryDevice, fireTimers: () => void, unremaps: boolean): Promise<Recording> {
  const log = new CrashLog();
  const disks = [
    new RecordedPlatters(log, 0, new MemoryDevice(MAIN_SECTORS)),
    new RecordedPlatters(log, 1, spare),
  ] as const;
  const rig = new StackRig(...disks);
  await rig.construct();
  const history = new CrashHistory(log);
  const runner = new StackRunner(rig, fireTimers, { history });
  const bad: Recording['bad'] = [];
  const tableBefore = await readTableState(rig);
  const operations = workload({ unremaps });
  assert.equal(operations.length, WORKLOAD_OPERATIONS);
  for (const operation of operations) {
    bad.push({ from: log.eventCount, main: copyOf(rig.main.bad), spare: copyOf(rig.spare.bad) });
    await runner.run(operation);
  }
  return { log, history, bad, rig, largeTable: fateOf(tableBefore, await readTableState(rig)) };
}

async function readTableState(rig: StackRig): Promise<TableState> {
  const options = { mainSectorCount: MAIN_SECTORS, clock: rig.clock, readOnly: true };
  return (await MetadataStore.open(rig.spare.platters.content(), options)).extras.table;
}

function fateOf(before: TableState, after: TableState): Variant['largeTable'] | 'stays' {
  if (after.generation === 0) return 'absent';
  if (after.generation !== before.generation) return 'moves';
  return after.extents.length > before.extents.length ? 'grows' : 'stays';
}

/** Calls `check` with every cut of the log, ascending, and names the one that failed. */
async function forEachCut({ log }: Recording, check: (cut: number) => Promise<void>): Promise<void> {
  for (let cut = 0; cut <= log.eventCount; cut++) {
    try {
      await check(cut);
    } catch (error) {
      throw new Error(`cut before event ${cut} of ${log.eventCount}`, { cause: error });
    }
  }
}

function remainsOf(log: CrashLog, cut: number, pick: PickSurvival): Remains {
  const [main, spare] = log.cutAt(cut, pick);
  return { main: main!, spare: spare! };
}

/** Each version of each sector survives or not, independent of the rest of its write. */
function tornBy(seed: number): PickSurvival {
  const random = seededRandom(seed);
  return (): Survival => ({ mode: 'sectors', survives: () => randomInteger(random, 2) === 0 });
}

function subsetBy(seed: number): PickSurvival {
  const random = seededRandom(seed);
  return (first, end) => randomSurvival(random, first, end);
}

function copyOf(set: RangeSet): RangeSet {
  const copy = new RangeSet();
  for (const { first, sectorCount, tag } of set.tagged()) copy.add(first, sectorCount, tag);
  return copy;
}
