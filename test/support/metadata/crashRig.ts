import assert from 'node:assert/strict';
import type { BlockDevice } from '../../../src/engine/block/blockDevice';
import { type Random, randomInteger, seededRandom } from '../../../src/engine/block/random';
import { randomSurvival } from '../../../src/engine/block/survival';
import { readCopies } from '../../../src/engine/metadata/copyReader';
import type { RemapEntry } from '../../../src/engine/metadata/entry';
import type { MetadataStore, OpenOptions } from '../../../src/engine/metadata/metadataStore';
import { CrashLog } from '../block/crashLog';
import type { MemoryDevice } from '../block/memoryDevice';
import { patternBytes } from '../block/sectors';
import { commitList, entries, entry, FIXTURE_TIME, formatted, loadAll, openStore } from './spares';

/** A settled spare with `count` remaps and their payloads. */
export async function spareWithPayloads(count: number): Promise<MemoryDevice> {
  const spare = await formatted(20_000);
  const list = entries(count);
  for (const { spare: sector } of list) spare.poke(sector, patternBytes(sector, 1));
  const store = await openStore(spare);
  await commitList(store, list);
  await store.settle();
  return spare;
}

/** A committed list of entries, and when in the crash log it was asked for and acknowledged. */
interface Milestone {
  readonly list: readonly RemapEntry[];
  readonly sequence: bigint;
  readonly asked: number;
  /** Infinity for a commit that failed. */
  readonly acknowledged: number;
}

/** Runs a workload on a recorded spare, and checks what every cut of it leaves. */
export class CrashRig {
  readonly log = new CrashLog();
  readonly spare: BlockDevice;
  readonly milestones: Milestone[] = [];
  #nextSpare = 0;
  readonly #payloads = new Map<number, Uint8Array>();
  list: readonly RemapEntry[] = [];
  store!: MetadataStore;

  constructor(
    initial: MemoryDevice,
    readonly options: Partial<OpenOptions> = {},
    wrap: (recorded: BlockDevice) => BlockDevice = (recorded) => recorded,
  ) {
    this.spare = wrap(this.log.record(initial));
  }

  async open(recover: 'repair' | 'settle' = 'repair'): Promise<void> {
    this.store = await openStore(this.spare, this.options);
    this.list = await loadAll(this.store);
    await this.store[recover]();
    const { eventCount } = this.log;
    this.milestones.push({
      list: this.list,
      sequence: this.store.sequence,
      asked: eventCount,
      acknowledged: eventCount,
    });
  }

  /** Writes the payloads of what changes, unflushed, and commits. */
  async commit(list: readonly RemapEntry[]): Promise<void> {
    for (const [slot, { spare }] of list.entries()) {
      const isMoved = this.list[slot]?.spare !== spare;
      if (isMoved) await this.spare.write(spare, this.#payload(spare));
    }
    const asked = this.log.eventCount;
    let acknowledged = Number.POSITIVE_INFINITY;
    try {
      await commitList(this.store, list, this.list);
      this.list = list;
      acknowledged = this.log.eventCount;
    } finally {
      this.milestones.push({ list, sequence: this.store.sequence, asked, acknowledged });
    }
  }

  /** Adds `count` entries. */
  add(count: number): Promise<void> {
    const next = this.#allocate(count);
    const added = Array.from({ length: count }, (_, i) => entry(10_000 + next + i, next + i));
    return this.commit([...this.list, ...added]);
  }

  /** Gives `count` entries in a row new spare sectors. */
  move(first: number, count: number): Promise<void> {
    const next = this.#allocate(count);
    return this.commit(
      this.list.map((found, slot) =>
        slot < first || slot >= first + count
          ? found
          : { ...found, spare: next + slot - first, errorCount: found.errorCount + 1 },
      ),
    );
  }

  /** Cuts before every (or every `step`th) event, `outcomes` times each, and checks what is left. */
  async checkAllCuts(
    outcomes: number,
    seed: number,
    check: (left: MemoryDevice, found: RemapEntry[], random: Random) => Promise<void> = async () => {},
    step = 1,
  ): Promise<number> {
    let cuts = 0;
    for (let cut = this.milestones[0]!.asked + (seed % step); cut <= this.log.eventCount; cut += step) {
      for (let outcome = 0; outcome < outcomes; outcome++, cuts++) {
        const random = seededRandom(seed * 1_000_003 + cut * 31 + outcome);
        const [left] = this.log.cutAt(cut, (first, end) => randomSurvival(random, first, end));
        try {
          await check(left!, await this.#checkCut(left!, cut), random);
        } catch (error) {
          throw new Error(`cut ${cut}, outcome ${outcome}, seed ${seed}`, { cause: error });
        }
      }
    }
    return cuts;
  }

  /** Spare sectors that were never given out, not even to a commit that failed: a target gives out only such sectors. */
  #allocate(count: number): number {
    const first = Math.max(this.#nextSpare, this.store.nextSpare);
    this.#nextSpare = first + count;
    return first;
  }

  #payload(spare: number): Uint8Array {
    let bytes = this.#payloads.get(spare);
    if (!bytes) {
      bytes = patternBytes(spare, 1);
      this.#payloads.set(spare, bytes);
    }
    return bytes;
  }

  /** What may be found after a cut: the last acknowledged state, or one that was asked for since. */
  #candidates(cut: number): Milestone[] {
    const last = this.milestones.findLastIndex(({ acknowledged }) => acknowledged <= cut);
    return this.milestones.filter((milestone, i) => i === last || (i > last && milestone.asked < cut));
  }

