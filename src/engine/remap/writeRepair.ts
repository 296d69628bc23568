import type { Clock } from '../block/blockDevice';
import { mergeRanges, sliceSectors } from '../block/range';
import { BlockError, type SectorRange } from '../errors';
import { ACTIVE } from '../metadata/entry';
import type { Committer } from './committer';
import type { TargetObserver } from './observer';
import { failedSectors, requestError } from './plannedRequests';
import type { PoolEntry } from './poolEntry';
import type { RemapTable } from './remapTable';
import type { SparePiece } from './requestPlan';
import type { SparePool } from './sparePool';
import { type Payload, type Placement, placePayloads, sectorsOf } from './spareWriter';
import type { Failure } from './subRequests';

/** What repairs of writes and rescues of reads work with. */
export interface RepairContext {
  readonly table: RemapTable;
  readonly pool: SparePool;
  readonly committer: Committer;
  readonly observer: TargetObserver;
  readonly clock: Clock;
}

/**
 * Copies payloads to the spares and makes their entries durable.
 * @returns the new entries, and the sectors that found no place
 * @throws BlockError when the commit fails, or a spare is closed or on a full file system; none of the entries serves then
 */
export async function remapPayloads(
  context: RepairContext,
  payloads: readonly Payload[],
): Promise<{ entries: PoolEntry[]; unplaced: { original: number; code: 'ENOSPC' | 'EIO' }[] }> {
  const { placed, unplaced } = await placePayloads(context.pool, payloads, context.observer).catch(
    (error: unknown) => {
      context.observer.spareRefused(sectorsOf(payloads), error);
      throw error instanceof BlockError
        ? requestError('write', error.code, sectorsOf(payloads), error)
        : error;
    },
  );
  const entries = await commitPlacements(context, placed);
  const full = unplaced.filter(({ code }) => code === 'ENOSPC');
  if (full.length > 0) context.observer.spareFull(sectorsOf(full));
  return { entries, unplaced };
}

/** Makes entries for payloads that are on a spare, and commits them. */
export async function commitPlacements(
  context: RepairContext,
  placed: readonly Placement[],
): Promise<PoolEntry[]> {
  const timeNs = BigInt(context.clock.now()) * 1_000_000n;
  const entries = placed.map(({ original, member, spare }): PoolEntry => {
    const slot = context.table.slotOf(original);
    const errorCount = slot === -1 ? 1 : context.table.entryAt(slot).errorCount + 1;
    return { original, spare, member, timeNs, errorCount, flags: ACTIVE, accessCount: 0, reason: 0 };
  });
  if (entries.length > 0) await context.committer.commit(entries);
  return entries;
}

/** Writes sectors of the device as the table maps them now; returns what failed. */
export type WriteSectors = (first: number, bytes: Uint8Array) => Promise<Failure | null>;

/** Sectors of a write that could not be remapped, and why. */
interface Loss {
  readonly sectors: readonly SectorRange[];
  readonly code: 'ENOSPC' | 'EIO';
  readonly cause?: unknown;
}

/**
 * Repairs failed writes before they are acknowledged (R2): the payload goes to a spare sector, the entry is committed
 * and flushed, and only then the write succeeds. Two writes that fail on one sector at once make one entry (R4).
 */
export class WriteRepair {
  readonly #context: RepairContext;
  readonly #write: WriteSectors;
  readonly #underRepair = new Map<number, Promise<unknown>>();

  constructor(context: RepairContext, write: WriteSectors) {
    this.#context = context;
    this.#write = write;
  }

