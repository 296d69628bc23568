import type { BlockDevice, Clock } from '../block/blockDevice';
import { inspectMetadata, type MetadataInspection } from '../metadata/inspect';
import type { MetadataReport } from './deviceContracts';

/** What the five copies on a spare say, read now; nothing is written. */
export async function reportMetadata(spare: BlockDevice, clock: Clock): Promise<MetadataReport> {
  return summarizeInspection(await inspectMetadata(spare, clock.now()));
}

/** What an inspection found, as commands return it: plain JSON. */
export function summarizeInspection({
  copies,
  winner,
  sequence,
  remaps,
}: MetadataInspection): MetadataReport {
  return {
    copies: copies.map((copy) => ({
      index: copy.index,
      sector: copy.sector,
      valid: copy.valid,
      ...(copy.reason === undefined ? {} : { reason: copy.detail ?? copy.reason }),
      ...(copy.valid && copy.sequence! < sequence ? { stale: true } : {}),
      sequence: copy.sequence ?? null,
    })),
    winner,
    sequence: winner === null ? null : sequence,
    remaps,
  };
}
