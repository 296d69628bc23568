import type { RemapTable } from './remapTable';
import { FIRST_DATA_SECTOR } from './spareAllocator';
import type { SparePool } from './sparePool';

/**
 * Tells the allocator of each spare which sectors the entries have, superseded and staged ones included, so that it hands
 * out all others and no sector twice. Entries that lead outside the data of their spare take none.
 */
export function useEntries(table: RemapTable, pool: SparePool): void {
  let [member, first, count] = [0, 0, 0];
  for (let slot = 0; slot < table.slotCount; slot++) {
    const [at, holder] = [table.spareOf(slot), table.memberOf(slot)];
    if (count > 0 && at === first + count && holder === member) {
      count++;
      continue;
    }
    useRun(pool, member, first, count);
    [member, first, count] = [holder, at, 1];
  }
  useRun(pool, member, first, count);
}

function useRun(pool: SparePool, index: number, first: number, count: number): void {
  const member = pool.members[index];
  if (!member?.device) return;
  const start = Math.max(first, FIRST_DATA_SECTOR);
  const end = Math.min(first + count, member.device.sectorCount);
  if (end > start) member.allocator.use(start, end - start);
}
