import assert from 'node:assert/strict';
import type { RemapEntry } from '../../../src/engine/metadata/entry';
import type { MetadataStore, OpenOptions } from '../../../src/engine/metadata/metadataStore';
import type { Extent } from '../../../src/engine/metadata/tableExtents';
import type { MemoryDevice } from '../block/memoryDevice';
import { isSameList } from './crashRig';
import { commitList, entries, formatted, loadAll, openStore } from './spares';

export async function spareWith(
  count: number,
  options: Partial<OpenOptions> = {},
): Promise<{ spare: MemoryDevice; list: RemapEntry[]; store: MetadataStore }> {
  const spare = await formatted();
  const list = entries(count);
  const store = await openStore(spare, options);
  await commitList(store, list);
  await store.settle();
  return { spare, list, store };
}

export function firstExtent(store: MetadataStore): Extent {
  return store.extras.table.extents[0]!;
}

export async function assertList(spare: MemoryDevice, expected: readonly RemapEntry[]): Promise<void> {
  const found = await loadAll(await openStore(spare));
  assert.ok(
    isSameList(expected, found),
    `${found.length} entries, ${expected.length} expected, or other ones`,
  );
}
