import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Random, randomInteger, seededRandom } from '../../../../../src/engine/block/random';
import { openNtfs } from '../../../../../src/engine/volume/ntfs/openNtfs';
import type { FilePart } from '../../../../../src/engine/volume/volumeContracts';
import { judgedImages } from '../../../../support/fuzzRuns';
import { needJudge } from '../../../../support/judges';
import { tempFolder } from '../../../../support/tempFolder';
import { type FileSystemFacts, factsOf } from '../../../../support/volume/fileSystemFacts';
import {
  allocatedClusters,
  attributesOf,
  canMount,
  clusterOwners,
  copyInto,
  type JudgedAttribute,
  listed,
  type MadeImage,
  makeNtfs,
  mounted,
} from '../../../../support/volume/ntfs/ntfsPrograms';
import { breakMft, growTree, stampOf, writeManyRuns } from '../../../../support/volume/ntfs/randomTree';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const SEED = Number(process.env.REMAP_FUZZ_SEED) || 1;
const MEGABYTE = 1024 * 1024;
const RANDOM_IMAGES = judgedImages(20);
const CLUSTERS_ASKED = 25;
const CLUSTER_SIZES = [512, 1024, 2048, 4096, 8192, 65_536];

describe('openNtfs, beside ntfs-3g and The Sleuth Kit', function () {
  this.timeout(240_000);
  const folder = tempFolder();

  before(function () {
    for (const program of ['mkntfs', 'ntfscluster', 'fls'] as const) needJudge(this, program);
  });

  it('agrees on a volume into which files were copied', async () => {
    const image = makeNtfs(folder.path('copied'), 8 * MEGABYTE, 4096);
    for (const size of [0, 5, 700, 4096, 100_000]) {
      writeFileSync(folder.path('source'), 'x'.repeat(size));
      copyInto(image, folder.path('source'), `copy of ${size}`);
    }
    await agree(image, seededRandom(SEED));
  });

  for (let number = 1; number <= RANDOM_IMAGES; number++) {
    const seed = SEED * 1000 + number;
    it(`agrees on a random volume, seed ${seed}`, async function () {
      if (!mayMount(this)) return;
      const random = seededRandom(seed);
      const clusterBytes = CLUSTER_SIZES[number % CLUSTER_SIZES.length]!;
      const size = clusterBytes > 8192 ? 64 : 16;
      const image = makeNtfs(folder.path('random'), size * MEGABYTE, clusterBytes);
      await mounted(image, folder.path('mount'), (place) => growTree(place, random, clusterBytes));
      const facts = await agree(image, random);
      checkStamps(facts, readFileSync(image.path));
    });
  }

  it('agrees on a file whose attribute list lies elsewhere', async function () {
    if (!mayMount(this)) return;
    const image = makeNtfs(folder.path('many'), 16 * MEGABYTE, 512);
    await mounted(image, folder.path('mount'), (place) => writeManyRuns(`${place}/f many`, 1500, 512));
    const facts = await agree(image, seededRandom(SEED));
    const [id] = idsOf(facts, '/f many');
    const { parts } = facts.records.get(id!)!;
    assert.equal(parts.filter(({ role }) => role === 'data').length, 1500);
    assert.ok(parts.some(({ what }) => what === '$ATTRIBUTE_LIST'));
  });

  it('agrees on a volume whose $MFT lies in many pieces', async function () {
    if (!mayMount(this)) return;
    const image = makeNtfs(folder.path('broken'), 4 * MEGABYTE, 1024);
    await mounted(image, folder.path('mount'), (place) => breakMft(place, 1024));
    const facts = await agree(image, seededRandom(SEED));
    assert.ok(facts.structures.filter(({ what }) => what === '$MFT').length > 20);
  });
});

function mayMount(context: Mocha.Context): boolean {
  if (canMount()) return true;
  const problem = 'ntfs-3g mounts need root and /dev/fuse';
  if (process.env.REMAP_MOUNTS === 'required') throw new Error(problem);
  console.log(`      skipped: ${problem}`);
  return context.skip();
}

/** Compares all that is said of an image with what the programs say. */
async function agree(image: MadeImage, random: Random): Promise<FileSystemFacts> {
  const fileSystem = await openNtfs(new BytesSource(readFileSync(image.path)).reader());
  const facts = await factsOf(fileSystem!);
  assert.deepEqual(facts.doubts, []);
  assert.equal(fileSystem!.label, 'Judged');
  checkNames(facts, listed(image));
  const records = [...facts.records.keys()].filter((id) => id !== 8);
  for (const id of records.filter((id) => id < 40 || randomInteger(random, records.length) < 60))
    checkParts(facts, id, attributesOf(image, id), image.clusterBytes);
  checkAllocation(facts, allocatedClusters(image), image.clusterBytes / 512);
  for (let asked = 0; asked < CLUSTERS_ASKED; asked++) checkOwner(facts, image, random);
  return facts;
}

