import type { BlockDevice } from '../block/blockDevice';
import { decodeScript, type ScriptMetadata } from './codec/scriptFormat';
import { RECORDS_PER_SECTOR } from './codec/tableSector';
import { METADATA_SECTORS, v4Header } from './codec/v4';
import type { Copy } from './copy';
import { type CopyCollection, type CopyRead, readCopies, type SpareKind } from './copyReader';
import { MetadataState } from './metadataState';
import { entryCountOf } from './stateChange';
import { isSound, type TableState } from './tableExtents';
import type { InvalidReason } from './validate';

/** A metadata copy as the spare has it. */
export interface CopyReport {
  readonly index: number;
  /** First sector of the copy on the spare. */
  readonly sector: number;
  readonly valid: boolean;
  readonly reason?: InvalidReason;
  /** The reason with its figures, as it follows "copy 2 is not valid: ". */
  readonly detail?: string;
  readonly sequence?: number;
  /** Seconds since the epoch. */
  readonly timestamp?: number;
}

/** What a spare's metadata area holds. */
export interface MetadataInspection {
  readonly kind: SpareKind;
  readonly copies: readonly CopyReport[];
  /** Index of the copy that counts, or null when none is valid. */
  readonly winner: number | null;
  /** Of the winner; 0 without one. */
  readonly sequence: number;
  readonly remaps: number;
  /** Size of the main that the winner belongs to. */
  readonly mainSectorCount?: number;
  readonly mainIdentity?: Uint8Array;
  readonly pool?: Uint8Array;
  /** The large table that the winner names, if it names one that can be on the spare. */
  readonly table?: TableState;
  /** What dm-remap's scripts wrote to the first sector. */
  readonly script?: ScriptMetadata;
}

/**
 * Looks at a spare's metadata without writing anything.
 * @param nowMs milliseconds since the epoch
 * @throws BlockError when the device fails as a whole
 */
export async function inspectMetadata(spare: BlockDevice, nowMs: number): Promise<MetadataInspection> {
  const collection = await readCopies(spare, nowMs);
  const script = decodeScript(collection.copies[0]!.bytes);
  return {
    kind: collection.kind,
    copies: collection.copies.map(reportCopy),
    ...reportWinner(collection, spare.sectorCount),
    ...(script && { script }),
  };
}

export function reportCopy({ index, sector, verdict }: CopyRead): CopyReport {
  const stamp = verdict.stamp && {
    sequence: Number(verdict.stamp.sequence),
    timestamp: Number(verdict.stamp.timestamp),
  };
  if (verdict.valid) return { index, sector, valid: true, ...stamp };
  return { index, sector, valid: false, reason: verdict.reason, detail: verdict.detail, ...stamp };
}

/**
 * A copy of a store that is open: written since it was opened, or as it was found.
 * @param read the report on it from when the store was opened
 */
export function reportKnownCopy(
  { index, sector, state, failure }: Readonly<Copy>,
  read: CopyReport,
): CopyReport {
  if (state) {
    const timestamp = Number(v4Header.get(state.bytes, 'timestamp'));
    return { index, sector, valid: true, sequence: Number(state.sequence), timestamp };
  }
  if (failure === undefined && !read.valid) return read;
  const detail = failure === undefined ? 'it may not be complete' : `it can't be written: ${failure}`;
  return { index, sector, valid: false, reason: 'unwritten', detail };
}

function reportWinner(
  { copies, winner }: CopyCollection,
  sectorCount: number,
): Omit<MetadataInspection, 'kind' | 'copies' | 'script'> {
  if (winner === null) return { winner, sequence: 0, remaps: 0 };
  const { bytes, verdict } = copies[winner]!;
  const state = MetadataState.of(bytes);
  const { mainIdentity, pool } = state.extras;
  const { table } = state;
  const hasTable = table.generation > 0 && isSound(table, METADATA_SECTORS, sectorCount, RECORDS_PER_SECTOR);
  return {
    winner,
    sequence: Number(verdict.stamp!.sequence),
    remaps: entryCountOf(state),
    mainSectorCount: Number(v4Header.get(bytes, 'main_device_sectors')),
    ...(mainIdentity.length > 0 && { mainIdentity }),
    ...(pool.length > 0 && { pool }),
    ...(hasTable && { table }),
  };
}
