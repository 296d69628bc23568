import assert from 'node:assert/strict';
import type { FileSystem, Structure } from '../../../src/engine/volume/volumeContracts';
import type { VolumeReader } from '../../../src/engine/volume/volumeReader';
import { type Owner, Owners, verdict } from './owners';
import { BytesSource, type FixtureAnswers } from './volumeFixture';

type Open = (reader: VolumeReader) => Promise<FileSystem | null>;

interface Claimed {
  readonly paths: readonly string[];
  readonly kind: string;
  readonly place: string;
}

/** Structures that nothing is read from: of these a few sectors stand for all. */
const EMPTY_STRUCTURES = ['gap', 'reserved', 'beyond-last-cluster'];

/**
 * Makes sectors of an image unreadable, and compares what is said of it with what is said of the whole image, and with a
 * fixture's owners: it must be the same, or less.
 */
export class DamageRig {
  readonly #truth = new Map<number, Claimed[]>();
  /** Every sector of a structure or folder. */
  readonly metadata: number[] = [];
  /** Answers that said less than is known of the whole image. */
  less = 0;
  answers = 0;

  private constructor(
    private readonly open: Open,
    private readonly bytes: Uint8Array,
    private readonly fixture: FixtureAnswers,
  ) {}

  static async of(open: Open, bytes: Uint8Array, fixture: FixtureAnswers): Promise<DamageRig> {
    const rig = new DamageRig(open, bytes, fixture);
    const fileSystem = (await open(new BytesSource(bytes).reader()))!;
    const owners = await Owners.of(fileSystem);
    for (const [sector, claims] of await claimsOf(fileSystem, owners)) {
      rig.#truth.set(sector, claims);
      if (claims.some(({ kind }) => kind !== 'file')) rig.metadata.push(sector);
    }
    for await (const { what, range } of fileSystem.structures())
      rig.metadata.push(...sectorsToTry(what, range));
    rig.metadata.sort((one, other) => one - other);
    return rig;
  }

  /** Asks everything with these sectors unreadable. */
  async check(unreadable: readonly number[]): Promise<void> {
    const title = `unreadable: ${unreadable.join(' ')}`;
    const fileSystem = await this.open(new BytesSource(this.bytes, new Set(unreadable)).reader());
    if (!fileSystem) return;
    const owners = await Owners.of(fileSystem);
    for (const [sector, claims] of await claimsOf(fileSystem, owners)) {
      const known = this.#truth.get(sector) ?? [];
      for (const claim of claims)
        assert.ok(
          known.some((one) => fits(claim, one)),
          `${title}: ${sector} ${JSON.stringify({ claim, known })}`,
        );
    }
    for (const expected of this.fixture.owners) {
      const answer: Owner = await owners.ownerOf(expected.sector);
      const said = verdict(expected, answer);
      assert.notEqual(said, 'wrong', `${title}: ${JSON.stringify({ expected, answer })}`);
      this.answers++;
      if (said === 'less') this.less++;
    }
  }
}

function fits(claim: Claimed, known: Claimed): boolean {
  if (claim.kind !== known.kind || claim.place !== known.place) return false;
  return claim.paths.every((path) => path.includes('(') || known.paths.includes(path));
}

function sectorsToTry(what: string, [first, count]: Structure['range']): number[] {
  const step = EMPTY_STRUCTURES.includes(what) ? Math.max(1, Math.floor(count / 4)) : 1;
  const sectors: number[] = [];
  for (let at = first; at < first + count; at += step) sectors.push(at);
  return sectors;
}

/** All claims by sector: of folders every sector, of a long run of a file some. */
async function claimsOf(fileSystem: FileSystem, owners: Owners): Promise<Map<number, Claimed[]>> {
  const claims = new Map<number, Claimed[]>();
  for (const { id, kind, what, parts } of owners.records.values()) {
    const paths = await fileSystem.pathsOf(id);
    for (const { role, sector, sectorCount, fileSector, what: whatPart = what ?? '' } of parts) {
      for (let at = 0; at < sectorCount; at++) {
        const place = `${role} ${whatPart} ${role === 'meta' ? 0 : fileSector + at}`;
        const of = claims.get(sector + at) ?? [];
        of.push({ paths, kind, place });
        claims.set(sector + at, of);
      }
    }
  }
  return claims;
}
