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

/** Where a payload went. */
export interface Placement {
  readonly original: number;
  readonly member: number;
  readonly spare: number;
}

/** What became of a batch of payloads: placed, or the code of why not. */
export interface PlacementResult {
  readonly placed: Placement[];
  readonly unplaced: { readonly original: number; readonly code: 'ENOSPC' | 'EIO' }[];
}

/** The sectors of the device that a list is about, ascending and merged. */
export function sectorsOf(list: readonly { readonly original: number }[]): SectorRange[] {
  return mergeRanges(list.map(({ original }) => [original, 1]));
}

/** After so many spare sectors in a row have failed the spare itself is taken for dead, not its sectors. */
const MAX_FAILED_IN_A_ROW = 64;

/**
 * Writes payloads to freshly allocated spare sectors. A spare sector that fails is skipped, remembered and replaced by
 * the next (R5). Nothing is flushed: the commit that follows does that.
 */
export async function placePayloads(
  pool: SparePool,
  payloads: readonly Payload[],
  observer: TargetObserver,
): Promise<PlacementResult> {
  const result: PlacementResult = { placed: [], unplaced: [] };
  let pending = [...payloads];
  let suspects: { member: SpareMember; spare: number }[] = [];
  while (pending.length > 0 && suspects.length < MAX_FAILED_IN_A_ROW) {
    const runs = pool.allocate(suspects.length > 0 ? 1 : pending.length);
    if (runs.length === 0) {
      for (const { original } of pending) result.unplaced.push({ original, code: 'ENOSPC' });
      return result;
    }
    const failed: Payload[] = [];
    for (const run of runs) {
      const batch = pending.splice(0, run.count);
      const failedSpares = await writeRun(run, batch);
      for (const [i, payload] of batch.entries()) {
        const spare = run.first + i;
        if (failedSpares.has(spare)) {
          suspects.push({ member: run.member, spare });
          run.member.allocator.markBad(spare);
          failed.push(payload);
        } else {
          for (const suspect of suspects) observer.spareSectorFailed(suspect.member.index, suspect.spare);
          suspects = [];
          result.placed.push({ original: payload.original, member: run.member.index, spare });
        }
      }
    }
    pending = [...failed, ...pending];
  }
  if (pending.length > 0) {
    acquit(suspects);
    observer.spareBroken(sectorsOf(pending));
  } else for (const suspect of suspects) observer.spareSectorFailed(suspect.member.index, suspect.spare);
  for (const { original } of pending) result.unplaced.push({ original, code: 'EIO' });
  return result;
}

/** Gives sectors back that failed together with everything else: they need not be bad. */
function acquit(suspects: readonly { member: SpareMember; spare: number }[]): void {
  for (const { member, spare } of suspects) member.allocator.giveBack([spare]);
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
