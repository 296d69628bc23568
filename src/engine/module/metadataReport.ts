import type { BlockDevice, Clock } from '../block/blockDevice';
import { type MetadataReport as Inspection, inspectMetadata } from '../metadata/inspect';
import type { MetadataReport } from './contracts';

/** What the five copies on a spare say, read now; nothing is written. */
export async function reportMetadata(spare: BlockDevice, clock: Clock): Promise<MetadataReport> {
  return summarizeInspection(await inspectMetadata(spare, clock.now()));
}

/** What an inspection found, as commands return it: plain JSON. */
export function summarizeInspection({ copies, winner, sequence, remaps }: Inspection): MetadataReport {
  return {
    copies: copies.map((copy) => ({
      index: copy.index,
      sector: copy.sector,
      valid: copy.valid,
      ...(copy.reason === undefined ? {} : { reason: copy.detail ?? copy.reason }),
      sequence: copy.sequence ?? null,
    })),
    winner,
    sequence: winner === null ? null : sequence,
    remaps,
  };
}
