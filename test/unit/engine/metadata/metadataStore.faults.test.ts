import assert from 'node:assert/strict';
import type { BlockDevice } from '../../../../src/engine/block/blockDevice';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { RemapError } from '../../../../src/engine/errors';
import { inspectMetadata } from '../../../../src/engine/metadata/inspect';
import type { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice, type ScriptedFault } from '../../../support/block/scriptedDevice';
import { patternBytes } from '../../../support/block/sectors';
import { CrashRig, spareWithPayloads } from '../../../support/metadata/crashRig';
import {
  commitList,
  entries,
  FIXTURE_TIME,
  formatted,
  loadAll,
  openStore,
} from '../../../support/metadata/spares';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { ManualClock } from '../../../support/remap/targetRig';

const SEED = Number(process.env.SEED ?? 1);
/** The payload, a flush, two copies, a flush. */
const EVENTS_OF_COMMIT = 5;

/** A workload in which each step may fail; after a failed commit it goes on as a target would. */
async function runWorkload(rig: CrashRig): Promise<number> {
  let failures = 0;
  const steps = [
    () => rig.add(2),
    () => rig.add(1),
    () => rig.move(0, 2),
    () => rig.store.settle(),
    () => rig.add(3),
    () => rig.store.repair(),
    () => rig.add(1),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      assert.ok(error instanceof RemapError, `${error}`);
      failures++;
    }
  }
  return failures;
}

/** A rig that is open, on a spare whose calls can be made to fail. */
async function openScripted(initial: MemoryDevice): Promise<{ rig: CrashRig; scripted: ScriptedDevice }> {
  let scripted!: ScriptedDevice;
  const wrap = (recorded: BlockDevice) => {
    scripted = new ScriptedDevice(recorded);
    return scripted;
  };
  const rig = new CrashRig(initial, { growTableBySectors: 1 }, wrap);
  await rig.open();
  scripted.calls.length = 0;
  return { rig, scripted };
}

async function runWithFault(initial: MemoryDevice, fault?: ScriptedFault): ReturnType<typeof openScripted> {
  const opened = await openScripted(initial);
  if (fault) opened.scripted.fail(fault);
  await runWorkload(opened.rig);
  return opened;
}

describe(`metadata when the spare fails (seed ${SEED})`, () => {
  for (const [name, remaps, everyNthCut] of [
    ['v4 table alone', 3, 4],
    ['large table', 2047, 16],
  ] as const) {
    for (const duration of ['once', 'sectors', 'device'] as const) {
      it(`survives the failure of each write and flush and a power loss: ${name}, ${duration}`, async () => {
        const operations = ['write', 'flush'] as const;
        const initial = await spareWithPayloads(remaps);
        const count = (await runWithFault(initial)).scripted.trace(operations).length;
        for (let after = 0; after < count; after++) {
          const { rig, scripted } = await runWithFault(initial, { operations, after, duration });
          assert.ok(scripted.struck, `fault ${after} struck`);
          try {
            await rig.checkAllCuts(1, SEED + after, undefined, everyNthCut);
          } catch (error) {
            throw new Error(`fault after ${after} of ${count}`, { cause: error });
          }
          if (duration === 'device') continue;
          scripted.heal();
          await rig.add(1);
          assert.equal(rig.store.inDoubt, false);
          await rig.store.repair();
          assert.ok(
            rig.store.copies().every(({ valid }) => valid),
            `all copies are mended after fault ${after}`,
          );
        }
      }).timeout(120_000);
    }
  }
});

describe(`metadata when the process dies within a commit (seed ${SEED})`, () => {
  for (const recover of ['repair', 'settle'] as const) {
    it(`puts nothing at risk by a ${recover} from what was written and not flushed`, async () => {
      const initial = await spareWithPayloads(3);
      for (let after = 0; after < EVENTS_OF_COMMIT; after++) {
        const { rig, scripted } = await openScripted(initial);
        await rig.add(2);
        scripted.fail({ operations: ['write', 'flush'], after, duration: 'device' });
        await assert.rejects(rig.add(1), { code: 'EIO' });
        scripted.heal();
        await rig.open(recover);
        await rig.add(2);
        await rig.checkAllCuts(2, SEED + after);
      }
    }).timeout(60_000);
  }
});

