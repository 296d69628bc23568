import { openFat } from '../../../../../src/engine/volume/fat/fatFileSystem';
import { fuzzRuns } from '../../../../support/fuzzRuns';
import { type FatGeometry, FatImage } from '../../../../support/volume/fatImage';
import { MemoryBound } from '../../../../support/volume/memory';
import { askEverything, mutant } from '../../../../support/volume/mutants';
import { printedRandom } from '../../../../support/volume/random';

const GEOMETRIES: FatGeometry[] = [
  { bits: 12, clusters: 120 },
  { bits: 16, clusters: 4085, tables: 1 },
  { bits: 32, clusters: 120, perCluster: 2 },
];

/** A volume with nested folders, and the places at which a change matters. */
function sample(geometry: FatGeometry): { image: FatImage; places: number[] } {
  const image = new FatImage(geometry);
  image.file(image.root, 'a long name of a file.bin', [10, 11, 20, 15]);
  const outer = image.folder(image.root, 'OUTER', [30, 5]);
  const inner = image.folder(outer, 'inner folder', [31]);
  for (let file = 0; file < 8; file++) image.file(outer, `F${file}`, [40 + file, 60 - file]);
  image.file(inner, 'DEEP', [70]);
  const places: number[] = [];
  const take = (from: number, count: number) => {
    for (let at = from; at < from + count; at++) places.push(at);
  };
  take(0, 64);
  for (const at of image.tableAt) take(at, 300);
  for (const folder of [image.root, outer, inner])
    for (let slot = 0; slot <= folder.next; slot++) take(image.slotAt(folder, slot), 32);
  return { image, places };
}

describe('FAT volumes with any changes', () => {
  for (const geometry of GEOMETRIES) {
    it(`are answered or refused: FAT${geometry.bits}`, async () => {
      const { image, places } = sample(geometry);
      const random = printedRandom();
      const memory = new MemoryBound();
      for (let run = fuzzRuns(2000); run > 0; run--)
        await askEverything(openFat, mutant(image.bytes, places, random), { most: 20_000, memory });
    });
  }
});
