import assert from 'node:assert/strict';
import { subtractRanges } from '../../../../src/engine/block/range';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import { sectorsOf } from '../../../../src/engine/volume/fileSectors';
import type { Owner } from '../../../../src/engine/volume/owner';
import {
  BytesSource,
  type FixtureAnswers,
  type FixtureDisk,
  type FixtureOwner,
  volumeFixture,
} from '../../../support/volume/volumeFixture';

const KINDS: Readonly<Record<string, string>> = {
  ext4_1k: 'ext4',
  ext4_4k: 'ext4',
  ext2_1k: 'ext2',
  fat16: 'fat16',
  fat32: 'fat32',
  ntfs: 'ntfs',
  exfat: 'exfat',
};

/** What other programs say of a sector, in the words of our answer. */
function expectedOwner({
  kind,
  what,
  path,
  fileOffset,
  slack,
  unwritten,
  compressed,
  stream,
}: FixtureOwner): object {
  if (kind === 'free' || kind === 'outside') return { kind };
  if (kind === 'meta') return { kind, what };
  const named = stream === undefined || stream === '$I30' ? path : `${path}:${stream}`;
  return {
    kind: slack ? 'slack' : kind,
    path: named,
    ...(compressed ? { what: 'compressed' } : fileOffset !== undefined && { fileOffset }),
    ...(unwritten && { what: 'unwritten' }),
  };
}

/** As much of our answer as the other programs say. */
function said(owner: Owner, expected: object, { otherNames }: FixtureOwner): object {
  // Of several names any may be the first.
  const paths = [owner.path, ...(owner.otherPaths ?? [])];
  const entries = Object.keys(expected).map((key) => {
    const value = owner[key as keyof Owner];
    const wanted = (expected as Owner)[key as keyof Owner];
    return [key, key === 'path' && otherNames && paths.includes(wanted as string) ? wanted : value];
  });
  return Object.fromEntries(entries);
}

async function checkOwners(disk: DiskVolumes, { owners }: FixtureAnswers, first: number): Promise<void> {
  const answers = await disk.ownersOf(owners.map(({ sector }) => first + sector));
  for (const [i, fixture] of owners.entries()) {
    const expected = expectedOwner(fixture);
    assert.deepEqual(said(answers[i]!, expected, fixture), expected, JSON.stringify([fixture, answers[i]]));
  }
}

async function checkFiles(
  disk: DiskVolumes,
  { files }: FixtureAnswers,
  first: number,
  volume: number,
): Promise<void> {
  for (const { path, stream, attr, extents, unwritten = [] } of files) {
    const found = await sectorsOf(
      disk,
      stream === undefined || stream === '$I30' ? path : `${path}:${stream}`,
      volume,
    );
    const moved = (runs: typeof extents) =>
      sectorsIn(runs.map(([at, sector, count]) => [at, first + sector, count] as const));
    if (attr !== undefined && attr !== '$DATA' && attr !== '$INDEX_ALLOCATION') {
      for (const [, sector, count] of extents)
        assert.ok(subtractRanges([[first + sector, count]], found.meta).length === 0, `${path} ${attr}`);
      continue;
    }
    assert.deepEqual(sectorsIn(found.extents), moved(extents), path);
    assert.deepEqual(sectorsIn(found.unwritten), moved(unwritten), path);
  }
}

/** Runs in one form, however they were cut. */
function sectorsIn(runs: readonly (readonly [number, number, number])[]): number[][] {
  return runs
    .flatMap(([at, sector, count]) => Array.from({ length: count }, (_, i) => [at + i, sector + i]))
    .sort((a, b) => a[1]! - b[1]!);
}

describe('DiskVolumes, as other programs see the images', () => {
  for (const [name, kind] of Object.entries(KINDS)) {
    it(`${name}: owners and files`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const disk = await DiskVolumes.open(new BytesSource(bytes));
      const list = await disk.list();
      assert.deepEqual(
        list.map(({ index, first, count, kind: found }) => [index, first, count, found]),
        [[0, 0, bytes.length / 512, kind]],
      );
      await checkOwners(disk, answers, 0);
      await disk.index();
      await checkOwners(disk, answers, 0);
      await checkFiles(disk, answers, 0, 0);
    }).timeout(60_000);
  }

  it('gpt3: three partitions', async function () {
    const { bytes, answers } = volumeFixture<FixtureDisk>(this, 'gpt3');
    const disk = await DiskVolumes.open(new BytesSource(bytes));
    const list = await disk.list();
    assert.deepEqual(
      list.map(({ index, first, count, kind, type }) => [index, first, count, kind, type]),
      answers.partitions.map(({ start, sectors, type }, i) => [
        i + 1,
        start,
        sectors,
        ['fat16', 'ext4', 'exfat'][i],
        type,
      ]),
    );
    for (const [i, { start, answers: known }] of answers.partitions.entries()) {
      await checkOwners(disk, known, start);
      await checkFiles(disk, known, start, i + 1);
    }
    const owners = await disk.ownersOf([0, 1, 34, 2047, bytes.length / 512 - 1]);
    assert.deepEqual(
      owners.map(({ kind, what }) => what ?? kind),
      ['protective-mbr', 'gpt-header', 'outside', 'outside', 'gpt-backup-header'],
    );
  }).timeout(60_000);
});
