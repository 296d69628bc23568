import type { MetadataState } from './metadataState';
import type { TableState } from './tableExtents';

/** One of the five places, and what is known to be there. */
export interface Copy {
  readonly index: number;
  readonly sector: number;
  /** The state it holds intact and durably; undefined while that is unknown, and when it is damaged. */
  state: MetadataState | undefined;
  /** Every large table that the bytes on disk may name, should the copy turn out intact. */
  mayName: TableState[];
  /** Why the last attempt to write it failed; undefined once one succeeded. */
  failure: unknown;
  /** True while it is written over an intact state: from the start of the wave until its flush is answered. */
  isBeingRenewed: boolean;
  /** True while a sector of dm-remap's scripts lies at its start: the copy is left to them and not written. */
  isScript: boolean;
  /** True while data of remapped sectors lie over it, as a kernel may leave them (R9): it is not written. */
  holdsData: boolean;
}
