import { addClaim, byFile, type Claim, claimOf, DoubtList, fileLabelOf, partLabelOf } from './claim';
import type { FileSystem, WalkOptions } from './volumeContracts';

/** The claims on some sectors, and what a walk could not know. */
export interface WalkedClaims {
  claimsOn(sector: number): Claim[];
  readonly doubts: DoubtList;
}

/**
 * The claims on some sectors by one walk of all files. Takes memory for the sectors asked for only.
 * @param sectors ascending, from the start of the volume
 */
export async function walkClaims(
  fileSystem: FileSystem,
  sectors: readonly number[],
  options: WalkOptions = {},
): Promise<WalkedClaims> {
  const doubts = new DoubtList();
  const claims = new Map<number, Claim[]>();
  for await (const record of fileSystem.files({ ...options, onDoubt: (doubt) => doubts.add(doubt) })) {
    for (const doubt of record.doubts) doubts.add(doubt);
    for (const part of record.parts) {
      const end = part.sector + part.sectorCount;
      for (let at = firstFrom(sectors, part.sector); at < sectors.length && sectors[at]! < end; at++) {
        const sector = sectors[at]!;
        const found = claims.get(sector) ?? [];
        const fileSector = part.fileSector + sector - part.sector;
        addClaim(found, claimOf(fileLabelOf(record), partLabelOf(part), fileSector));
        claims.set(sector, found);
      }
    }
  }
  return { doubts, claimsOn: (sector) => (claims.get(sector) ?? []).sort(byFile) };
}

/** The place of the first of ascending numbers that is not below a value. */
function firstFrom(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
