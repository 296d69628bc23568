import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ACTIVE } from '../../../../src/engine/metadata/entry';
import type { PoolEntry } from '../../../../src/engine/remap/poolEntry';
import { RemapTable } from '../../../../src/engine/remap/remapTable';

function entry(original: number, spare: number): PoolEntry {
  return { original, spare, member: 0, timeNs: 5n, errorCount: 1, flags: ACTIVE, accessCount: 0, reason: 0 };
}

describe('RemapTable', () => {
  it('R6: a staged entry does not serve before it is published', () => {
    const table = new RemapTable();
    const slot = table.stage(entry(1000, 1300));
    assert.equal(table.slotOf(1000), -1);
    assert.equal(table.size, 0);
    table.publish(slot);
    assert.equal(table.slotOf(1000), slot);
    assert.deepEqual(table.entryAt(slot), entry(1000, 1300));
  });

  it('lets the last of several entries for one sector win, as the kernel does', () => {
    const table = new RemapTable();
    for (const [original, spare] of [
      [1000, 5000],
      [7, 5002],
      [1000, 5001],
    ] as const) {
      table.stage(entry(original, spare));
    }
    table.publishAll();
    assert.equal(table.size, 2);
    assert.equal(table.slotCount, 3);
    assert.equal(table.spareOf(table.slotOf(1000)), 5001);
  });

  it('publishes any list at once as it would one by one', () => {
    const originals = fc.array(fc.oneof(fc.nat(200), fc.nat(2 ** 35)), { maxLength: 2000, size: 'max' });
    fc.assert(
      fc.property(originals, (list) => {
        const atOnce = new RemapTable();
        const model = new Map<number, number>();
        for (const [i, original] of list.entries()) {
          atOnce.stage(entry(original, 1280 + i));
          model.set(original, 1280 + i);
        }
        atOnce.publishAll();
        assert.equal(atOnce.size, model.size);
        for (const [original, spare] of model) assert.equal(atOnce.spareOf(atOnce.slotOf(original)), spare);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the fields that only foreign images carry', () => {
    const table = new RemapTable();
    const rare = { ...entry(9, 1400), accessCount: 12, reason: 3, flags: 1, errorCount: 4_000_000_000 };
    const slot = table.stage(rare);
    assert.deepEqual(table.entryAt(slot), rare);
    table.replace(slot, entry(9, 1500));
    assert.deepEqual(table.entryAt(slot), entry(9, 1500));
  });

  it('has another revision after each change of the entries that serve', () => {
    const table = new RemapTable();
    const seen = [table.revision];
    const slot = table.stage(entry(5, 1300));
    assert.equal(table.revision, seen[0]);
    for (const change of [
      () => table.publish(slot),
      () => table.replace(slot, entry(5, 1301)),
      () => table.rebuild([entry(6, 1302)]),
      () => table.markStray(0),
    ]) {
      change();
      assert.ok(!seen.includes(table.revision));
      seen.push(table.revision);
    }
  });
});
