import assert from 'node:assert/strict';
import { sealStructure, v4Header, writeEntry } from '../../../../src/engine/metadata/codec/v4';
import type { MemoryDevice } from '../../../support/block/memoryDevice';
import { isSameList } from '../../../support/metadata/crashRig';
import { assertList, spareWith } from '../../../support/metadata/largeTableRig';
import { commitList, copyBytes, loadAll, openStore } from '../../../support/metadata/spares';

/** Changes the five structures as a kernel does: all alike, with our extras carried along and the large table left alone. */
function rewriteAsKernel(spare: MemoryDevice, change: (structure: Uint8Array) => void): void {
  const structure = copyBytes(spare, 0, 165 * 512).slice();
  change(structure);
  sealStructure(structure);
  for (let copy = 0; copy < 5; copy++) spare.poke(copy * 256, structure);
}

describe('a kernel that has written in between (R10)', () => {
  it('overrides what the table says of the same sectors', async () => {
    const { spare, list } = await spareWith(3000);
    const remade = { ...list[2500]!, spare: 40_000 };
    rewriteAsKernel(spare, (structure) => writeEntry(structure, 100, remade));
    const store = await openStore(spare);
    const found = await loadAll(store);
    const expected = list.slice();
    expected[100] = remade;
    expected[2500] = remade;
    expected.push(list[100]!);
    assert.ok(isSameList(found, expected));
    assert.equal(store.nextSpare, 40_001);
    await commitList(store, found, found);
    await assertList(spare, expected);
  });

  it('loses nothing when its list has another order', async () => {
    const { spare, list } = await spareWith(3000);
    rewriteAsKernel(spare, (structure) => {
      for (let slot = 0; slot < 2048; slot++) writeEntry(structure, slot, list[2047 - slot]!);
    });
    const found = await loadAll(await openStore(spare));
    assert.equal(found.length, 3000);
    assert.ok(
      isSameList(
        [...found].sort((a, b) => a.original - b.original),
        list,
      ),
    );
  });

  it('is believed when it counts fewer', async () => {
    const { spare, list } = await spareWith(3000);
    rewriteAsKernel(spare, (structure) => v4Header.put(structure, 'active_remaps', 10));
    await assertList(spare, list.slice(0, 10));
  });
});
