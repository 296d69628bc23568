import type { BlockDevice } from '../block/blockDevice';
import type { MetadataStore } from '../metadata/metadataStore';
import type { RemapTable } from './remapTable';

/** The disks that entries lead to, and what is known of each spare's own table; null for a spare that is missing. */
interface Places {
  readonly main: Pick<BlockDevice, 'sectorCount'>;
  readonly spares: readonly (Pick<BlockDevice, 'sectorCount'> | null)[];
  readonly stores: readonly (MetadataStore | null)[];
}

/**
 * Marks the stray entries of a table that was loaded: those of a sector that the device doesn't have, and those that lead
 * outside the data sectors of their spare, beyond its end or to records of the large table. A kernel checks none of
 * that. Disputed ones are marked too. Each fails alone: its sector can't be read until it is written, and all others are served.
 * @throws BlockError when a spare fails as a whole
 */
export async function markStrays(table: RemapTable, { main, spares, stores }: Places): Promise<void> {
  const { sectorCount } = main;
  const ends = spares.map((spare) => spare?.sectorCount ?? Number.POSITIVE_INFINITY);
  const limits = stores.map((store) => store?.freeLimit ?? Number.POSITIVE_INFINITY);
  const inTable: number[] = [];
  table.index.visit(0, Number.POSITIVE_INFINITY, (original, slot) => {
    const member = table.memberOf(slot);
    const spare = table.spareOf(slot);
    const isOutside = original >= sectorCount || spare >= (ends[member] ?? 0);
    if (isOutside || table.isDisputed(slot)) table.markStray(slot);
    else if (spare >= (limits[member] ?? Number.POSITIVE_INFINITY)) inTable.push(slot);
  });
  for (const slot of inTable) {
    if (await stores[table.memberOf(slot)]!.isRecord(table.spareOf(slot))) table.markStray(slot);
  }
}
