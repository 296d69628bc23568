import { SECTOR_SIZE } from '../block/blockDevice';
import { mergeRanges } from '../block/range';
import { isMediumFailure, type SectorRange } from '../errors';
import type { TargetObserver } from './observer';
import type { SpareMember, SparePool, SpareRun } from './sparePool';

/** A sector of the device and the bytes that are to live on a spare. */
export interface Payload {
  readonly original: number;
  readonly bytes: Uint8Array;
}

/** The sector of a spare that holds a payload. */
export interface Placement {
  readonly original: number;
  readonly member: number;
  readonly spare: number;
}

/** What became of a batch of payloads. */
export interface PlacementResult {
  readonly placed: Placement[];
  readonly unplaced: { readonly original: number; readonly code: 'ENOSPC' | 'EIO' }[];
}

/** The sectors of the items, ascending and merged. */
export function sectorsOf(list: readonly { readonly original: number }[]): SectorRange[] {
  return mergeRanges(list.map(({ original }) => [original, 1]));
}

/** When so many spare sectors in a row have failed, the spare itself counts as broken and its sectors don't count as bad. */
const MAX_FAILED_IN_A_ROW = 64;

/**
 * Writes payloads to freshly allocated spare sectors. A spare sector that fails is skipped, remembered and replaced by
 * the next (R5). Nothing is flushed: the commit that follows does that.
 * @throws BlockError for a failure that isn't one of the medium; no spare sector is taken then
 */
export function placePayloads(
  pool: SparePool,
  payloads: readonly Payload[],
  observer: TargetObserver,
): Promise<PlacementResult> {
  return new Placing(pool, payloads, observer).run();
}

/** The placing of one batch of payloads. */
class Placing {
  readonly #pool: SparePool;
  readonly #observer: TargetObserver;
  readonly #placed: Placement[] = [];
  #pending: Payload[];
  /** The spare sectors that have failed since the last one that could be written; their payloads are pending. */
  #suspects: { readonly member: SpareMember; readonly spare: number }[] = [];

  constructor(pool: SparePool, payloads: readonly Payload[], observer: TargetObserver) {
    this.#pool = pool;
    this.#observer = observer;
    this.#pending = [...payloads];
  }

  async run(): Promise<PlacementResult> {
    while (this.#pending.length > 0 && this.#suspects.length < MAX_FAILED_IN_A_ROW) {
      const runs = this.#pool.allocate(this.#suspects.length > 0 ? 1 : this.#pending.length);
      if (runs.length === 0) {
        this.#condemnSuspects();
        return this.#endWith('ENOSPC');
      }
      const failed = await this.#fillAll(runs);
      this.#pending = [...failed, ...this.#pending];
    }
    if (this.#pending.length > 0) this.#acquitSuspects();
    return this.#endWith('EIO');
  }

  /** Writes the next payloads to runs; returns those whose sectors failed. If one is refused, all sectors are free again. */
  async #fillAll(runs: readonly SpareRun[]): Promise<Payload[]> {
    const failed: Payload[] = [];
    for (const [i, run] of runs.entries()) {
      try {
        for (const payload of await this.#fill(run)) failed.push(payload);
      } catch (error) {
        for (const { member, first, count } of runs.slice(i)) {
          member.allocator.giveBack(Array.from({ length: count }, (_, at) => first + at));
          this.#pool.keep(count);
        }
        this.#pool.keep(this.#placed.length);
        giveBackPlacements(this.#pool, this.#placed);
        this.#condemnSuspects();
        throw error;
      }
    }
    return failed;
  }

  /** Writes the next payloads to a run; returns those whose sectors failed. */
  async #fill(run: SpareRun): Promise<Payload[]> {
    const { member } = run;
    const batch = this.#pending.splice(0, run.count);
    const failedSpares = await writeRun(run, batch);
    const failed: Payload[] = [];
    for (const [i, payload] of batch.entries()) {
      const spare = run.first + i;
      if (failedSpares.has(spare)) {
        this.#suspects.push({ member, spare });
        member.allocator.markBad(spare);
        this.#pool.keep(1);
        failed.push(payload);
      } else {
        this.#condemnSuspects();
        this.#placed.push({ original: payload.original, member: member.index, spare });
      }
    }
    return failed;
  }

  /** The suspects are bad: another sector could be written, or too few are left to doubt the spare. */
  #condemnSuspects(): void {
    for (const { member, spare } of this.#suspects) this.#observer.spareSectorFailed(member.index, spare);
    this.#suspects = [];
  }

  /** The spare itself is broken, so its sectors need not be bad. */
  #acquitSuspects(): void {
    for (const { member, spare } of this.#suspects) member.allocator.giveBack([spare]);
    this.#observer.spareBroken(sectorsOf(this.#pending));
  }

  /** @param code why the payloads that are left found no place */
  #endWith(code: 'ENOSPC' | 'EIO'): PlacementResult {
    const unplaced = this.#pending.map(({ original }) => ({ original, code }));
    return { placed: this.#placed, unplaced };
  }
}

/** Takes back sectors that no copy on disk names, nor can come to name. */
export function giveBackPlacements(pool: SparePool, places: readonly Omit<Placement, 'original'>[]): void {
  for (const { member, spare } of places) pool.member(member).allocator.giveBack([spare]);
}

/** Writes one run and returns its sectors that failed. */
async function writeRun(run: SpareRun, batch: readonly Payload[]): Promise<ReadonlySet<number>> {
  const bytes = new Uint8Array(batch.length * SECTOR_SIZE);
  for (const [i, payload] of batch.entries()) bytes.set(payload.bytes, i * SECTOR_SIZE);
  const failed = new Set<number>();
  try {
    await run.member.device!.write(run.first, bytes);
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    for (const [first, count] of error.failed) for (let s = first; s < first + count; s++) failed.add(s);
  }
  return failed;
}
