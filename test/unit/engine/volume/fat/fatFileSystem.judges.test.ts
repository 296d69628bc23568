import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, randomInteger } from '../../../../../src/engine/block/random';
import { openFat } from '../../../../../src/engine/volume/fat/fatFileSystem';
import type { FileRecord, FileSystem } from '../../../../../src/engine/volume/volumeContracts';
import { VolumeReader } from '../../../../../src/engine/volume/volumeReader';
import { judgedImages } from '../../../../support/fuzzRuns';
import { needJudge } from '../../../../support/judges';
import { tempFolder } from '../../../../support/tempFolder';
import {
  addressesOf,
  allocatedUnits,
  clustersOf,
  FileSource,
  listedPaths,
  randomTree,
  run,
  sectorsOfFile,
} from '../../../../support/volume/fatPrograms';
import { printedRandom } from '../../../../support/volume/random';

/** Kind, bytes per sector, sectors per cluster, KiB. */
const GEOMETRIES = [
  [12, 512, 1, 1900],
  [12, 512, 4, 4000],
  [12, 2048, 1, 6000],
  [12, 4096, 1, 12_000],
  [16, 512, 1, 4000],
  [16, 2048, 1, 20_000],
  [16, 4096, 2, 60_000],
  [32, 512, 1, 34_000],
  [32, 2048, 1, 135_000],
  [32, 4096, 1, 265_000],
] as const;

interface Made {
  readonly image: string;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly sectorUnits: number;
}

/** Makes an image, fills it, removes a part and fills it again, so that files are in pieces. */
function make(
  folder: string,
  random: Random,
  [bits, sectorBytes, perCluster, size]: (typeof GEOMETRIES)[number],
): Made {
  const image = join(folder, 'fat.img');
  run('mkfs.fat', ['-C', image, '-F', bits, '-S', sectorBytes, '-s', perCluster, size]);
  const files = new Map<string, Buffer>();
  for (const prefix of ['one', 'two', 'three']) {
    const tree = join(folder, prefix);
    mkdirSync(tree);
    const added = randomTree(tree, random, prefix, 25);
    run('mcopy', ['-i', image, '-s', '-Q', tree, '::/']);
    for (const [path, bytes] of added) files.set(`/${prefix}${path}`, bytes);
    const gone = [...files.keys()].filter(() => prefix !== 'three' && random() < 0.4);
    if (gone.length > 0) run('mdel', ['-i', image, ...gone.map((path) => `::${path}`)]);
    for (const path of gone) files.delete(path);
  }
  return { image, files, sectorUnits: sectorBytes / 512 };
}

async function recordsOf(fileSystem: FileSystem): Promise<Map<string, FileRecord>> {
  const records = new Map<string, FileRecord>();
  for await (const record of fileSystem.files({ onDoubt: ({ reason }) => assert.fail(reason) })) {
    assert.deepEqual(record.doubts, []);
    for (const path of await fileSystem.pathsOf(record.id)) records.set(path, record);
  }
  return records;
}

const sectorsOf = ({ parts }: FileRecord) =>
  parts.flatMap(({ sector, sectorCount }) => Array.from({ length: sectorCount }, (_, at) => sector + at));

/** What mtools says: paths, clusters of each, free bytes. */
async function agreeWithMtools(
  { image }: Made,
  fileSystem: FileSystem,
  records: Map<string, FileRecord>,
): Promise<void> {
  const paths = [...records].map(([path, { kind }]) => (kind === 'dir' && path !== '/' ? `${path}/` : path));
  assert.deepEqual(paths.filter((path) => path !== '/').sort(), listedPaths(image).sort());
  const named = [...records.keys()].filter((path) => path !== '/');
  const clusters = clustersOf(image, named);
  const heap = Math.min(...named.flatMap((path) => sectorsOf(records.get(path)!)));
  const lowest = Math.min(...[...clusters.values()].flat());
  const unit = fileSystem.unitSectors;
  for (const path of named) {
    const expected = clusters
      .get(path)!
      .flatMap((cluster) => (cluster === 0 ? [] : [heap + (cluster - lowest) * unit]));
    const firsts = sectorsOf(records.get(path)!).filter((_, at) => at % unit === 0);
    assert.deepEqual(firsts, expected, path);
  }
  const free = Number(/([\d ]+) bytes free/.exec(run('mdir', ['-i', image, '::/']))![1]!.replaceAll(' ', ''));
  const { total, used } = await fileSystem.space();
  assert.equal(total - used!, free);
}

