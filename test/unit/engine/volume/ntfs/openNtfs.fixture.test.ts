import assert from 'node:assert/strict';
import { walkClaims } from '../../../../../src/engine/volume/claimWalk';
import { openNtfs } from '../../../../../src/engine/volume/ntfs/openNtfs';
import { type Owner, OwnerRules } from '../../../../../src/engine/volume/owner';
import type { Doubt, FilePart, FileSystem } from '../../../../../src/engine/volume/volumeContracts';
import { type FileSystemFacts, factsOf } from '../../../../support/volume/fileSystemFacts';
import {
  BytesSource,
  type FixtureAnswers,
  type FixtureFile,
  type FixtureOwner,
  volumeFixture,
} from '../../../../support/volume/volumeFixture';

describe('NTFS as other programs see it', () => {
  let bytes: Uint8Array;
  let answers: FixtureAnswers;
  let fileSystem: FileSystem;
  let facts: FileSystemFacts;

  before(async function () {
    ({ bytes, answers } = volumeFixture(this, 'ntfs'));
    fileSystem = (await openNtfs(new BytesSource(bytes).reader()))!;
    facts = await factsOf(fileSystem);
  });

  it('has all paths, sizes and extents, and no other', () => {
    assert.deepEqual(facts.doubts, []);
    assert.deepEqual([...facts.paths.values()].flat().sort(), pathsIn(answers, facts));
    for (const file of answers.files) {
      const record = facts.records.get(file.record!)!;
      const paths = [file.path, ...(file.otherNames ?? [])].sort();
      assert.deepEqual([...facts.paths.get(file.record!)!].sort(), paths);
      const parts = record.parts.filter((part) => isOf(part, file));
      const extents = parts.map(({ fileSector, sector, sectorCount }) => [fileSector, sector, sectorCount]);
      assert.deepEqual(extents, file.extents, `${file.path} ${file.attr}`);
      const size = parts[0]?.stream?.size ?? (isMain(file) ? record.size : file.size);
      if (parts[0]?.role !== 'meta') assert.equal(size, file.size, `${file.path} ${file.attr}`);
      const isPacked = parts.some(({ role }) => role === 'packed');
      assert.equal(isPacked, file.compressed === true, file.path);
    }
  });

  it('has the owner of every sector that was looked up', async () => {
    const known = await walkClaims(
      fileSystem,
      answers.owners.map(({ sector }) => sector).sort((a, b) => a - b),
    );
    const rules = new OwnerRules(fileSystem, 1, 0);
    for (const expected of answers.owners) {
      const { volume, ...owner } = await rules.owner(expected.sector, known);
      assert.equal(volume, 1);
      assert.deepEqual(
        comparable(owner, expected),
        expectedOwner(expected),
        JSON.stringify({ expected, owner }),
      );
    }
  });

  it('finds a file by each of its paths, and a stream by its name', async () => {
    for (const [id, paths] of facts.paths) {
      for (const path of paths) assert.equal((await fileSystem.find(path))?.id, id, path);
    }
    const stream = await fileSystem.find('/with-stream.txt:big');
    assert.deepEqual([stream?.size, stream?.parts[0]?.sector], [7000, 5056]);
    assert.equal(await fileSystem.find('/with-stream.txt:none'), null);
    assert.equal(await fileSystem.find('/deleted'), null);
  });

  it('lists the children of each folder', async () => {
    const found: string[] = ['/'];
    const walk = async (folder: number, path: string): Promise<void> => {
      for await (const { name, id, kind } of fileSystem.children(folder, failOn)) {
        found.push(`${path}/${name}`);
        assert.equal(facts.records.get(id)?.kind, kind);
        if (kind === 'dir') await walk(id, `${path}/${name}`);
      }
    };
    await walk(fileSystem.root, '');
    assert.deepEqual(found.sort(), [...facts.paths.values()].flat().sort());
  });

  it('counts what is used, and has no gaps', async () => {
    let used = 0;
    for (const { range, usage } of facts.usage) if (usage === 'used') used += range[1];
    const { total, used: told } = await fileSystem.space();
    const beyond = fileSystem.sectorCount - total / 512;
    assert.equal(told, (used - beyond) * 512);
    assert.equal(fileSystem.sectorCount, answers.sectors);
  });
});

const failOn = ({ reason }: Doubt): void => assert.fail(reason);

/** The paths of the fixture, and of those that have neither sectors nor content, which it leaves out. */
function pathsIn({ files }: FixtureAnswers, { records, paths }: FileSystemFacts): string[] {
  const known = new Set(files.flatMap(({ path, otherNames = [] }) => [path, ...otherNames]));
  for (const [id, own] of paths) {
    const { parts, inline } = records.get(id)!;
    if (parts.length === 0 && !inline) for (const path of own) known.add(path);
  }
  return [...known].sort();
}

function isMain({ attr, stream, kind }: FixtureFile): boolean {
  return kind === 'dir' ? attr === '$INDEX_ALLOCATION' : attr === '$DATA' && stream === undefined;
}

function isOf(part: FilePart, file: FixtureFile): boolean {
  if (part.role === 'meta') return part.what === file.attr && part.stream?.name === file.stream;
  return isMain(file) ? !part.stream : file.attr === '$DATA' && part.stream?.name === file.stream;
}

/** The answer without what the expected one does not say. */
function comparable(owner: Owner, { kind, what }: FixtureOwner): object {
  const { path, otherPaths = [], fileOffset, ...rest } = owner;
  const paths = path === undefined ? [] : [path, ...otherPaths].sort();
  if (kind === 'meta') return { ...rest, ...(what === '$MFT' || paths[0] === '/' ? { paths } : {}) };
  return { ...rest, paths, fileOffset };
}

function expectedOwner(expected: FixtureOwner): object {
  const {
    sector,
    kind,
    what,
    path,
    otherNames = [],
    fileOffset,
    record,
    stream,
    slack,
    compressed,
  } = expected;
  const named = [path, ...otherNames].flatMap((name) => name ?? []);
  const paths = named.map((name) => (stream ? `${name}:${stream}` : name)).sort();
  if (kind === 'meta')
    return {
      ...{ sector, kind, what },
      ...(what === '$MFT' || path === '/' ? { paths } : {}),
      ...(record === undefined ? {} : { group: record }),
    };
  return {
    ...{ sector, kind: slack ? 'slack' : kind, paths, fileOffset },
    ...(compressed ? { what: 'compressed' } : {}),
  };
}
