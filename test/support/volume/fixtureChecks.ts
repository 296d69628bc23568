import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import type { FilePart, FileRecord } from '../../../src/engine/volume/volumeContracts';
import type { FileSystemFacts } from './fileSystemFacts';
import type { FixtureAnswers, FixtureOwner } from './volumeFixture';

/** Checks that the files are those that other programs found, and no others: their paths, kinds, sizes and extents. */
export async function checkFiles(facts: FileSystemFacts, { files }: FixtureAnswers): Promise<void> {
  assert.deepEqual(facts.doubts, []);
  const byPath = new Map<string, FileRecord>();
  for (const [id, names] of facts.paths) for (const name of names) byPath.set(name, facts.records.get(id)!);
  const expected = files.map(({ path }) => path);
  // Of FAT the root folder isn't listed.
  const found = [...byPath.keys()].filter((path) => path !== '/' || expected.includes(path));
  assert.deepEqual(found.sort(), expected.sort());
  for (const { path, kind, size, extents, unwritten, treeBlocks = [] } of files) {
    const record = byPath.get(path)!;
    // A link or device is a file to us.
    assert.deepEqual([record.kind, record.size], [kind === 'dir' ? 'dir' : 'file', size], path);
    // Where a fixture tells no unwritten parts apart, they are among the extents.
    const roles = unwritten ? ['data'] : ['data', 'unwritten', 'packed'];
    assert.deepEqual(extentsOf(record, roles), joined(extents), path);
    if (unwritten) assert.deepEqual(extentsOf(record, ['unwritten']), joined(unwritten), path);
    const tree = record.parts.filter(({ what }) => what === 'extent-tree' || what === 'indirect');
    const blocks = tree.map(({ sector, sectorCount }) => [sector, sectorCount]);
    assert.deepEqual(blocks.sort(byFirst), [...treeBlocks].sort(byFirst), path);
    assert.equal((await facts.fileSystem.find(path))?.size, size, path);
  }
}

/** Checks that the owners of sectors are those that other programs told. */
export async function checkOwners(facts: FileSystemFacts, { owners }: FixtureAnswers): Promise<void> {
  for (const owner of owners) {
    const expected = expectedOwner(owner);
    const { fileOffset, ...found } = await ownerOf(facts, owner.sector);
    const told = { ...found, ...('fileOffset' in expected && { fileOffset }) };
    assert.deepEqual(told, expected, JSON.stringify(owner));
  }
}

type Extent = readonly [fileSector: number, sector: number, count: number];

/** The extents of a file, in the order in which they are told: that of the file. */
function extentsOf({ parts }: FileRecord, roles: readonly string[]): Extent[] {
  const own = parts.filter(({ role }) => roles.includes(role));
  return joined(own.map(({ fileSector, sector, sectorCount }) => [fileSector, sector, sectorCount] as const));
}

function joined(extents: readonly Extent[]): Extent[] {
  const result: Extent[] = [];
  for (const [fileSector, sector, count] of extents) {
    const last = result.at(-1);
    if (last && last[0] + last[2] === fileSector && last[1] + last[2] === sector)
      result[result.length - 1] = [last[0], last[1], last[2] + count];
    else result.push([fileSector, sector, count]);
  }
  return result;
}

function byFirst(a: readonly number[], b: readonly number[]): number {
  return a[0]! - b[0]!;
}

type Told = Partial<Omit<FixtureOwner, 'kind' | 'sector'>> & { kind: string };

/** The owner of a sector, as the answers of other programs say it. */
async function ownerOf(
  { fileSystem, records, paths, doubts }: FileSystemFacts,
  sector: number,
): Promise<Told> {
  if (sector >= fileSystem.sectorCount) return { kind: 'outside' };
  const structure = await fileSystem.structureAt(sector);
  if (structure) return metaOwner(structure.what, structure.group);
  for (const record of records.values())
    for (const part of record.parts)
      if (sector >= part.sector && sector < part.sector + part.sectorCount)
        return ownerByPart(record, part, sector, paths.get(record.id)!);
  const allocation = await fileSystem.allocationAt(sector);
  if (allocation === 'free') return { kind: 'free' };
  return { kind: doubts.length > 0 || typeof allocation === 'object' ? 'unknown' : 'allocated' };
}

function ownerByPart(record: FileRecord, part: FilePart, sector: number, paths: readonly string[]): Told {
  if (record.kind === 'meta') return metaOwner(record.what);
  const named = [...paths].sort();
  if (part.role === 'meta') return { ...metaOwner(part.what), paths: named };
  const fileOffset = (part.fileSector + sector - part.sector) * SECTOR_SIZE;
  const slack = record.size !== null && fileOffset >= record.size;
  return { kind: record.kind, paths: named, fileOffset, slack, unwritten: part.role === 'unwritten' };
}

function metaOwner(what: string | undefined, group?: number): Told {
  return { kind: 'meta', ...(what !== undefined && { what }), ...(group !== undefined && { group }) };
}

function expectedOwner(owner: FixtureOwner): Told {
  const { kind, what, path, group, fileOffset, slack = false, unwritten = false } = owner;
  if (kind === 'free' || kind === 'outside') return { kind };
  const paths = [...(owner.paths ?? (path === undefined ? [] : [path])), ...(owner.otherNames ?? [])].sort();
  if (kind === 'meta') return { ...metaOwner(what, group), ...(paths.length > 0 && { paths }) };
  return { kind, paths, slack, unwritten, ...(fileOffset !== undefined && { fileOffset }) };
}
