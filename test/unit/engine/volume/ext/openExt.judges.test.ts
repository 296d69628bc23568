import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { type Random, randomInteger, seededRandom } from '../../../../../src/engine/block/random';
import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import { judgedImages } from '../../../../support/fuzzRuns';
import { needJudge } from '../../../../support/judges';
import { tempFolder } from '../../../../support/tempFolder';
import {
  debugfs,
  freeBlocks,
  imageBytes,
  inodesOfBlocks,
  makeImage,
  makeTree,
  pathsOfInodes,
  type StampedFile,
  stampOf,
} from '../../../../support/volume/ext2Programs';
import { type FileSystemFacts, factsOf } from '../../../../support/volume/fileSystemFacts';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const SEED = Number(process.env.REMAP_FUZZ_SEED) || 1;
const CHECKED_BLOCKS = 500;
/** The inode whose blocks are structures here: the reserved blocks of the descriptors. */
const RESIZE_INODE = 7;

const IMAGES: Readonly<Record<string, readonly [options: string, size: string]>> = {
  'ext2 with blocks of 1 KiB': ['-t ext2 -b 1024', '12M'],
  'ext2 with blocks of 4 KiB': ['-t ext2 -b 4096', '16M'],
  'ext2 without sparse superblocks': ['-t ext2 -b 1024 -g 1024 -O ^sparse_super,^resize_inode', '12M'],
  'ext2 of revision 0': ['-t ext2 -b 1024 -r 0 -O none', '12M'],
  'ext2 without kinds in folders': ['-t ext2 -b 1024 -O ^filetype', '12M'],
  ext3: ['-t ext3 -b 1024', '16M'],
  'ext3 with inodes of 128 bytes': ['-t ext3 -b 2048 -I 128', '16M'],
  'ext4 with blocks of 1 KiB': ['-t ext4 -b 1024', '24M'],
  'ext4 with blocks of 4 KiB': ['-t ext4 -b 4096', '40M'],
  'ext4 with blocks of 64 KiB': ['-t ext4 -b 65536', '64M'],
  'ext4 with 32-bit descriptors': ['-t ext4 -b 1024 -O ^64bit', '24M'],
  'ext4 with descriptors of 128 bytes': ['-t ext4 -b 1024 -E desc_size=128', '24M'],
  'ext4 with meta groups': ['-t ext4 -b 1024 -g 1024 -O meta_bg,^resize_inode,^flex_bg', '48M'],
  'ext4 with meta and flexible groups': ['-t ext4 -b 1024 -g 512 -O meta_bg,^resize_inode', '32M'],
  'ext4 with clusters': ['-t ext4 -b 1024 -O bigalloc -C 8192', '24M'],
  'ext4 with clusters of blocks of 4 KiB': ['-t ext4 -b 4096 -O bigalloc -C 65536', '64M'],
  'ext4 with inline data': ['-t ext4 -b 1024 -O inline_data -I 256', '24M'],
  'ext4 with inline data in large inodes': ['-t ext4 -b 4096 -O inline_data -I 1024', '40M'],
  'ext4 with checksums of descriptors only': ['-t ext4 -b 1024 -O uninit_bg,^metadata_csum', '24M'],
  'ext4 with two backups': ['-t ext4 -b 1024 -g 2048 -O sparse_super2,^resize_inode', '24M'],
  'ext4 with many features': [
    '-t ext4 -b 1024 -O metadata_csum_seed,quota,project,mmp,orphan_file,ea_inode,large_dir',
    '32M',
  ],
  'ext4 without a journal': ['-t ext4 -b 1024 -O ^has_journal,^extents,^64bit', '24M'],
};

describe('openExt, beside mke2fs, debugfs and dumpe2fs', () => {
  const folder = tempFolder();
  before(function () {
    needJudge(this, 'mke2fs');
  });

  for (const [index, [name, [options, size]]] of Object.entries(IMAGES).entries())
    it(`agrees on ${name}`, async () => {
      for (let round = 0; round < judgedImages(1); round++) {
        mkdirSync(folder.path(`${round}`));
        await agree(
          folder.path(`${round}`),
          seededRandom(SEED + 100 * round + index),
          options.split(' '),
          size,
        );
      }
    });
});

async function agree(
  folder: string,
  random: Random,
  options: readonly string[],
  size: string,
): Promise<void> {
  const image = `${folder}/image`;
  mkdirSync(`${folder}/tree`);
  const files = makeTree(`${folder}/tree`, random);
  makeImage(image, options, size, `${folder}/tree`);
  const removed = fragment(image, `${folder}/tree`, files, random);
  const bytes = imageBytes(image);
  const facts = await factsOf((await openExt(new BytesSource(bytes).reader()))!);
  assert.deepEqual(facts.doubts, []);
  assertStamps(
    facts,
    bytes,
    files.filter(({ path }) => !removed.has(path)),
  );
  await assertNames(facts, image);
  assertNothingLeft(facts);
  await assertFree(facts, image);
  await assertOwners(facts, image, random);
}

/** Removes every third file and writes others into the room: they get many extents. */
function fragment(image: string, tree: string, files: readonly StampedFile[], random: Random): Set<string> {
  const removed = new Set(files.filter((_, index) => index % 3 === 2).map(({ path }) => path));
  const commands = [...removed].map((path) => `rm "${path}"`);
  for (const { path } of files.slice(0, 4))
    commands.push(`write "${tree}${path}" "copy ${path.replaceAll('/', '_')}"`);
  for (let index = 20 + randomInteger(random, 100); index > 0; index--)
    commands.push(`mkdir "/dir0/d${index}"`);
  debugfs(image, commands, true);
  return removed;
}

