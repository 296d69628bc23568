import assert from 'node:assert/strict';
import type { FileSystem } from '../../../src/engine/volume/volumeContracts';
import { Owners, verdict } from './owners';
import type { FixtureAnswers } from './volumeFixture';

type Extents = [number, number, number][];

/** The files of a file system by their paths, with their size, kind and extents in the form of a fixture. */
async function filesByPath(
  fileSystem: FileSystem,
): Promise<Map<string, { kind: string; size: number | null; extents: Extents }>> {
  const files = new Map<string, { kind: string; size: number | null; extents: Extents }>();
  const owners = await Owners.of(fileSystem);
  assert.deepEqual(owners.doubts, []);
  for (const { id, kind, size, parts } of owners.records.values()) {
    const extents: Extents = [];
    for (const { role, sector, sectorCount, fileSector } of parts) {
      if (role === 'meta') continue;
      const last = extents.at(-1);
      if (last && last[0] + last[2] === fileSector && last[1] + last[2] === sector) last[2] += sectorCount;
      else extents.push([fileSector, sector, sectorCount]);
    }
    for (const path of await fileSystem.pathsOf(id)) files.set(path, { kind, size, extents });
  }
  return files;
}

/** Compares all files with a fixture's: their paths, kinds, sizes and extents. */
export async function checkExtents(fileSystem: FileSystem, answers: FixtureAnswers): Promise<void> {
  const files = await filesByPath(fileSystem);
  for (const { path, kind, size, extents } of answers.files) {
    assert.deepEqual(files.get(path), { kind, size, extents }, path);
    files.delete(path);
    const found = await fileSystem.find(path);
    assert.equal(found?.size, size, path);
  }
  files.delete('/');
  assert.deepEqual([...files.keys()], []);
}

/** Compares the owners of sectors with a fixture's. */
export async function checkOwners(fileSystem: FileSystem, answers: FixtureAnswers): Promise<void> {
  const owners = await Owners.of(fileSystem);
  for (const expected of answers.owners) {
    const answer = await owners.ownerOf(expected.sector);
    assert.equal(verdict(expected, answer), 'right', JSON.stringify({ expected, answer }));
  }
}
