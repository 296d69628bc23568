import type { RemapEntry } from '../metadata/entry';

/**
 * A remap entry that always names the spare which holds its sector. Above the metadata every entry is one; in a plain
 * `RemapEntry` the member may be absent.
 */
export interface PoolEntry extends RemapEntry {
  /** Index into the device's pool; 0 on a device with one spare. */
  readonly member: number;
}
