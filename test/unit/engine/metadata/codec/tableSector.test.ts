import assert from 'node:assert/strict';
import { viewOf } from '../../../../../src/engine/metadata/codec/fieldLayout';
import {
  isTableSector,
  putRecord,
  RECORDS_PER_SECTOR,
  readRecords,
  recordedSector,
  sealTableSector,
  startTableSector,
} from '../../../../../src/engine/metadata/codec/tableSector';
import type { RemapEntry } from '../../../../../src/engine/metadata/entry';
import { entry } from '../../../../support/metadata/spares';

const identity = { generation: 3, index: 12 };

function sectorOf(records: readonly (readonly [slot: number, entry: RemapEntry])[]): Uint8Array {
  const sector = new Uint8Array(512).fill(0xee);
  startTableSector(sector, identity);
  for (const [i, [slot, value]] of records.entries()) putRecord(viewOf(sector), i, slot, value);
  sealTableSector(sector, records.length, 9n);
  return sector;
}

function recordsOf(sector: Uint8Array, count: number): [number, RemapEntry][] {
  const found: [number, RemapEntry][] = [];
  readRecords(sector, count, (slot, value) => found.push([slot, value]));
  return found;
}

describe('sector of the large table', () => {
  it('holds sixteen records, in the order in which they were written', () => {
    const records = Array.from(
      { length: RECORDS_PER_SECTOR },
      (_, i) =>
        [2 ** 32 - 1 - i, entry(2 ** 47 + i, 2 ** 46 + i, { member: i, flags: 2, reason: i })] as const,
    );
    const sector = sectorOf(records);
    assert.ok(isTableSector(sector, identity, 16));
    assert.deepEqual(recordsOf(sector, 16), records);
    assert.deepEqual(recordsOf(sector, 3), records.slice(0, 3));
  });

  it('is valid only as the sector of this table and place, with enough records', () => {
    const sector = sectorOf([[5, entry(1, 1280)]]);
    assert.ok(isTableSector(sector, identity, 1));
    assert.ok(isTableSector(sector, identity, 0));
    assert.ok(!isTableSector(sector, identity, 2));
    assert.ok(!isTableSector(sector, { ...identity, generation: 2 }, 1));
    assert.ok(!isTableSector(sector, { ...identity, index: 11 }, 1));
    assert.ok(!isTableSector(new Uint8Array(512), identity, 0));
  });

  it('is not valid when any byte of it has changed', () => {
    const sector = sectorOf([[5, entry(1, 1280)]]);
    for (let at = 0; at < 512; at++) {
      const changed = sector.slice();
      changed[at]! ^= 0x40;
      assert.ok(!isTableSector(changed, identity, 1), `byte ${at}`);
    }
  });

  it('holds sectors of 48 bits and error counts of 16: larger ones become the largest', () => {
    const [[, found]] = recordsOf(sectorOf([[0, entry(2 ** 50, 2 ** 48, { errorCount: 70_000 })]]), 1) as [
      [number, RemapEntry],
    ];
    const largest = 2 ** 48 - 1;
    assert.deepEqual([found.original, found.spare, found.errorCount], [largest, largest, 65_535]);
    assert.deepEqual([recordedSector(7), recordedSector(2 ** 53)], [7, largest]);
  });
});