/** Every sector of a file that isn't a hole has its stamp where we say, and nothing is left out. */
function assertStamps(
  { records, paths }: FileSystemFacts,
  bytes: Uint8Array,
  files: readonly StampedFile[],
): void {
  const byPath = new Map(
    [...paths].flatMap(([id, names]) => names.map((path) => [path, records.get(id)!] as const)),
  );
  for (const { path, size } of files) {
    const record = byPath.get(path);
    assert.equal(record?.size, size, path);
    if (record.inline) {
      const text = Buffer.from(record.inline.subarray(0, 512)).toString();
      assert.equal(record.inline.length, size, path);
      assert.equal(text.replace(/\.*$/, ''), stampOf(path, 0).subarray(0, size).toString(), path);
    }
    for (const part of record.parts.filter(({ role }) => role === 'data'))
      for (let at = 0; at < part.sectorCount; at++) {
        const sector = part.fileSector + at;
        const start = (part.sector + at) * 512;
        const stamp = stampOf(path, sector).subarray(0, Math.max(0, Math.min(512, size - sector * 512)));
        const found = Buffer.from(bytes.subarray(start, start + stamp.length));
        assert(
          found.equals(stamp) || found.every((byte) => byte === 0),
          `${path}, sector ${sector}: ${found}`,
        );
      }
  }
}

async function assertNames({ paths, fileSystem }: FileSystemFacts, image: string): Promise<void> {
  const known = pathsOfInodes(image, [...paths.keys()]);
  for (const [id, names] of paths) {
    if (id !== fileSystem.root && names.length > 0)
      assert.deepEqual([...names].sort(), known.get(id)?.sort());
    for (const name of names) assert.equal((await fileSystem.find(name))?.id, id, name);
  }
}

/** Each used sector is a structure's or a file's. Of a cluster some blocks may be neither. */
function assertNothingLeft({ usage, structures, records, fileSystem }: FileSystemFacts): void {
  const owned = new Set<number>();
  const own = (sector: number, count: number) => {
    for (let at = sector; at < sector + count; at++) owned.add(Math.floor(at / fileSystem.unitSectors));
  };
  for (const { range } of structures) own(...range);
  for (const { parts } of records.values())
    for (const { sector, sectorCount } of parts) own(sector, sectorCount);
  for (const { range, usage: state } of usage)
    for (let at = range[0]; state === 'used' && at < range[0] + range[1]; at += fileSystem.unitSectors)
      assert(owned.has(Math.floor(at / fileSystem.unitSectors)), `nothing owns the used sector ${at}`);
}

async function assertFree({ usage, fileSystem }: FileSystemFacts, image: string): Promise<void> {
  const sectorsPerBlock = fileSystem.sectorCount / blockCount(image);
  const unit = fileSystem.unitSectors / sectorsPerBlock;
  const known = new Set(
    Array.from(freeBlocks(image), (block) => (unit === 1 ? block : Math.floor(block / unit))),
  );
  const ours = new Set<number>();
  for (const { range, usage: state } of usage) {
    assert.notEqual(state, 'unknown');
    if (state !== 'free') continue;
    for (let at = 0; at < range[1]; at += fileSystem.unitSectors)
      ours.add((range[0] + at) / fileSystem.unitSectors);
  }
  assert.deepEqual([...ours].sort(byNumber), [...known].sort(byNumber));
  const { total, used } = await fileSystem.space();
  assert.deepEqual(
    [total, total - used!],
    [fileSystem.sectorCount * 512, ours.size * fileSystem.unitSectors * 512],
  );
}

function byNumber(a: number, b: number): number {
  return a - b;
}

function blockCount(image: string): number {
  return Number(/^Block count:\s+(\d+)$/m.exec(debugfs(image, ['show_super_stats -h']))![1]);
}

async function assertOwners(
  { fileSystem, records }: FileSystemFacts,
  image: string,
  random: Random,
): Promise<void> {
  const blocks = blockCount(image);
  const perBlock = fileSystem.sectorCount / blocks;
  const asked = Array.from({ length: CHECKED_BLOCKS }, () => randomInteger(random, blocks));
  for (const { parts } of records.values())
    for (const { sector } of parts)
      if (random() < 0.3 && asked.length < 2 * CHECKED_BLOCKS) asked.push(sector / perBlock);
  const owners = inodesOfBlocks(image, asked);
  for (const [block, inode] of owners) {
    const sector = block * perBlock;
    const claims = [...records.values()].filter(({ parts }) =>
      parts.some((part) => sector >= part.sector && sector < part.sector + part.sectorCount),
    );
    const structure = await fileSystem.structureAt(sector);
    if (inode === null)
      assert.deepEqual(
        claims.map(({ id }) => id),
        [],
        `block ${block}`,
      );
    else if (inode === RESIZE_INODE && structure) assert.equal(structure.what, 'reserved-gdt');
    else
      assert(
        claims.some(({ id }) => id === inode),
        `block ${block} is of inode ${inode}, not ${claims.map(({ id }) => id)}`,
      );
    const allocation = await fileSystem.allocationAt(sector);
    if (structure || claims.length > 0) assert.equal(allocation, 'used', `block ${block}`);
    else if (fileSystem.unitSectors === perBlock) assert.equal(allocation, 'free', `block ${block}`);
  }
}
