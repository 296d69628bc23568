import type { Clock } from '../block/blockDevice';
import { mergeRanges, sliceSectors } from '../block/range';
import type { SectorRange } from '../errors';
import { ACTIVE } from '../metadata/entry';
import type { Committer } from './committer';
import type { TargetObserver } from './observer';
import type { PlacedEntry } from './placedEntry';
import type { RemapTable } from './remapTable';
import { requestError } from './requests';
import type { SparePool } from './sparePool';
import { type Payload, type Placement, placePayloads } from './spareWriter';

/** What repairs and rescues work on. */
export interface RepairContext {
  readonly table: RemapTable;
  readonly pool: SparePool;
  readonly committer: Committer;
  readonly observer: TargetObserver;
  readonly clock: Clock;
}

/** Copies payloads to the spare and makes their entries durable; returns those that found no place. */
export async function remapPayloads(
  context: RepairContext,
  payloads: readonly Payload[],
): Promise<{ entries: PlacedEntry[]; unplaced: { original: number; code: 'ENOSPC' | 'EIO' }[] }> {
  const { placed, unplaced } = await placePayloads(context.pool, payloads, context.observer);
  const entries = await commitPlacements(context, placed);
  const full = unplaced.filter(({ code }) => code === 'ENOSPC');
  if (full.length > 0) context.observer.spareFull(mergeRanges(full.map(({ original }) => [original, 1])));
  return { entries, unplaced };
}

/** Makes the entries of payloads that are on a spare durable, and lets them serve. */
export async function commitPlacements(
  context: RepairContext,
  placed: readonly Placement[],
): Promise<PlacedEntry[]> {
  const timeNs = BigInt(context.clock.now()) * 1_000_000n;
  const entries = placed.map(({ original, member, spare }): PlacedEntry => {
    const slot = context.table.slotOf(original);
    const errorCount = slot === -1 ? 1 : context.table.entryAt(slot).errorCount + 1;
    return { original, spare, member, timeNs, errorCount, flags: ACTIVE, accessCount: 0, reason: 0 };
  });
  if (entries.length > 0) await context.committer.commit(entries);
  return entries;
}

/**
 * Repairs failed writes before they are acknowledged (R2): the payload goes to a spare sector, the entry is committed
 * and flushed, and only then the write succeeds. Two writes that fail on one sector at once make one entry (R4).
 */
export class WriteRepair {
  readonly #context: RepairContext;
  readonly #underRepair = new Map<number, Promise<unknown>>();

  constructor(context: RepairContext) {
    this.#context = context;
  }

  /**
   * Remaps the failed sectors of a write whose bytes start at sector `base` of the device.
   * @returns the new entries, and the sectors another request was remapping meanwhile: write those again
   * @throws BlockError `ENOSPC` or `EIO` for exactly the sectors that found no place
   */
  async repair(
    failed: readonly SectorRange[],
    base: number,
    buffer: Uint8Array,
  ): Promise<{ entries: PlacedEntry[]; again: SectorRange[] }> {
    const mine: Payload[] = [];
    const theirs: { original: number; repaired: Promise<unknown> }[] = [];
    for (const [first, count] of failed) {
      for (let original = first; original < first + count; original++) {
        const repaired = this.#underRepair.get(original);
        if (repaired) theirs.push({ original, repaired });
        else mine.push({ original, bytes: sliceSectors(buffer, base, original, 1) });
      }
    }
    const entries = await this.#repairMine(mine);
    // Waiting only after our own are done: two requests that wait for each other's would wait for ever.
    await Promise.allSettled(theirs.map(({ repaired }) => repaired));
    return { entries, again: mergeRanges(theirs.map(({ original }) => [original, 1])) };
  }

  async #repairMine(payloads: readonly Payload[]): Promise<PlacedEntry[]> {
    if (payloads.length === 0) return [];
    const job = remapPayloads(this.#context, payloads);
    for (const { original } of payloads) this.#underRepair.set(original, job);
    try {
      const { entries, unplaced } = await job;
      if (unplaced.length === 0) return entries;
      const code = unplaced.some((sector) => sector.code === 'ENOSPC') ? 'ENOSPC' : 'EIO';
      throw requestError('write', code, mergeRanges(unplaced.map(({ original }) => [original, 1])));
    } finally {
      for (const { original } of payloads) this.#underRepair.delete(original);
    }
  }
}
