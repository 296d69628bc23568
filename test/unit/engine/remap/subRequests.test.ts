import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { deferred } from '../../../../src/engine/concurrency/deferred';
import { BlockError } from '../../../../src/engine/errors';
import type { SpareRequest } from '../../../../src/engine/remap/requestPlan';
import { type Failure, type Refusal, SubRequests } from '../../../../src/engine/remap/subRequests';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { patternBytes } from '../../../support/block/sectors';
import { turns } from '../../../support/turns';

/** Sectors 100 to 102 of the device are spare sectors 20 to 22, and sector 300 is 24. */
const REQUEST: SpareRequest = {
  member: 1,
  first: 20,
  count: 5,
  pieces: [
    { original: 100, count: 3, member: 1, at: 20 },
    { original: 300, count: 1, member: 1, at: 24 },
  ],
};

function patternDisk(): ScriptedDevice {
  const memory = new MemoryDevice(100);
  memory.poke(0, patternBytes(0, 100));
  return new ScriptedDevice(memory);
}

function failReads(disk: ScriptedDevice, first: number, count: number): void {
  disk.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[first, count]] });
}

const sectors = (count: number) => new Uint8Array(count * SECTOR_SIZE);

describe('SubRequests', () => {
  it('tells once, when the last answer has come', async () => {
    const parts = new SubRequests();
    const change = deferred();
    const outcomes: [Failure | null, Refusal | null][] = [];
    parts.readMain(patternDisk(), 0, sectors(1));
    parts.addMain(change.promise);
    parts.tell({ allAnswered: (...outcome) => outcomes.push(outcome) });
    await turns(3);
    assert.deepEqual(outcomes, []);
    change.resolve();
    await turns(3);
    assert.deepEqual(outcomes, [[null, null]]);
  });

  it('tells at once when nothing is under way', () => {
    const parts = new SubRequests();
    let told = false;
    parts.tell({ allAnswered: () => (told = true) });
    assert.equal(told, true);
  });

  it('reads runs of main and of a spare', async () => {
    const parts = new SubRequests();
    const main = sectors(2);
    const spare = sectors(5);
    parts.readMain(patternDisk(), 7, main);
    parts.readSpare(patternDisk(), REQUEST, spare);
    assert.equal(await parts.outcome(), null);
    assert.deepEqual(main, patternBytes(7, 2));
    assert.deepEqual(spare, patternBytes(20, 5));
  });

  it('names what failed on main by its sectors, and what failed on a spare by the pieces that lie there', async () => {
    const parts = new SubRequests();
    const [main, spare] = [patternDisk(), patternDisk()];
    failReads(main, 8, 1);
    failReads(spare, 22, 3);
    const bytes = sectors(5);
    parts.readMain(main, 7, sectors(2));
    parts.readSpare(spare, REQUEST, bytes);
    assert.deepEqual(await parts.outcome(), {
      main: [[8, 1]],
      pieces: [
        { original: 102, count: 1, member: 1, at: 22 },
        { original: 300, count: 1, member: 1, at: 24 },
      ],
    });
    assert.deepEqual(bytes.subarray(0, 2 * SECTOR_SIZE), patternBytes(20, 2));
    assert.deepEqual(bytes.subarray(2 * SECTOR_SIZE), sectors(3));
  });

  it('gathers the failures of writes in the same way', async () => {
    const parts = new SubRequests();
    parts.addMain(Promise.reject(new BlockError('EIO', 'main', [[4, 2]])));
    parts.addSpare(Promise.reject(new BlockError('EIO', 'spare', [[20, 1]])), REQUEST);
    assert.deepEqual(await parts.outcome(), {
      main: [[4, 2]],
      pieces: [{ original: 100, count: 1, member: 1, at: 20 }],
    });
  });

  it('takes a missing spare for one on which everything failed', async () => {
    const parts = new SubRequests();
    const bytes = sectors(5).fill(0xee);
    parts.addMissing(REQUEST, bytes);
    assert.deepEqual(await parts.outcome(), { main: [], pieces: REQUEST.pieces });
    assert.deepEqual(bytes, sectors(5));
  });

  it('rejects with the first error that is not one of the medium, but not before every answer has come', async () => {
    const parts = new SubRequests();
    const change = deferred();
    const refused = new BlockError('ENODEV', 'closed', []);
    parts.addMain(Promise.reject(refused));
    parts.addMain(Promise.reject(new BlockError('EROFS', 'later', [])));
    parts.addMain(change.promise);
    let rejection: unknown;
    const outcome = parts.outcome().catch((error: unknown) => {
      rejection = error;
    });
    await turns(3);
    assert.equal(rejection, undefined);
    change.resolve();
    await outcome;
    assert.equal(rejection, refused);
  });
});