/** What The Sleuth Kit says: of each sector whether it is used, and the sectors of some files. */
async function agreeWithSleuthkit(
  { image, files, sectorUnits }: Made,
  fileSystem: FileSystem,
  records: Map<string, FileRecord>,
  random: Random,
): Promise<void> {
  const allocated = allocatedUnits(image);
  for await (const { range, usage } of fileSystem.usage()) {
    for (let sector = range[0]; sector < range[0] + range[1]; sector += sectorUnits) {
      // The Sleuth Kit calls what is left after the last cluster free.
      if ((await fileSystem.structureAt(sector))?.what === 'beyond-last-cluster') continue;
      assert.equal(usage, allocated[sector / sectorUnits] ? 'used' : 'free', `sector ${sector}`);
    }
  }
  const addresses = addressesOf(image);
  assert.deepEqual(
    [...addresses.keys()].filter((path) => !path.startsWith('/$')).sort(),
    [...files.keys()].sort(),
  );
  const paths = [...files.keys()];
  for (let count = 0; count < 5; count++) {
    const path = paths[randomInteger(random, paths.length)]!;
    const expected = sectorsOfFile(image, addresses.get(path)!);
    const own = sectorsOf(records.get(path)!).filter((_, at) => at % sectorUnits === 0);
    const needed = Math.ceil(files.get(path)!.length / (sectorUnits * 512));
    assert.deepEqual(
      own.map((sector) => sector / sectorUnits).slice(0, needed),
      expected.slice(0, needed),
      path,
    );
  }
}

/** Every sector of every file holds the bytes that were written there; so the owner and the offset of each are right. */
async function agreeWithBytes(
  { files }: Made,
  source: FileSource,
  records: Map<string, FileRecord>,
): Promise<void> {
  const seen = [...records].filter(([, { kind }]) => kind === 'file').map(([path]) => path);
  assert.deepEqual(seen.sort(), [...files.keys()].sort());
  for (const [path, bytes] of files) {
    const { size, parts } = records.get(path)!;
    assert.equal(size, bytes.length);
    const read = Buffer.alloc(parts.reduce((sum, { sectorCount }) => sum + sectorCount, 0) * 512);
    for (const { sector, sectorCount, fileSector } of parts)
      await source.read(sector, read.subarray(fileSector * 512, (fileSector + sectorCount) * 512));
    assert.ok(read.subarray(0, bytes.length).equals(bytes), path);
  }
}

describe('FAT, as mtools and The Sleuth Kit see it', () => {
  const folder = tempFolder();

  before(function () {
    for (const program of ['mkfs.fat', 'mcopy', 'fls'] as const) needJudge(this, program);
  });

  for (const geometry of GEOMETRIES) {
    it(`is the same on random images: ${geometry.join(', ')}`, async () => {
      const random = printedRandom();
      for (let number = judgedImages(2); number > 0; number--) {
        const place = join(folder.path(), `${number}`);
        mkdirSync(place);
        const made = make(place, random, geometry);
        const source = new FileSource(made.image);
        try {
          const fileSystem = (await openFat(new VolumeReader(source, 0, source.sectorCount)))!;
          assert.equal(fileSystem.kind, `fat${geometry[0]}`);
          const records = await recordsOf(fileSystem);
          await agreeWithBytes(made, source, records);
          await agreeWithMtools(made, fileSystem, records);
          await agreeWithSleuthkit(made, fileSystem, records, random);
        } finally {
          source.close();
        }
      }
    });
  }
});
