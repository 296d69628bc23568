import assert from 'node:assert/strict';
import { type DiskSectors, KnownBytes } from '../../src/structure';

/**
 * A disk with these bytes from a sector on, and zeros before. What is at an unreadable sector is noise: a result that depends
 * on it shows.
 */
export function structureDisk(bytes: Uint8Array, firstSector = 0, bad: readonly number[] = []): DiskSectors {
  const sectorCount = firstSector + Math.floor(bytes.length / 512);
  return {
    sectorCount,
    read: async (first, count) => {
      assert.ok(first >= 0 && count >= 0 && first + count <= sectorCount, `reads ${count} from ${first}`);
      const result = new Uint8Array(count * 512);
      const skipped = (first - firstSector) * 512;
      result.set(
        bytes.subarray(Math.max(0, skipped), Math.max(0, skipped + result.length)),
        Math.max(0, -skipped),
      );
      const lost = bad.filter((sector) => sector >= first && sector < first + count);
      for (const sector of lost) result.fill(0xa7, (sector - first) * 512, (sector - first + 1) * 512);
      return new KnownBytes(
        result,
        lost.map((sector) => [(sector - first) * 512, (sector - first + 1) * 512]),
      );
    },
  };
}