function checkNames({ paths }: FileSystemFacts, names: ReadonlyMap<string, number>): void {
  const expected = new Set([...names].map(([path, record]) => `${record} ${path.split(':')[0]}`));
  const found = [...paths]
    .flatMap(([id, own]) => own.map((path) => `${id} ${path}`))
    .filter((it) => it !== '5 /');
  assert.deepEqual(found.sort(), [...expected].sort());
}

function checkParts(
  { records }: FileSystemFacts,
  id: number,
  attributes: readonly JudgedAttribute[],
  clusterBytes: number,
): void {
  const { parts, kind, size, inline } = records.get(id)!;
  for (const attribute of attributes) {
    const own = parts.filter((part) => isOf(part, attribute, kind === 'dir'));
    // What is past the size it prints as a hole.
    const count = Math.min(attribute.clusters.length, Math.ceil(attribute.size / clusterBytes));
    const clusters = attribute.clusters.slice(0, count);
    const isMeta = own.some(({ role }) => role === 'meta');
    const expected = isMeta ? clusters.filter((cluster) => cluster !== 0) : clusters;
    const found = clustersOf(own, count, clusterBytes / 512);
    // Cluster 0 is the boot sector's, and prints like a hole too.
    if (id !== 7) assert.deepEqual(found, expected, `record ${id} ${attribute.type} ${attribute.name}`);
    const isMain = attribute.type === '$DATA' && attribute.name === '';
    if (isMain) assert.equal(size, attribute.size, `record ${id}`);
    if (isMain && attribute.isResident) assert.equal(inline?.length, attribute.size, `record ${id}`);
  }
}

function isOf(part: FilePart, { type, name }: JudgedAttribute, isDirectory: boolean): boolean {
  if (part.role === 'meta') return part.what === type && (part.stream?.name ?? '') === name;
  if (isDirectory && !part.stream) return type === '$INDEX_ALLOCATION' && name === '$I30';
  return type === '$DATA' && (part.stream?.name ?? '') === name;
}

/** The clusters of parts in order, a hole as 0; of metadata without holes. */
function clustersOf(parts: readonly FilePart[], length: number, clusterSectors: number): number[] {
  const bySector = new Map<number, number>();
  let next = 0;
  for (const { role, fileSector, sector, sectorCount } of parts)
    for (let at = 0; at < sectorCount; at++) {
      const place = role === 'meta' ? next++ : fileSector + at;
      if (place % clusterSectors === 0) bySector.set(place / clusterSectors, (sector + at) / clusterSectors);
    }
  const isMeta = parts.some(({ role }) => role === 'meta');
  const count = isMeta ? Math.min(length, bySector.size) : length;
  return Array.from({ length: count }, (_, vcn) => bySector.get(vcn) ?? 0);
}

function checkAllocation(
  { usage }: FileSystemFacts,
  clusters: readonly boolean[],
  clusterSectors: number,
): void {
  const found: boolean[] = [];
  for (const run of usage)
    for (let at = run.range[0]; at < run.range[0] + run.range[1]; at++)
      if (at % clusterSectors === 0) found.push(run.usage === 'used');
  assert.ok(clusters.length > 100);
  assert.deepEqual(found.slice(0, clusters.length), clusters);
}

function checkOwner(facts: FileSystemFacts, image: MadeImage, random: Random): void {
  const used = facts.usage.filter(({ usage }) => usage === 'used');
  const { range } = used[randomInteger(random, used.length)]!;
  const sectors = image.clusterBytes / 512;
  const cluster = Math.floor((range[0] + randomInteger(random, range[1])) / sectors);
  const owners = clusterOwners(image, cluster).map((line) => Number(line.split(' ')[0]));
  const claims = [...facts.records.values()].filter(({ parts }) =>
    parts.some(
      (part) => part.sector <= cluster * sectors && cluster * sectors < part.sector + part.sectorCount,
    ),
  );
  const found = claims.map(({ id }) => id);
  assert.deepEqual(found, [...new Set(owners)], `cluster ${cluster}`);
}

/** Every sector of a stamped file says itself what it is. */
function checkStamps({ records, paths }: FileSystemFacts, bytes: Buffer): void {
  let checked = 0;
  for (const { id, parts, size } of records.values()) {
    const name = paths.get(id)!.flatMap((path) => /\/(f\d+)[^/]*$/.exec(path)?.[1] ?? [])[0];
    if (name === undefined) continue;
    for (const { role, sector, sectorCount, fileSector, stream } of parts) {
      if (role !== 'data' || stream) continue;
      for (let at = 0; at < sectorCount && (fileSector + at) * 512 < size!; at++) {
        const stamp = stampOf(name, fileSector + at);
        const place = (sector + at) * 512;
        const found = bytes.toString('latin1', place, place + stamp.length);
        // A hole between two writes may have its clusters.
        if (bytes[place] !== 0) assert.equal(found, stamp, `sector ${sector + at}`);
        if (found === stamp) checked++;
      }
    }
  }
  assert.ok(checked > 100, `only ${checked} sectors were stamped`);
}

function idsOf({ paths }: FileSystemFacts, path: string): number[] {
  return [...paths].flatMap(([id, own]) => (own.includes(path) ? [id] : []));
}