  /**
   * Remaps the sectors on which a write failed whose bytes start at sector `base` of the device.
   * @throws BlockError `ENOSPC` or `EIO` for exactly the sectors that were not written
   */
  async repair(
    failure: Failure,
    base: number,
    buffer: Uint8Array,
    onRemapped?: (entry: PoolEntry) => void,
  ): Promise<void> {
    const losses: Loss[] = [];
    for (let current: Failure | null = failure; current; ) {
      const failed = failedSectors(current);
      this.#rememberBadSpares(current);
      const remapping = this.#remap(failed, base, buffer);
      // The observer is told while the spare writes, so that its work costs no extra time.
      this.#context.observer.failed('write', failed);
      const { entries, again, loss } = await remapping;
      for (const entry of entries) onRemapped?.(entry);
      if (loss) losses.push(loss);
      current = again.length > 0 ? await this.#writeAgain(again, base, buffer) : null;
    }
    if (losses.length > 0) throw lossError(losses);
  }

  /** Returns the new entries, and the sectors that another request was remapping: these must be written again. */
  async #remap(
    failed: readonly SectorRange[],
    base: number,
    buffer: Uint8Array,
  ): Promise<{ entries: readonly PoolEntry[]; again: SectorRange[]; loss?: Loss }> {
    const mine: Payload[] = [];
    const theirs: { original: number; repaired: Promise<unknown> }[] = [];
    for (const [first, count] of failed) {
      for (let original = first; original < first + count; original++) {
        const repaired = this.#underRepair.get(original);
        if (repaired) theirs.push({ original, repaired });
        else mine.push({ original, bytes: sliceSectors(buffer, base, original, 1) });
      }
    }
    const result = await this.#remapMine(mine);
    // Waits only after our own sectors are done: two requests could otherwise wait for each other for ever.
    if (theirs.length > 0) await Promise.allSettled(theirs.map(({ repaired }) => repaired));
    return { ...result, again: sectorsOf(theirs) };
  }

  async #remapMine(payloads: readonly Payload[]): Promise<{ entries: readonly PoolEntry[]; loss?: Loss }> {
    if (payloads.length === 0) return { entries: [] };
    const job = remapPayloads(this.#context, payloads);
    for (const { original } of payloads) this.#underRepair.set(original, job);
    try {
      const { entries, unplaced } = await job;
      if (unplaced.length === 0) return { entries };
      const code = unplaced.some((sector) => sector.code === 'ENOSPC') ? 'ENOSPC' : 'EIO';
      return { entries, loss: { sectors: sectorsOf(unplaced), code } };
    } catch (cause) {
      const isCommitFailure =
        cause instanceof BlockError && (cause.code === 'EIO' || cause.code === 'ENOSPC');
      if (!isCommitFailure) throw cause;
      const code = cause.code === 'ENOSPC' ? 'ENOSPC' : 'EIO';
      return { entries: [], loss: { sectors: sectorsOf(payloads), code, cause } };
    } finally {
      for (const { original } of payloads) this.#underRepair.delete(original);
    }
  }

  /** Writes sectors as the table maps them after another request's repair; returns what failed, or null. */
  async #writeAgain(
    again: readonly SectorRange[],
    base: number,
    buffer: Uint8Array,
  ): Promise<Failure | null> {
    const main: SectorRange[] = [];
    const pieces: SparePiece[] = [];
    for (const [first, count] of again) {
      const failure = await this.#write(first, sliceSectors(buffer, base, first, count));
      for (const run of failure?.main ?? []) main.push(run);
      for (const piece of failure?.pieces ?? []) pieces.push(piece);
    }
    return main.length + pieces.length > 0 ? { main, pieces } : null;
  }

  #rememberBadSpares({ pieces }: Failure): void {
    for (const { member: index, at, count } of pieces) {
      const member = this.#context.pool.member(index);
      if (!member.device) continue;
      for (let spare = at; spare < at + count; spare++) {
        member.allocator.markBad(spare);
        this.#context.observer.spareSectorFailed(index, spare);
      }
    }
  }
}

function lossError(losses: readonly Loss[]): BlockError {
  const code = losses.some((loss) => loss.code === 'ENOSPC') ? 'ENOSPC' : 'EIO';
  const { cause } = losses.find((loss) => loss.cause !== undefined) ?? {};
  return requestError('write', code, mergeRanges(losses.flatMap(({ sectors }) => sectors)), cause);
}
