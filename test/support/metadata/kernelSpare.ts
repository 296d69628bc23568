import { MemoryDevice } from '../block/memoryDevice';
import { encodePlain } from './independentEncoder';
import { FIXTURE_TIME, MAIN_SECTORS, SPARE_SECTORS } from './spares';

/** A spare as a kernel writes it: no extras, `next_spare_sector` 0, and arbitrary bytes after each structure. */
export function kernelSpare(structure: Uint8Array, spareSectors = SPARE_SECTORS): MemoryDevice {
  const spare = new MemoryDevice(spareSectors);
  for (let copy = 0; copy < 5; copy++) {
    const block = new Uint8Array(256 * 512).fill(0xa5);
    block.set(structure.subarray(0, 84288));
    spare.poke(copy * 256, block);
  }
  return spare;
}

export function kernelStructure(remaps: { original: number; spare: number }[], sequence = 2): Buffer {
  return encodePlain({
    sequence,
    timestamp: FIXTURE_TIME / 1000,
    mainSectors: MAIN_SECTORS,
    spareSectors: SPARE_SECTORS,
    remaps: remaps.map((remap) => ({ ...remap, timeNs: 1n, errorCount: 1, flags: 1 })),
  });
}