  async #checkCut(left: MemoryDevice, cut: number): Promise<RemapEntry[]> {
    const candidates = this.#candidates(cut);
    const { copies } = await readCopies(left, FIXTURE_TIME);
    const intact = copies.filter(
      ({ verdict }) =>
        verdict.valid && candidates.some(({ sequence }) => sequence === verdict.stamp.sequence),
    );
    assert.ok(intact.length >= 2, `only ${intact.length} intact copies of the old or the new state`);
    const store = await openStore(left, this.options);
    const found = await loadAll(store);
    assert.ok(
      candidates.some(({ list }) => isSameList(list, found)),
      `${found.length} entries found, which is neither the old state nor the new one`,
    );
    const payload = new Uint8Array(512);
    for (const { spare } of found) {
      left.peek(spare, payload);
      const isThere = Buffer.compare(payload, this.#payload(spare)) === 0;
      assert.ok(isThere, `spare sector ${spare} doesn't hold the payload of its entry`);
    }
    return found;
  }
}

export function isSameList(a: readonly RemapEntry[], b: readonly RemapEntry[]): boolean {
  return a.length === b.length && a.every((one, i) => isSameEntry(one, b[i]!));
}

function isSameEntry(a: RemapEntry, b: RemapEntry): boolean {
  return (
    a.original === b.original &&
    a.spare === b.spare &&
    a.timeNs === b.timeNs &&
    a.errorCount === b.errorCount &&
    a.flags === b.flags
  );
}

/** Opens and repairs `left`, cuts that as well, at `cuts` random events, and checks that the same entries are found. */
export async function checkRecovery(
  left: MemoryDevice,
  found: readonly RemapEntry[],
  random: Random,
  cuts: number,
  options: Partial<OpenOptions> = {},
): Promise<void> {
  const log = new CrashLog();
  const store = await openStore(log.record(left), options);
  await loadAll(store);
  await store.repair();
  const atOpen = (await readCopies(left, FIXTURE_TIME)).copies.filter(({ verdict }) => verdict.valid).length;
  for (let i = 0; i < cuts; i++) {
    const cut = i === 0 ? log.eventCount : randomInteger(random, log.eventCount + 1);
    const [again] = log.cutAt(cut, (first, end) => randomSurvival(random, first, end));
    const { copies } = await readCopies(again!, FIXTURE_TIME);
    const intact = copies.filter(({ verdict }) => verdict.valid).length;
    assert.ok(intact >= Math.min(2, atOpen), `${intact} copies intact while ${atOpen} were repaired`);
    if (i === 0) assert.equal(intact, 5);
    assert.ok(
      isSameList(found, await loadAll(await openStore(again!, options))),
      'recovery lost what was found',
    );
  }
}
