import { openImage } from '../../../src/engine/block/image';
import { encodePlain } from '../metadata/independentEncoder';
import { FIXTURE_TIME } from '../metadata/spares';

/** Writes five copies to a spare as a kernel would, with these remaps. */
export async function independentSpare(
  path: string,
  mainSectors: number,
  remaps: readonly { original: number; spare: number }[],
): Promise<void> {
  const image = await openImage(path, { lock: true });
  const structure = encodePlain({
    sequence: 2,
    timestamp: FIXTURE_TIME / 1000,
    mainSectors,
    spareSectors: image.sectorCount,
    remaps: remaps.map((remap) => ({ ...remap, timeNs: 1n, errorCount: 1, flags: 1 })),
  });
  const block = new Uint8Array(256 * 512);
  block.set(structure.subarray(0, 84288));
  for (let copy = 0; copy < 5; copy++) await image.write(copy * 256, block);
  await image.flush();
  await image.close();
}
