import assert from 'node:assert/strict';
import { sealStructure, v4Header } from '../../../../src/engine/metadata/codec/v4';
import { MetadataStore } from '../../../../src/engine/metadata/metadataStore';
import type { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { kernelStructure } from '../../../support/metadata/kernelSpare';
import {
  commitList,
  entries,
  FIXTURE_TIME,
  fixedClock,
  formatted,
  loadAll,
  MAIN_SECTORS,
  openStore,
  sequencesOf,
} from '../../../support/metadata/spares';

describe('MetadataStore.repair (R7)', () => {
  /** Copies at these sequence numbers; 0 is a damaged one. */
  async function spareWith(sequences: readonly number[]): Promise<MemoryDevice> {
    const spare = await formatted();
    for (const [copy, sequence] of sequences.entries()) {
      const structure = kernelStructure(sequence === 0 ? [] : entries(sequence), sequence);
      if (sequence === 0) structure[5000] = 1;
      spare.poke(copy * 256, Buffer.concat([structure, Buffer.alloc(192)]));
    }
    return spare;
  }

  const cases: [before: number[], waves: string[]][] = [
    [[3, 3, 3, 3, 3], []],
    [
      [3, 2, 2, 2, 2],
      ['256 512 768', '1024'],
    ],
    [[2, 2, 2, 3, 3], ['0 256 512']],
    [
      [0, 0, 3, 2, 2],
      ['0 256 768', '1024'],
    ],
    [[0, 0, 0, 0, 3], ['0 256 512 768']],
    [
      [3, 0, 0, 0, 2],
      ['256 512 768', '1024'],
    ],
  ];
  for (const [before, waves] of cases) {
    it(`brings ${before.join(' ')} up to date`, async () => {
      const memory = await spareWith(before);
      const spare = new ScriptedDevice(memory);
      const store = await openStore(spare);
      await loadAll(store);
      spare.calls.length = 0;
      await store.repair();
      const written = spare.trace(['write', 'flush']).join(',').split(',flush');
      const got = written.map((wave) => [
        ...new Set([...wave.matchAll(/write (\d+)/g)].map(([, at]) => Math.floor(Number(at) / 256) * 256)),
      ]);
      assert.deepEqual(
        got.map((wave) => wave.join(' ')).filter((wave) => wave !== ''),
        waves,
      );
      assert.deepEqual(sequencesOf(memory), [3, 3, 3, 3, 3]);
      await commitList(store, entries(4), entries(3));
      assert.equal(store.sequence, 4n);
    });
  }

  it('goes above a copy that does not count now but may later', async () => {
    const spare = await spareWith([3, 3, 3, 3, 3]);
    const structure = kernelStructure(entries(1), 500);
    v4Header.put(structure, 'timestamp', BigInt(FIXTURE_TIME / 1000 + 1_000_000));
    sealStructure(structure);
    spare.poke(1024, Buffer.concat([structure, Buffer.alloc(192)]));
    const store = await openStore(spare);
    assert.equal(store.copies()[4]!.reason, 'timestamp');
    await store.repair();
    assert.deepEqual(sequencesOf(spare), [501, 501, 501, 501, 501]);
    assert.equal((await loadAll(await openStore(spare))).length, 3);
  });

  it('goes above the sequence number of a torn copy, but not above noise', async () => {
    for (const [torn, next] of [
      [9, 10],
      [2 ** 40, 4],
    ] as const) {
      const spare = await spareWith([3, 3, 3, 3, 3]);
      const structure = kernelStructure(entries(1), torn);
      structure[5000]! ^= 1;
      spare.poke(1024, Buffer.concat([structure, Buffer.alloc(192)]));
      const store = await openStore(spare);
      await commitList(store, entries(4), entries(3));
      assert.equal(store.sequence, BigInt(next));
    }
  });

  it('rescues a copy with unreadable sectors, and reports one that stays broken', async () => {
    const spare = new ScriptedDevice(await spareWith([3, 3, 3, 3, 3]));
    spare.fail({
      after: 0,
      duration: 'sectors',
      failing: ({ sector }) => (sector === 256 ? [[300, 1]] : []),
    });
    const failures: number[] = [];
    const store = await MetadataStore.open(spare, {
      mainSectorCount: MAIN_SECTORS,
      clock: fixedClock(),
      onCopyFailure: ({ index }) => failures.push(index),
    });
    assert.deepEqual(store.copies()[1], {
      index: 1,
      sector: 256,
      valid: false,
      reason: 'unreadable',
      detail: "sector 300 of the spare can't be read",
      sequence: 3,
      timestamp: FIXTURE_TIME / 1000,
    });
    await store.repair();
    assert.deepEqual(failures, [1]);
    assert.equal(store.copies()[1]!.reason, 'unwritten');
    await commitList(store, entries(4), entries(3));
    assert.deepEqual(failures, [1], 'told once');
    spare.heal();
    await store.repair();
    assert.ok(store.copies().every(({ valid }) => valid));
  });
});
