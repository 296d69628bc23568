import { randomInteger, seededRandom } from '../../src/engine/block/random';
import { ACTIVE } from '../../src/engine/metadata/entry';
import { RemapTable } from '../../src/engine/remap/remapTable';
import { amount } from './effort';
import { median } from './rounds';
import { atMost, judge, type Row } from './row';

const ENTRIES = amount(1_000_000, 10_000);
const SECTORS = 2 ** 31;
const LOOKUPS = amount(200_000, 2000);
const ROUNDS = amount(9, 1);

/** What one entry among a million costs: the time to find it and the memory to keep it. */
export function measureEntries(): Row[] {
  const before = memoryInUse();
  const table = fullTable();
  const bytesPerEntry = (memoryInUse() - before) / ENTRIES;
  const sectors = sectorsToLookUp(ENTRIES, LOOKUPS);
  const times = Array.from({ length: ROUNDS }, () => lookupNs(table, sectors));
  return [
    judge('lookup, one sector, a million entries', median(times), 'ns', atMost(300)),
    judge('memory of an entry, a million entries', bytesPerEntry, 'bytes', atMost(64)),
  ];
}

/** A table of a million entries, spread over 1 TiB. */
export function fullTable(entries = ENTRIES): RemapTable {
  const table = new RemapTable();
  const step = Math.floor(SECTORS / entries);
  const rest = { member: 0, timeNs: 1n, errorCount: 1, flags: ACTIVE, accessCount: 0, reason: 0 };
  for (let i = 0; i < entries; i++) table.stage({ original: i * step, spare: 1280 + i, ...rest });
  table.publishAll();
  return table;
}

/** Half of the sectors are remapped, in random order: a sector that isn't is found out much sooner. */
export function sectorsToLookUp(entries: number, count: number): Float64Array {
  const random = seededRandom(entries);
  const step = Math.floor(SECTORS / entries);
  return Float64Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? randomInteger(random, entries) * step : randomInteger(random, SECTORS),
  );
}

function lookupNs(table: RemapTable, sectors: Float64Array): number {
  let found = 0;
  const startedAt = performance.now();
  for (let i = 0; i < sectors.length; i++) if (table.slotOf(sectors[i]!) !== -1) found++;
  const elapsedMs = performance.now() - startedAt;
  if (found < sectors.length / 2) throw new Error(`only ${found} of ${sectors.length} sectors were found`);
  return (elapsedMs * 1e6) / sectors.length;
}

function memoryInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
