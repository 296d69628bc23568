/** One remap: a sector of main whose data live in a sector of a spare. */
export interface RemapEntry {
  /** Sector on main. */
  readonly original: number;
  /** Sector on the spare, absolute. */
  readonly spare: number;
  /** Which spare of a pool holds it, 0 to 255. Absent means 0, so that a caller with a single spare may leave it out. */
  readonly member?: number;
  /** When the remap was made, nanoseconds since the epoch. */
  readonly timeNs: bigint;
  readonly errorCount: number;
  readonly accessCount: number;
  readonly reason: number;
  /** {@link ACTIVE} or {@link PENDING}. */
  readonly flags: number;
}

/** Written by the kernel before a remap's first use; restored as active, as the kernel does. */
export const PENDING = 1;
export const ACTIVE = 2;

/** Ours: a kernel that was given one spare of a pool has made the entry doubtful. Its sector can't be read until it is written (R16). */
export const DISPUTED = 0x80;

/** An entry with its slot: its place in list order. */
export interface SlotEntry {
  readonly slot: number;
  readonly entry: RemapEntry;
}
