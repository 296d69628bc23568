import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { BlockError } from '../../../../src/engine/errors';
import type { RequestPlan } from '../../../../src/engine/remap/requestPlan';
import { SpareAllocator } from '../../../../src/engine/remap/spareAllocator';
import { SparePool } from '../../../../src/engine/remap/sparePool';
import type { Failure } from '../../../../src/engine/remap/subRequests';
import { readTarget } from '../../../../src/engine/remap/targetRead';
import { assertFailed, assertRefused } from '../../../support/block/blockErrors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { patternBytes } from '../../../support/block/sectors';
import { ManualClock } from '../../../support/remap/targetRig';

/** Sector 11 of the device is sector 50 of the spare. */
const PLAN: RequestPlan = {
  mainRuns: [
    [10, 1],
    [12, 2],
  ],
  pieces: [{ original: 11, count: 1, member: 0, at: 50 }],
};

function rig() {
  const [main, spare] = [new MemoryDevice(100), new MemoryDevice(100)];
  main.poke(0, patternBytes(0, 100, 1));
  spare.poke(0, patternBytes(0, 100, 2));
  const disk = new ScriptedDevice(main);
  const ticker = new ManualClock(1000);
  const answers: [byteLength: number, touchedSpare: boolean, startedAt: number][] = [];
  const failures: Failure[] = [];
  const owner = {
    ticker,
    recovery: Promise.resolve(),
    recover: (failure: Failure): Promise<void> => {
      failures.push(failure);
      return owner.recovery;
    },
    answered: (...answer: (typeof answers)[number]) => void answers.push(answer),
  };
  const allocator = new SpareAllocator(0, 0);
  const pool = new SparePool([{ index: 0, device: spare, store: null, allocator }]);
  const buffer = new Uint8Array(4 * SECTOR_SIZE);
  const read = (plan: RequestPlan | null) => readTarget(disk, pool, plan, owner, 10, buffer);
  return { disk, ticker, owner, answers, failures, buffer, read };
}

describe('readTarget', () => {
  it('reads from main alone without a plan, and tells when the read began by the ticker it was given', async () => {
    const { ticker, answers, buffer, read } = rig();
    const reading = read(null);
    ticker.ms += 7;
    await reading;
    assert.deepEqual(buffer, patternBytes(10, 4, 1));
    assert.deepEqual(answers, [[4 * SECTOR_SIZE, false, 1000]]);
  });

  it('reads the pieces of a plan from the spare', async () => {
    const { answers, buffer, read } = rig();
    await read(PLAN);
    const expected = patternBytes(10, 4, 1);
    expected.set(patternBytes(50, 1, 2), SECTOR_SIZE);
    assert.deepEqual(buffer, expected);
    assert.deepEqual(answers, [[4 * SECTOR_SIZE, true, 1000]]);
  });

  for (const plan of [null, PLAN]) {
    it(`has the owner recover sectors that failed on the medium, ${plan ? 'with' : 'without'} a plan`, async () => {
      const { disk, owner, answers, failures, read } = rig();
      disk.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[12, 1]] });
      await read(plan);
      assert.deepEqual(failures, [{ main: [[12, 1]], pieces: [] }]);
      owner.recovery = Promise.reject(new BlockError('EIO', 'lost', [[12, 1]]));
      await assertFailed(read(plan), 'EIO', [[12, 1]]);
      assert.equal(answers.length, 2);
    });

    it(`fails at once with any other error, ${plan ? 'with' : 'without'} a plan`, async () => {
      const { disk, answers, failures, read } = rig();
      await disk.close();
      await assertRefused(read(plan), 'ENODEV');
      assert.deepEqual(failures, []);
      assert.equal(answers.length, 1);
    });
  }
});
