import assert from 'node:assert/strict';
import fc from 'fast-check';
import { randomInteger, seededRandom } from '../../../../src/engine/block/random';
import { RemapError } from '../../../../src/engine/errors';
import { extrasLayout } from '../../../../src/engine/metadata/codec/extras';
import { tableSectorHeader } from '../../../../src/engine/metadata/codec/tableSector';
import { EXPANSION_DATA_OFFSET, sealStructure } from '../../../../src/engine/metadata/codec/v4';
import { crc32le } from '../../../../src/engine/metadata/crc';
import type { RemapEntry } from '../../../../src/engine/metadata/entry';
import { inspectMetadata } from '../../../../src/engine/metadata/inspect';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { fuzzRuns } from '../../../support/fuzzRuns';
import {
  commitList,
  entries,
  entry,
  FIXTURE_TIME,
  formatted,
  MAIN_SECTORS,
  openStore,
} from '../../../support/metadata/spares';

/** Where in a copy bytes are changed: anywhere, or in the header and our extras. */
const arbitraryByte = fc.oneof(fc.nat(84_479), fc.nat(311), fc.integer({ min: 82_232, max: 82_700 }));
const arbitraryValue = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));

/** `seal`: no checksum is mended, the structure's is, or that of our extras as well. */
const arbitraryMutation = fc.record({
  copies: fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }),
  bytes: fc.array(fc.tuple(arbitraryByte, arbitraryValue), { minLength: 1, maxLength: 6 }),
  seal: fc.constantFrom('none', 'structure', 'extras'),
});
type Mutation = typeof arbitraryMutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(spare: MemoryDevice, { copies, bytes, seal }: Mutation): void {
  for (const copy of copies) {
    const structure = new Uint8Array(165 * 512);
    spare.peek(copy * 256, structure);
    for (const [at, value] of bytes) structure[at] = value;
    if (seal === 'extras') {
      const data = structure.subarray(EXPANSION_DATA_OFFSET, EXPANSION_DATA_OFFSET + 2048);
      const checksum = crc32le(data.subarray(0, 8), data.subarray(12));
      extrasLayout.put(data, 'checksum', checksum);
    }
    if (seal !== 'none') sealStructure(structure);
    spare.poke(copy * 256, structure);
  }
}

/** Uses a spare as a device does; only a `RemapError` may come out. */
async function useSpare(spare: MemoryDevice): Promise<void> {
  const report = await inspectMetadata(spare, FIXTURE_TIME);
  assert.equal(report.copies.length, 5);
  try {
    const store = await openStore(spare, { growTableBySectors: 1 });
    const list: RemapEntry[] = [];
    await store.load((slot, found) => {
      assert.ok(slot <= list.length, 'slots come without a gap');
      list[slot] = found;
    });
    const capacity = Math.max(2048, 16 * spare.sectorCount);
    assert.ok(list.length <= capacity, `${list.length} entries on a spare of ${spare.sectorCount} sectors`);
    await store.repair();
    const next = [...list, entry(1, Math.min(store.nextSpare, spare.sectorCount - 1))];
    await commitList(store, next, list);
    await store.settle();
  } catch (error) {
    if (!(error instanceof RemapError)) throw error;
    return;
  }
  const after = await inspectMetadata(spare, FIXTURE_TIME);
  assert.ok(
    after.copies.every(({ valid }) => valid),
    'a spare that can be used is whole afterwards',
  );
}

async function remapped(count: number): Promise<MemoryDevice> {
  const spare = await formatted(8000);
  const store = await openStore(spare);
  await commitList(store, entries(count));
  await store.settle();
  return spare;
}

describe('metadata images that were tampered with', () => {
  for (const [count, runs] of [
    [3, 300],
    [2060, 60],
  ] as const) {
    it(`of ${count} remaps: nothing but our own errors, and no more entries than fit`, async () => {
      const initial = await remapped(count);
      const mutations = fc.array(arbitraryMutation, { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(mutations, async (list) => {
          const spare = initial.fork();
          for (const mutation of list) mutate(spare, mutation);
          await useSpare(spare);
        }),
        { numRuns: fuzzRuns(runs) },
      );
    }).timeout(600_000);
  }

  it('with a large table whose sectors are sealed again', async () => {
    const initial = await remapped(2060);
    const store = await openStore(initial);
    const [{ startA, startB }] = store.extras.table.extents as unknown as [
      { startA: number; startB: number },
    ];
    const change = fc.record({
      index: fc.nat(129),
      mirrors: fc.subarray([startA, startB], { minLength: 1 }),
      bytes: fc.array(fc.tuple(fc.oneof(fc.nat(511), fc.nat(60)), arbitraryValue), {
        minLength: 1,
        maxLength: 4,
      }),
      seal: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const spare = initial.fork();
        for (const { index, mirrors, bytes, seal } of changes) {
          for (const start of mirrors) {
            const sector = new Uint8Array(512);
            spare.peek(start + index, sector);
            for (const [at, value] of bytes) sector[at] = value;
            if (seal) tableSectorHeader.put(sector, 'checksum', crc32le(sector.subarray(8)));
            spare.poke(start + index, sector);
          }
        }
        await useSpare(spare);
      }),
      { numRuns: fuzzRuns(60) },
    );
  }).timeout(600_000);

  it('made of anything at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1279), fc.integer()), { maxLength: 5 }),
        fc.integer({ min: 1, max: 1400 }),
        async (sectors, sectorCount) => {
          const spare = new MemoryDevice(sectorCount);
          for (const [sector, seed] of sectors) {
            const random = seededRandom(seed);
            const bytes = Uint8Array.from({ length: 512 }, () => randomInteger(random, 256));
            if (sector < sectorCount) spare.poke(sector, bytes);
          }
          await useSpare(spare);
        },
      ),
      { numRuns: fuzzRuns(200) },
    );
  }).timeout(600_000);

  it('of another main is refused before anything is written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2 ** 32), async (mainSectorCount) => {
        fc.pre(mainSectorCount !== MAIN_SECTORS);
        const spare = await formatted(2000);
        await assert.rejects(openStore(spare, { mainSectorCount }), { code: 'EINVAL' });
      }),
      { numRuns: fuzzRuns(20) },
    );
  }).timeout(600_000);
});
