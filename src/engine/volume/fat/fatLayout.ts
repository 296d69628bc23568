import type { Structure } from '../volumeContracts';
import type { FatBoot } from './fatBoot';

/** The structures of a FAT volume: all that lies outside of its files, ascending. */
export function fatStructures(boot: FatBoot, heapEnd: number): Structure[] {
  const { sectorUnits: units, infoSector, backupSector, tableStart, tableSectors } = boot;
  const named = new Map<number, string>([[0, 'boot-sector']]);
  if (infoSector !== null) named.set(infoSector, 'fsinfo');
  if (backupSector !== null) {
    named.set(backupSector, 'backup-boot-sector');
    if (infoSector !== null && (backupSector + infoSector) * units < tableStart)
      named.set(backupSector + infoSector, 'backup-fsinfo');
  }
  const structures: Structure[] = [];
  let end = 0;
  const add = (what: string, first: number, count: number) => {
    if (first > end) structures.push({ what: 'reserved', range: [end, first - end] });
    if (count > 0) structures.push({ what, range: [first, count] });
    end = first + count;
  };
  for (const [sector, what] of [...named].sort(([a], [b]) => a - b)) add(what, sector * units, units);
  for (let table = 0; table < boot.tableCount; table++)
    add(`fat${table + 1}`, tableStart + table * tableSectors, tableSectors);
  if (heapEnd < boot.sectorCount)
    structures.push({ what: 'beyond-last-cluster', range: [heapEnd, boot.sectorCount - heapEnd] });
  return structures;
}
