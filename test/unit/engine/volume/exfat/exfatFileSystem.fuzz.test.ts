import { openExfat } from '../../../../../src/engine/volume/exfat/exfatFileSystem';
import { fuzzRuns } from '../../../../support/fuzzRuns';
import { ExfatImage, sumSets } from '../../../../support/volume/exfatImage';
import { MemoryBound } from '../../../../support/volume/memory';
import { askEverything, mutant } from '../../../../support/volume/mutants';
import { printedRandom } from '../../../../support/volume/random';

/** A volume with nested folders, and the places at which a change matters. */
function sample(perClusterLog: number): { image: ExfatImage; places: number[]; folders: number[] } {
  const image = new ExfatImage({ clusters: 120, perClusterLog });
  image.file(image.root, 'a long name of a file.bin', { size: 1500, clusters: [10, 11, 20, 15] });
  const outer = image.folder(image.root, 'outer', [30, 5, 6]);
  const inner = image.folder(outer, 'inner', [31], true);
  for (let file = 0; file < 6; file++)
    image.file(outer, `f${file}`, { size: 900, clusters: [40 + file, 60 - file] });
  image.file(inner, 'deep', { size: 2000, written: 600, clusters: [70, 71, 72, 73], contiguous: true });
  const places: number[] = [];
  const take = (from: number, count: number) => {
    for (let at = from; at < from + count; at++) places.push(at);
  };
  take(0x40, 48);
  take(image.tableAt, 300);
  take(image.sectorOf(2) * 512, 16);
  for (const folder of [image.root, outer, inner])
    for (let slot = 0; slot <= folder.next; slot++) take(image.slotAt(folder, slot), 32);
  const folders = [4, 30, 5, 6, 31].map((cluster) => image.sectorOf(cluster) * 512);
  return { image, places, folders };
}

describe('exFAT volumes with any changes', () => {
  for (const perClusterLog of [0, 2]) {
    it(`are answered or refused: clusters of ${2 ** perClusterLog} sectors`, async () => {
      const { image, places, folders } = sample(perClusterLog);
      const random = printedRandom();
      const memory = new MemoryBound();
      for (let run = fuzzRuns(2500); run > 0; run--) {
        const changed = mutant(image.bytes, places, random);
        // Most changes would stop at a checksum.
        if (random() < 0.8) {
          sumSets(changed, folders, image.clusterBytes);
          ExfatImage.sumBoot(changed, 0, 512);
        }
        await askEverything(openExfat, changed, { most: 20_000, memory });
      }
    });
  }
});
