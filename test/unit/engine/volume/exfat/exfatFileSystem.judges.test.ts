import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, randomInteger } from '../../../../../src/engine/block/random';
import { openExfat } from '../../../../../src/engine/volume/exfat/exfatFileSystem';
import { judgedImages } from '../../../../support/fuzzRuns';
import { needJudge } from '../../../../support/judges';
import { tempFolder } from '../../../../support/tempFolder';
import { type ExfatFolder, ExfatImage } from '../../../../support/volume/exfatImage';
import { addressesOf, allocatedUnits, run, sectorsOfFile } from '../../../../support/volume/fatPrograms';
import { look, opened } from '../../../../support/volume/look';
import { printedRandom } from '../../../../support/volume/random';
import { BytesSource } from '../../../../support/volume/volumeFixture';

/** Bytes in a cluster, MiB. */
const GEOMETRIES = [
  ['512', 3],
  ['4K', 8],
  ['32K', 30],
] as const;

interface Made {
  readonly path: string;
  readonly image: ExfatImage;
  /** The clusters of each file, by path. */
  readonly files: ReadonlyMap<string, readonly number[]>;
  readonly sizes: ReadonlyMap<string, number>;
}

/** Has mkfs.exfat make a volume, and fills it: half of the files follow a chain. */
function make(path: string, random: Random, clusterSize: string, size: number): Made {
  writeFileSync(path, '');
  truncateSync(path, size * 2 ** 20);
  run('mkfs.exfat', ['-c', clusterSize, path]);
  const image = ExfatImage.on(readFileSync(path));
  let next = image.root.clusters[0]! + 1;
  const take = (count: number, contiguous: boolean) =>
    Array.from(
      { length: count },
      (_, at) => (next += at === 0 || !contiguous ? 1 + randomInteger(random, 3) : 1),
    );
  const rootClusters = Math.ceil(8192 / image.clusterBytes) - 1;
  const root: ExfatFolder = { clusters: [...image.root.clusters, ...take(rootClusters, false)], next: 3 };
  image.chain(root.clusters);
  const folders: [string, ExfatFolder][] = [['', root]];
  for (const name of ['folder', 'grün — naïve', 'the inner one']) {
    const [parentPath, parent] = folders[randomInteger(random, folders.length)]!;
    const contiguous = random() < 0.5;
    const clusters = take(Math.ceil(8192 / image.clusterBytes), contiguous);
    folders.push([`${parentPath}/${name}`, image.folder(parent, name, clusters, contiguous)]);
  }
  const files = new Map<string, number[]>();
  const sizes = new Map<string, number>();
  for (let number = 0; number < 50; number++) {
    const [parentPath, folder] = folders[randomInteger(random, folders.length)]!;
    const name = number % 3 ? `file ${number}.bin` : `a long name of a file ${number} — ünïcode`;
    const contiguous = random() < 0.5;
    const size = random() < 0.1 ? 0 : Math.ceil(2 ** (random() * 14));
    const clusters = take(Math.ceil(size / image.clusterBytes), contiguous);
    image.file(folder, name, { size, clusters, contiguous });
    files.set(`${parentPath}/${name}`, clusters);
    sizes.set(`${parentPath}/${name}`, size);
  }
  writeFileSync(path, image.bytes);
  return { path, image, files, sizes };
}

describe('exFAT, as exfatprogs and The Sleuth Kit see it', () => {
  const folder = tempFolder();

  before(function () {
    for (const program of ['mkfs.exfat', 'fls'] as const) needJudge(this, program);
  });

  for (const [clusterSize, size] of GEOMETRIES) {
    it(`is the same on random images with clusters of ${clusterSize}`, async () => {
      const random = printedRandom();
      for (let number = judgedImages(7); number > 0; number--) {
        mkdirSync(join(folder.path(), `${number}`));
        const made = make(join(folder.path(), `${number}`, 'exfat.img'), random, clusterSize, size);
        assert.match(run('fsck.exfat', ['-n', made.path]), /clean/);
        await agreeWithWriter(made);
        await agreeWithSleuthkit(made);
        await agreeWithDump(made);
      }
    });
  }
});

/** The first sector of each cluster of a file, as a look at the volume tells it. */
function firstSectors(parts: string, unit: number): number[] {
  const sectors: number[] = [];
  for (const [, from, sector, count] of parts.matchAll(/data (\d+):(\d+)\+(\d+)/g))
    for (let at = 0; at < Number(count); at++)
      if ((Number(from) + at) % unit === 0) sectors.push(Number(sector) + at);
  return sectors;
}

async function agreeWithWriter({ image, files }: Made): Promise<void> {
  const seen = await look(await opened(openExfat, image.bytes));
  assert.deepEqual(seen.doubts, []);
  for (const [path, clusters] of files)
    assert.deepEqual(
      firstSectors(seen.files[path]!, image.clusterBytes / 512),
      clusters.map((cluster) => image.sectorOf(cluster)),
      path,
    );
}

async function agreeWithSleuthkit({ path: file, image, files, sizes }: Made): Promise<void> {
  const fileSystem = (await openExfat(new BytesSource(image.bytes).reader()))!;
  const addresses = addressesOf(file);
  const paths = [...addresses.keys()].filter((path) => !path.startsWith('/$'));
  assert.deepEqual(paths.sort(), [...files.keys()].sort());
  const seen = await look(fileSystem);
  for (const path of paths.slice(0, 8)) {
    const needed = Math.ceil(sizes.get(path)! / 512);
    const own = firstSectors(seen.files[path]!, 1).slice(0, needed);
    assert.deepEqual(own, sectorsOfFile(file, addresses.get(path)!).slice(0, needed), path);
  }
  const allocated = allocatedUnits(file);
  for await (const { range, usage } of fileSystem.usage())
    for (let sector = range[0]; sector < range[0] + range[1]; sector++) {
      if ((await fileSystem.structureAt(sector))?.what === 'beyond-last-cluster') continue;
      assert.equal(usage, allocated[sector] ? 'used' : 'free', `sector ${sector}`);
    }
}

async function agreeWithDump({ path, image }: Made): Promise<void> {
  const fileSystem = (await openExfat(new BytesSource(image.bytes).reader()))!;
  const said = run('dump.exfat', [path]);
  const number = (name: string) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(said)![1]);
  const { total, used } = await fileSystem.space();
  assert.equal(total, number('Total Clusters') * image.clusterBytes);
  assert.equal(total - used!, number('Free Clusters') * image.clusterBytes);
  assert.equal((await fileSystem.structureAt(number('FAT Offset\\(sector offset\\)')))?.what, 'fat1');
}
