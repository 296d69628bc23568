import assert from 'node:assert/strict';
import type { FilePart, FileRecord } from '../../../src/engine/volume/volumeContracts';
import type { FileSystemFacts } from './fileSystemFacts';
import type { FixtureAnswers, FixtureOwner } from './volumeFixture';

/** Checks that files, extents and owners are those that other programs found. */
export async function assertAnswers(facts: FileSystemFacts, answers: FixtureAnswers): Promise<void> {
  assertFiles(facts, answers);
  for (const owner of answers.owners)
    assert.deepEqual(await ownerOf(facts, owner.sector), comparable(owner), JSON.stringify(owner));
}

function assertFiles({ records, paths }: FileSystemFacts, { files }: FixtureAnswers): void {
  const byPath = new Map<string, FileRecord>();
  for (const [id, names] of paths) for (const name of names) byPath.set(name, records.get(id)!);
  assert.deepEqual([...byPath.keys()].sort(), files.flatMap(({ path }) => path).sort());
  for (const file of files) {
    const { size, parts } = byPath.get(file.path)!;
    assert.equal(size, file.size, file.path);
    assert.deepEqual(extentsOf(parts, 'data'), joined(file.extents), file.path);
    assert.deepEqual(extentsOf(parts, 'unwritten'), joined(file.unwritten ?? []), file.path);
    const tree = parts.filter(({ what }) => what === 'extent-tree' || what === 'indirect');
    const blocks = tree.map(({ sector, sectorCount }) => [sector, sectorCount]);
    assert.deepEqual(blocks.sort(byFirst), [...(file.treeBlocks ?? [])].sort(byFirst), file.path);
  }
}

type Extent = readonly [fileSector: number, sector: number, count: number];

function extentsOf(parts: readonly FilePart[], role: string): Extent[] {
  const own = parts.filter((part) => part.role === role);
  return joined(own.map(({ fileSector, sector, sectorCount }) => [fileSector, sector, sectorCount] as const));
}

function joined(extents: readonly Extent[]): Extent[] {
  const result: Extent[] = [];
  for (const [fileSector, sector, count] of [...extents].sort(byFirst)) {
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

/** The owner of a sector, as the answers of other programs say it. */
async function ownerOf(
  { fileSystem, records, paths, doubts }: FileSystemFacts,
  sector: number,
): Promise<object> {
  const structure = await fileSystem.structureAt(sector);
  if (structure) return { kind: 'meta', what: structure.what, group: structure.group };
  for (const record of records.values())
    for (const part of record.parts)
      if (sector >= part.sector && sector < part.sector + part.sectorCount)
        return ownerByPart(record, part, sector, paths.get(record.id)!);
  const allocation = await fileSystem.allocationAt(sector);
  if (allocation === 'free') return { kind: 'free' };
  return { kind: doubts.length > 0 || typeof allocation === 'object' ? 'unknown' : 'allocated' };
}

function ownerByPart(record: FileRecord, part: FilePart, sector: number, paths: readonly string[]): object {
  const named = [...paths].sort();
  if (record.kind === 'meta') return { kind: 'meta', what: record.what };
  if (part.role === 'meta') return { kind: 'meta', what: part.what, paths: named };
  const fileOffset = (part.fileSector + sector - part.sector) * 512;
  const slack = fileOffset >= record.size!;
  return { kind: record.kind, paths: named, fileOffset, slack, unwritten: part.role === 'unwritten' };
}

function comparable(owner: FixtureOwner): object {
  const { kind, what, path, group, fileOffset, slack = false, unwritten = false } = owner;
  if (kind === 'free') return { kind };
  const paths = [...(owner.paths ?? (path === undefined ? [] : [path])), ...(owner.otherNames ?? [])].sort();
  if (kind !== 'meta') return { kind, paths, fileOffset, slack, unwritten };
  if (paths.length > 0) return { kind, what, paths };
  return what === 'journal' || what === 'resize-inode' ? { kind, what } : { kind, what, group };
}
