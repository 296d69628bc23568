import type { RemapEntry } from '../metadata/entry';

/** A remap entry and the spare that holds its sector: an index into the device's pool, 0 for a device with one. */
export interface PoolEntry extends RemapEntry {
  readonly member: number;
}
