import assert from 'node:assert/strict';
import { reportMetadata } from '../../../../src/engine/device/metadataReport';
import { firstExtent, spareWith } from '../../../support/metadata/largeTableRig';
import { entries, fixedClock, formatted, openStore } from '../../../support/metadata/spares';

describe('report on metadata', () => {
  it('is of the copies alone without a large table', async () => {
    const report = await reportMetadata(await formatted(), fixedClock());
    assert.deepEqual([report.copies.length, 'table' in report], [5, false]);
  });

  it('tells which sectors of the large table are damaged, in either mirror, and mends none', async () => {
    const { spare, store } = await spareWith(4000);
    const { startA, startB } = firstExtent(store);
    assert.deepEqual((await reportMetadata(spare, fixedClock())).table, { records: 4000, damaged: [] });
    spare.poke(startA + 3, new Uint8Array(512));
    spare.poke(startB + 4, new Uint8Array(512));
    for (let i = 0; i < 2; i++) {
      const { table } = await reportMetadata(spare, fixedClock());
      assert.deepEqual(table, { records: 4000, damaged: [startA + 3, startB + 4] });
    }
  });

  it('tells that remaps are lost where a sector is damaged in both mirrors', async () => {
    const { spare, store } = await spareWith(4000);
    const { startA, startB } = firstExtent(store);
    for (const start of [startA, startB]) spare.poke(start + 5, new Uint8Array(512));
    const { table } = await reportMetadata(spare, fixedClock());
    assert.deepEqual(table!.damaged, [startA + 5, startB + 5]);
    assert.match(table!.reason!, /sector 5 of the large remap table is damaged in both mirrors/);
    assert.equal((await openStore(spare)).entryCount, entries(4000).length);
  });

  it('leaves a table out that can not be on the spare', async () => {
    const { spare } = await spareWith(4000);
    const cut = await formatted(1400);
    const area = new Uint8Array(1280 * 512);
    spare.peek(0, area);
    cut.poke(0, area);
    assert.equal((await reportMetadata(cut, fixedClock())).table, undefined);
  });
});
