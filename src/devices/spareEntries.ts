import {
  type BlockDevice,
  MetadataStore,
  openImage,
  RemapError,
  type SectorRange,
  systemClock,
} from '../engine';

/** The remap entries of a spare by itself: `spares[i]` replaces sector `originals[i]` of the device. */
export interface SpareEntries {
  readonly spares: readonly number[];
  readonly originals: readonly number[];
  /** The sectors of the large table, in any order. */
  readonly table: readonly SectorRange[];
}

const NONE: SpareEntries = { spares: [], originals: [], table: [] };

/**
 * The entries of the copy that counts and of the large table; none if no copy is valid. Nothing is written (R15).
 * @param mainSectorCount the size of main, as an inspection of the spare found it
 */
export async function readSpareEntries(
  image: BlockDevice,
  mainSectorCount: number | undefined,
): Promise<SpareEntries> {
  if (mainSectorCount === undefined) return NONE;
  const spares: number[] = [];
  const originals: number[] = [];
  try {
    const store = await MetadataStore.open(image, { mainSectorCount, clock: systemClock, readOnly: true });
    await store.load((slot, entry) => {
      spares[slot] = entry.spare;
      originals[slot] = entry.original;
    });
    return { spares, originals, table: store.tableRanges };
  } catch (error) {
    if (error instanceof RemapError) return { spares, originals, table: [] };
    throw error;
  }
}

/** As {@link readSpareEntries}, of an image that is opened for it: read-only, and without a lock. */
export async function readImageEntries(
  path: string,
  mainSectorCount: number | undefined,
): Promise<SpareEntries> {
  const image = await openImage(path, { readOnly: true, lock: false });
  try {
    return await readSpareEntries(image, mainSectorCount);
  } finally {
    await image.close();
  }
}
