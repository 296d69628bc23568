import assert from 'node:assert/strict';
import { NO_EXTRAS } from '../../../../src/engine/metadata/codec/extras';
import { freshStructure } from '../../../../src/engine/metadata/codec/v4';
import { type CopyFailure, CopySet, unknownCopies } from '../../../../src/engine/metadata/copySet';
import { MetadataState } from '../../../../src/engine/metadata/metadataState';
import { changeStructure } from '../../../../src/engine/metadata/stateChange';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { fixedClock, sequencesOf } from '../../../support/metadata/spares';
import { assertFailsWith } from '../../../support/remap/remapErrors';

const first = MetadataState.of(
  freshStructure({ mainSectorCount: 10_000, spareSectorCount: 5000, sequence: 1n, timestamp: 1n }),
);

function nextState(base: MetadataState): MetadataState {
  return changeStructure(base, {
    sequence: base.sequence + 1n,
    timestamp: 1n,
    entryCount: 0,
    changed: [],
    nextSpare: 1280,
    spareSectorCount: 5000,
    extras: NO_EXTRAS,
    health: {},
  });
}

/** Five copies that hold state 1, over a spare whose requests are recorded. */
class CopySetRig {
  readonly memory = new MemoryDevice(5000);
  readonly spare = new ScriptedDevice(this.memory);
  readonly failures: CopyFailure[] = [];
  readonly copies: CopySet;
  #newest = first;

  constructor(readonly intact: readonly number[] = [0, 1, 2, 3, 4]) {
    for (const index of intact) this.memory.poke(256 * index, first.bytes);
    const copies = unknownCopies().map((copy) => ({
      ...copy,
      state: intact.includes(copy.index) ? first : undefined,
    }));
    this.copies = new CopySet(this.spare, first, copies, fixedClock(), (failure) => {
      this.failures.push(failure);
    });
  }

  async commit(): Promise<void> {
    this.#newest = nextState(this.#newest);
    const plan = await this.copies.plan(this.#newest);
    this.spare.calls.length = 0;
    await this.copies.commit(plan);
  }

  /** The copies that were written, and the flushes, in order, since the last commit began. */
  get steps(): string[] {
    const steps = this.spare.calls.flatMap(({ operation, sector }) =>
      operation === 'flush' ? ['flush'] : operation === 'write' ? [`copy ${Math.floor(sector / 256)}`] : [],
    );
    return steps.filter((step, i) => step !== steps[i - 1]);
  }

  /** Makes every write to a copy fail. */
  failWrites(copy: number): void {
    this.spare.fail({
      operations: ['write'],
      after: 0,
      duration: 'sectors',
      failing: () => [[copy * 256, 256]],
    });
  }
}

describe('CopySet (R6)', () => {
  it('commits to two copies and one flush, and leaves the last two commits alone', async () => {
    const rig = new CopySetRig();
    await rig.commit();
    assert.deepEqual(rig.steps, ['copy 0', 'copy 1', 'flush']);
    assert.deepEqual(sequencesOf(rig.memory), [2, 2, 1, 1, 1]);
    await rig.commit();
    assert.deepEqual(sequencesOf(rig.memory), [2, 2, 3, 3, 1]);
    await rig.commit();
    assert.deepEqual(sequencesOf(rig.memory), [4, 2, 3, 3, 4]);
    assert.equal(rig.copies.newest.sequence, 4n);
  });

  it('counts a copy that is being renewed as intact and stale, and one that is repaired as neither', async () => {
    const rig = new CopySetRig();
    await rig.commit();
    assert.deepEqual(rig.copies.count(), { valid: 5, stale: 3 });
    rig.spare.hold(['flush']);
    const settling = rig.copies.settle();
    await new Promise(setImmediate);
    assert.deepEqual(rig.copies.count(), { valid: 5, stale: 3 });
    rig.spare.release();
    await settling;
    assert.deepEqual(rig.copies.count(), { valid: 5, stale: 0 });
    rig.failWrites(4);
    await rig.commit();
    await rig.commit();
    await rig.commit();
    assert.equal(rig.copies.count().valid, 4);
  });

  it('settles: the other copies first, all at once, and nothing when there are none', async () => {
    const rig = new CopySetRig();
    await rig.commit();
    assert.deepEqual(
      rig.copies.stale().map(({ index }) => index),
      [2, 3, 4],
    );
    rig.spare.calls.length = 0;
    await rig.copies.settle();
    assert.deepEqual(rig.steps, ['copy 2', 'copy 3', 'copy 4', 'flush']);
    assert.deepEqual(sequencesOf(rig.memory), [2, 2, 2, 2, 2]);
    rig.spare.calls.length = 0;
    await rig.copies.settle();
    assert.deepEqual(rig.spare.calls, []);
  });

  it('writes a copy whole when its bytes on disk have changed', async () => {
    const rig = new CopySetRig();
    rig.memory.poke(256 + 100, new Uint8Array(512).fill(1));
    await rig.commit();
    const runs = rig.spare.calls
      .filter(({ operation }) => operation === 'write')
      .map((call) => call.sectorCount);
    assert.deepEqual(runs.toSorted((a, b) => b - a)[0], 165);
    assert.deepEqual(sequencesOf(rig.memory), [2, 2, 1, 1, 1]);
  });

  it('takes another copy for one that fails, tells of it once, and tries it again with each commit', async () => {
    const rig = new CopySetRig();
    rig.failWrites(1);
    await rig.commit();
    assert.deepEqual(rig.steps.filter((step) => step === 'flush').length, 2);
    assert.deepEqual(
      rig.copies.copies.map(({ state }) => state?.sequence),
      [2n, undefined, 2n, 1n, 1n],
    );
    await rig.commit();
    assert.ok(rig.steps.includes('copy 1'));
    await rig.copies.settle();
    assert.deepEqual(
      rig.failures.map(({ index, sector }) => [index, sector]),
      [[1, 256]],
    );
    assert.equal(rig.copies.stale().length, 0);
    assert.deepEqual(
      rig.copies.stale(true).map(({ index }) => index),
      [1],
    );
  });

  it('keeps the last intact copy when no other can be written', async () => {
    const rig = new CopySetRig([3]);
    for (const copy of [0, 1, 2, 4]) rig.failWrites(copy);
    await assertFailsWith(rig.commit(), 'EIO', /no copy took them/);
    assert.ok(!rig.steps.includes('copy 3'));
    assert.equal(rig.copies.newest, first);
  });

  it('does not know what is on disk when the flush of a wave fails', async () => {
    const rig = new CopySetRig();
    rig.spare.fail({ operations: ['flush'], after: 0, duration: 'once' });
    await assertFailsWith(rig.commit(), 'EIO', /./);
    assert.deepEqual(
      rig.copies.copies.map(({ state }) => state?.sequence),
      [undefined, undefined, 1n, 1n, 1n],
    );
    await rig.commit();
    assert.deepEqual(sequencesOf(rig.memory), [3, 3, 1, 1, 1]);
  });

  it('leaves the first copy to the scripts until it takes it back', async () => {
    const rig = new CopySetRig();
    const sector = new Uint8Array(512).fill(7);
    await rig.copies.giveToScripts(sector);
    await rig.commit();
    await rig.copies.settle();
    assert.deepEqual(sequencesOf(rig.memory).slice(1), [2, 2, 2, 2]);
    const found = new Uint8Array(512);
    rig.memory.peek(0, found);
    assert.deepEqual(found, sector);
    rig.copies.takeFromScripts();
    await rig.copies.settle();
    assert.deepEqual(sequencesOf(rig.memory), [2, 2, 2, 2, 2]);
  });
});
