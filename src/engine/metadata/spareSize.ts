import type { BlockDevice } from '../block/blockDevice';
import { RemapError } from '../errors';
import { MAGIC, STRUCTURE_SECTORS, v4Header } from './codec/v4';
import { type CopyCollection, readCopies } from './copyReader';

/**
 * The size that the metadata give their spare, in sectors: the copy that counts does, or where none is intact, one with
 * the mark of a copy that the spare's end cuts off. Null where nothing says: the field of a damaged copy may be noise.
 */
export function namedSpareSectors({ copies, winner }: CopyCollection, sectorCount: number): number | null {
  const copy =
    winner === null
      ? copies.find(
          ({ sector, bytes }) =>
            sector + STRUCTURE_SECTORS > sectorCount && v4Header.get(bytes, 'magic') === MAGIC,
        )
      : copies[winner];
  const named = copy ? Number(v4Header.get(copy.bytes, 'spare_device_sectors')) : 0;
  return named > 0 ? named : null;
}

/**
 * Refuses a spare that is shorter than its metadata say (R8): remaps lie on what it lost. Reads only.
 * @throws RemapError `EINVAL` with both sizes in its details, `expected` and `actual`, `problem: 'shortSpare'`, and whether a
 * copy is intact, so that it can be opened read-only: `isLegible`
 */
export async function refuseShortSpare(spare: BlockDevice, nowMs: number): Promise<void> {
  refuseShort(await readCopies(spare, nowMs), spare.sectorCount);
}

/** As {@link refuseShortSpare}, of copies that were read. */
export function refuseShort(collection: CopyCollection, sectorCount: number): void {
  const named = namedSpareSectors(collection, sectorCount);
  if (named === null || named <= sectorCount) return;
  const isLegible = collection.winner !== null;
  throw new RemapError(
    'EINVAL',
    `the metadata belong to a spare of ${named} sectors, and this one has ${sectorCount}: it was cut short, so bring back the whole image${isLegible ? ', or open the device read-only' : ''}`,
    { expected: named, actual: sectorCount, problem: 'shortSpare', isLegible },
  );
}
