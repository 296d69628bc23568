import { ACTIVE } from '../../src/engine/metadata/entry';
import { RemapTable } from '../../src/engine/remap/remapTable';
import { median } from './rounds';
import { atMost, judge, type Row } from './row';

const ENTRIES = 1_000_000;
const SECTORS = 2 ** 31;
const LOOKUPS = 200_000;
const ROUNDS = 9;

/** What one entry among a million costs: the time to find it and the memory to keep it. */
export function measureEntries(): Row[] {
  const before = memoryInUse();
  const table = fullTable();
  const bytesPerEntry = (memoryInUse() - before) / ENTRIES;
  const times = Array.from({ length: ROUNDS }, (_, round) => lookupNs(table, round + 1));
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

function lookupNs(table: RemapTable, seed: number): number {
  let sector = seed;
  let found = 0;
  const startedAt = performance.now();
  for (let i = 0; i < LOOKUPS; i++) {
    sector = (sector * 1_103_515_245 + 12_345) % SECTORS;
    if (table.slotOf(sector) !== -1) found++;
  }
  const elapsedMs = performance.now() - startedAt;
  if (found < 0) throw new Error('unreachable');
  return (elapsedMs * 1e6) / LOOKUPS;
}

function memoryInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
