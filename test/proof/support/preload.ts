import { MemoryDevice } from '../../../src/engine/block/memory';
import { ACTIVE, type RemapEntry } from '../../../src/engine/metadata/entry';
import { formatMetadata } from '../../../src/engine/metadata/format';
import { MetadataStore } from '../../../src/engine/metadata/metadataStore';
import { FIRST_DATA_SECTOR } from '../../../src/engine/remap/spareAllocator';
import { ManualClock } from '../../support/targetRig';

export interface Preload {
  readonly mainSectors: number;
  readonly spareSectors: number;
  /** Entry i remaps sector `firstOriginal + i`, whose data are zeros. */
  readonly firstOriginal: number;
  readonly entryCount: number;
  /** How often the entries are committed again: each time fills the large table with as many superseded records. */
  readonly rewrites?: number;
}

/** A spare with a past: formatted, with many remaps. */
export async function preloadedSpare(preload: Preload): Promise<MemoryDevice> {
  const { mainSectors: mainSectorCount, spareSectors, entryCount, rewrites = 0 } = preload;
  const clock = new ManualClock();
  const spare = new MemoryDevice(spareSectors);
  await formatMetadata(spare, { mainSectorCount, clock });
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
  const changed = Array.from({ length: entryCount }, (_, position) => ({
    position,
    entry: entryAt(position),
  }));
  for (let i = 0; i <= rewrites; i++) {
    await store.commit({ changed, entryCount, entryAt, nextSpare: FIRST_DATA_SECTOR + entryCount });
  }
  await store.settle();
  return spare;
}
