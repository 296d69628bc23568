import { ACTIVE, type RemapEntry } from '../../../src/engine/metadata/entry';
import { MetadataStore } from '../../../src/engine/metadata/metadataStore';
import { FIRST_DATA_SECTOR } from '../../../src/engine/remap/spareAllocator';
import type { MemoryDevice } from '../block/memoryDevice';
import { ManualClock } from '../remap/targetRig';
import { formattedSpare } from './stackRig';

export interface Preload {
  readonly mainSectors: number;
  readonly spareSectors: number;
  /** Entry i remaps sector `firstOriginal + i`, whose data are zeros. */
  readonly firstOriginal: number;
  readonly entryCount: number;
  /** How many entries are committed again, which leaves as many superseded records in the large table. */
  readonly supersededRecords?: number;
}

/** A spare with many remaps, and superseded records in its large table. */
export async function preloadedSpare(preload: Preload): Promise<MemoryDevice> {
  const { mainSectors: mainSectorCount, spareSectors, entryCount, supersededRecords = 0 } = preload;
  const clock = new ManualClock();
  const spare = await formattedSpare(spareSectors, mainSectorCount);
  const store = await MetadataStore.open(spare, { mainSectorCount, clock });
  const entryAt = (i: number): RemapEntry => ({
    original: preload.firstOriginal + i,
    spare: FIRST_DATA_SECTOR + i,
    timeNs: BigInt(clock.now()) * 1_000_000n,
    errorCount: 1,
    accessCount: 0,
    reason: 0,
    flags: ACTIVE,
  });
  const changed = Array.from({ length: entryCount }, (_, slot) => ({
    slot,
    entry: entryAt(slot),
  }));
  for (let left = entryCount + supersededRecords; left > 0; left -= entryCount) {
    const some = changed.slice(0, left);
    await store.commit({ changed: some, entryCount, entryAt, nextSpare: FIRST_DATA_SECTOR + entryCount });
  }
  await store.settle();
  return spare;
}
