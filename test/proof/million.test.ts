import assert from 'node:assert/strict';
import type { BlockDevice } from '../../src/engine/block/blockDevice';
import { MediumErrors } from '../../src/engine/block/mediumErrors';
import { randomInteger, seededRandom } from '../../src/engine/block/random';
import { allSurvive, randomSurvival } from '../../src/engine/block/survival';
import { constructTarget } from '../../src/engine/device/construct';
import { KernelLog } from '../../src/engine/device/kernelLog';
import { ACTIVE, type RemapEntry } from '../../src/engine/metadata/entry';
import { MetadataStore } from '../../src/engine/metadata/metadataStore';
import type { RemapTarget } from '../../src/engine/remap/remapTarget';
import { FIRST_DATA_SECTOR } from '../../src/engine/remap/spareAllocator';
import { CrashLog } from '../support/block/crashLog';
import { MemoryDevice } from '../support/block/memoryDevice';
import { kernelView } from '../support/proof/kernelView';
import { CountingObserver, formattedSpare } from '../support/proof/stackRig';
import { ManualClock, readRun, taggedRun } from '../support/remap/targetRig';

const ENTRIES = 1_000_000;
const MAIN_SECTORS = 4 * ENTRIES;
/** Room for the data, and for two tables in both mirrors each. */
const SPARE_SECTORS = FIRST_DATA_SECTOR + ENTRIES + 300_000;
/** How many entries each commit brings the table to. */
const STEPS = [1, 2048, 2049, 100_000, 600_000, ENTRIES];
const CUTS = 14;
const SEED = 9;

const clock = new ManualClock();

/** Entry i, scattered over main so that neither disk's order is the list's. */
function entryAt(i: number): RemapEntry {
  const original = (i * 2_654_437) % MAIN_SECTORS;
  const timeNs = 1_760_000_000_000_000_000n;
  return {
    original,
    spare: FIRST_DATA_SECTOR + i,
    timeNs,
    errorCount: 1,
    accessCount: 0,
    reason: 0,
    flags: ACTIVE,
  };
}

describe('A million remaps (R10, B23)', function () {
  this.timeout(0);
  const log = new CrashLog();
  /** Entries that are committed after so many events. */
  const committed: { readonly from: number; readonly entryCount: number }[] = [];
  const main = new MemoryDevice(MAIN_SECTORS);
  let spare: BlockDevice;

  before(async () => {
    spare = log.record(await formattedSpare(SPARE_SECTORS, MAIN_SECTORS));
    const store = await MetadataStore.open(spare, { mainSectorCount: MAIN_SECTORS, clock });
    committed.push({ from: 0, entryCount: 0 });
    let done = 0;
    for (const entryCount of STEPS) {
      const first = done;
      const changed = Array.from({ length: entryCount - first }, (_, i) => ({
        slot: first + i,
        entry: entryAt(first + i),
      }));
      await store.commit({ changed, entryCount, entryAt, nextSpare: FIRST_DATA_SECTOR + entryCount });
      committed.push({ from: log.eventCount, entryCount });
      done = entryCount;
    }
    await store.settle();
  });

  it('come back after a reload, every one of them', async () => {
    const started = performance.now();
    const before = process.cpuUsage();
    const target = await open(main, spare);
    const seconds = (performance.now() - started) / 1000;
    const cpuSeconds = process.cpuUsage(before).user / 1e6;
    console.log(
      `      opened in ${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of it computing; to reach: 2`,
    );
    assert.equal(target.table.size, ENTRIES);
    checkEntries(target, ENTRIES);
  });

  it('go on: the next failing write is remapped, and the one after it', async () => {
    const medium = new MediumErrors(main.fork());
    medium.inject([[0, 64]], { mode: 'error' });
    const disk = log.cutAt(log.eventCount, () => allSurvive)[0]!;
    const target = await open(medium, disk);
    const healthy = Array.from({ length: 64 }, (_, i) => i).filter((i) => target.table.slotOf(i) === -1);
    await target.write(0, taggedRun(0, 64, 1));
    assert.equal(target.table.size, ENTRIES + healthy.length);
    await target.close();
    const again = await open(medium, disk);
    assert.equal(again.table.size, ENTRIES + healthy.length);
    assert.deepEqual(await readRun(again, 0, 64), taggedRun(0, 64, 1));
  });

  it('survive a power loss at any point of their making', async () => {
    const random = seededRandom(SEED);
    for (let i = 0; i < CUTS; i++) {
      const cut = i === 0 ? log.eventCount : randomInteger(random, log.eventCount);
      const left = log.cutAt(cut, (first, end) => randomSurvival(random, first, end))[0]!;
      const target = await open(main, left);
      const atLeast = committed.findLast(({ from }) => from <= cut)!.entryCount;
      const atMost = committed.find(({ entryCount }) => entryCount > atLeast)?.entryCount ?? atLeast;
      const { size } = target.table;
      assert.ok(size === atLeast || size === atMost, `cut ${cut}: ${size}, not ${atLeast} or ${atMost}`);
      checkEntries(target, size);
    }
  });

  it('leave a real kernel its first 2,048', async () => {
    const view = await kernelView(spare, Math.floor(clock.now() / 1000));
    assert.equal(view.validCopies, 5);
    assert.equal(view.mainSectors, BigInt(MAIN_SECTORS));
    const expected = Array.from({ length: 2048 }, (_, i) => {
      const { original, spare: at } = entryAt(i);
      return [BigInt(original), BigInt(at)] as const;
    });
    assert.deepEqual(view.remaps, expected);
  });
});

async function open(main: BlockDevice, spare: BlockDevice): Promise<RemapTarget> {
  const options = {
    persistent: true,
    clock,
    observer: new CountingObserver(),
    log: new KernelLog(() => undefined),
  };
  const { target } = await constructTarget({ main, spares: [spare] }, options);
  assert.deepEqual(target.readOnlyReasons, []);
  return target;
}

function checkEntries({ table }: RemapTarget, count: number): void {
  for (let i = 0; i < count; i++) {
    const { original, spare } = entryAt(i);
    const slot = table.slotOf(original);
    if (slot === -1 || table.spareOf(slot) !== spare) assert.fail(`entry ${i} is not what was committed`);
  }
}
