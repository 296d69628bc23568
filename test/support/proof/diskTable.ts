import type { BlockDevice } from '../../../src/engine/block/blockDevice';
import { MetadataStore } from '../../../src/engine/metadata/metadataStore';
import type { RemapTable } from '../../../src/engine/remap/remapTable';
import { ManualClock } from '../remap/targetRig';

/** Original sector -> spare sector. */
export type Mapping = ReadonlyMap<number, number>;

/** The remap table as the spare holds it: what a machine that starts now would use. Writes nothing. */
export async function mappingOnDisk(spare: BlockDevice, mainSectorCount: number): Promise<Mapping> {
  const store = await MetadataStore.open(spare, {
    mainSectorCount,
    clock: new ManualClock(),
    readOnly: true,
  });
  const bySlot: [number, number][] = [];
  await store.load((slot, entry) => {
    bySlot[slot] = [entry.original, entry.spare];
  });
  return new Map(bySlot);
}

/** The remap table as a target uses it. */
export function mappingOf(table: RemapTable): Mapping {
  const mapping = new Map<number, number>();
  table.index.visit(0, Number.POSITIVE_INFINITY, (original, slot) =>
    mapping.set(original, table.spareOf(slot)),
  );
  return mapping;
}
