import { v4Header } from './codec/v4';
import type { MetadataState } from './metadataState';
import { entryCountOf } from './stateChange';
import { type HealthFields, healthOf } from './structure';
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

export function readHeader(state: MetadataState): MetadataHeader {
  const { bytes, extras, extrasState } = state;
  const { badSpares, mainIdentity, pool, table } = extras;
  return {
    entryCount: entryCountOf(state),
    mainSectorCount: Number(v4Header.get(bytes, 'main_device_sectors')),
    timestamp: Number(v4Header.get(bytes, 'timestamp')),
    health: healthOf(bytes),
    badSpares,
    mainIdentity,
    pool,
    table,
    isExpansionForeign: extrasState.kind === 'foreign',
  };
}