describe('broken copies', () => {
  async function storeWithBroken(copies: readonly number[]) {
    const memory = await formatted();
    const spare = new ScriptedDevice(memory);
    const failures: number[] = [];
    const store = await openStore(spare, { onCopyFailure: ({ index }) => failures.push(index) });
    // A fault fails the first request to its sector, so each copy needs a fault of its own.
    for (const copy of copies) {
      const failing = ({ sector }: { sector: number }) =>
        sector === copy * 256 ? [[sector, 1] as const] : [];
      spare.fail({ operations: ['write'], after: 0, duration: 'sectors', failing });
    }
    return { memory, spare, store, failures };
  }

  for (const copies of [[0], [4], [0, 1], [3, 4], [0, 1, 2], [1, 2, 3]]) {
    it(`commits with copies ${copies.join(' and ')} broken, in two others at least`, async () => {
      const { memory, store, failures } = await storeWithBroken(copies);
      for (let count = 1; count <= 3; count++) await commitList(store, entries(count), entries(count - 1));
      const { copies: reports } = await inspectMetadata(memory, FIXTURE_TIME);
      const holders = reports.filter(({ valid, sequence }) => valid && sequence === 5).length;
      assert.ok(holders >= 2, `${holders} copies hold the new state`);
      assert.deepEqual(
        failures.sort(),
        copies.filter((copy) => !reports[copy]!.valid || reports[copy]!.sequence !== 5),
      );
      assert.equal((await loadAll(await openStore(memory))).length, 3);
    });
  }

  const pairs = [
    [0, 1],
    [2, 3],
    [3, 4],
    [0, 3],
    [1, 4],
  ];
  for (const pair of pairs) {
    it(`commits to copies that can be read, when ${pair.join(' and ')} went bad where no commit writes (R6)`, async () => {
      const spare = new MediumErrors(await formatted());
      const clock = new ManualClock();
      const store = await openStore(spare, { clock });
      await commitList(store, entries(1));
      clock.ms += 50;
      spare.inject(
        pair.map((copy) => [copy * 256 + 100, 1] as const),
        { mode: 'error' },
      );
      for (let count = 2; count <= 5; count++) {
        await commitList(store, entries(count), entries(count - 1));
        assert.deepEqual(await loadAll(await openStore(spare)), entries(count));
      }
    });

    it(`mends ${pair.join(' and ')} when they were changed where no commit writes (R6)`, async () => {
      const spare = await formatted();
      const clock = new ManualClock();
      const store = await openStore(spare, { clock });
      await commitList(store, entries(1));
      await store.settle();
      clock.ms += 50;
      for (const copy of pair) spare.poke(copy * 256 + 100, patternBytes(7, 1));
      for (let count = 2; count <= 4; count++) {
        await commitList(store, entries(count), entries(count - 1));
        const { copies } = await inspectMetadata(spare, FIXTURE_TIME);
        const holders = copies.filter(({ valid, sequence }) => valid && BigInt(sequence!) === store.sequence);
        assert.equal(holders.length, 2);
      }
      assert.ok((await inspectMetadata(spare, FIXTURE_TIME)).copies.every(({ valid }) => valid));
    });
  }

  it('looks at each copy of a burst once in 50 ms, and again when the clock was set back', async () => {
    const spare = new ScriptedDevice(await formatted());
    const clock = new ManualClock();
    const store = await openStore(spare, { clock });
    const readsOfCommits = async (from: number, end: number) => {
      spare.calls.length = 0;
      for (let count = from; count < end; count++) {
        await commitList(store, entries(count), entries(count - 1));
      }
      return spare.trace(['read']);
    };
    const each = [0, 256, 512, 768, 1024].map((sector) => `read ${sector}+165`);
    assert.deepEqual(await readsOfCommits(1, 20), each);
    clock.ms += 49;
    assert.deepEqual(await readsOfCommits(20, 40), []);
    clock.ms += 1;
    assert.deepEqual((await readsOfCommits(40, 60)).sort(), each.toSorted());
    clock.ms -= 1000;
    assert.deepEqual((await readsOfCommits(60, 80)).sort(), each.toSorted());
  });

  it('never writes over the last intact copy', async () => {
    const { memory, store, spare } = await storeWithBroken([0, 1, 2, 3]);
    for (let attempt = 0; attempt < 2; attempt++) {
      await assertFailsWith(commitList(store, entries(1)), 'EIO', /no copy took them/);
      assert.equal(store.inDoubt, true);
    }
    assert.ok(spare.trace(['write']).every((write) => !write.startsWith('write 1024')));
    assert.deepEqual(await loadAll(await openStore(memory)), []);
    spare.heal();
    await commitList(store, entries(2));
    assert.equal(store.inDoubt, false);
    assert.deepEqual(await loadAll(await openStore(memory)), entries(2));
  });
});
