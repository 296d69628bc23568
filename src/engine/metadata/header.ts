import { NO_EXTRAS } from './codec/extras';
import { v4Header } from './codec/v4';
import { entryCountOf, type HealthFields, healthOf, readExtras } from './structure';
import type { TableState } from './tableExtents';

/** What a metadata state says besides its entries. */
export interface MetadataHeader {
  readonly entryCount: number;
  readonly mainSectorCount: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly health: HealthFields;
  readonly badSpares: readonly number[];
  /** Names the main image; empty when nobody has set it. */
  readonly mainIdentity: Uint8Array;
  readonly pool: Uint8Array;
  readonly table: TableState;
  /** Somebody else uses `expansion_data`: it is kept, so identity and more than 2,048 entries find no place. */
  readonly isExpansionForeign: boolean;
}

export function readHeader(structure: Uint8Array): MetadataHeader {
  const state = readExtras(structure);
  const { badSpares, mainIdentity, pool, table } = state.kind === 'ours' ? state.extras : NO_EXTRAS;
  return {
    entryCount: entryCountOf(structure),
    mainSectorCount: Number(v4Header.get(structure, 'main_device_sectors')),
    timestamp: Number(v4Header.get(structure, 'timestamp')),
    health: healthOf(structure),
    badSpares,
    mainIdentity,
    pool,
    table,
    isExpansionForeign: state.kind === 'foreign',
  };
}
