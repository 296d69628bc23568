import assert from 'node:assert/strict';
import type { FileSystem, Structure } from '../../../src/engine/volume/volumeContracts';
import type { VolumeReader } from '../../../src/engine/volume/volumeReader';
import { type Children, childrenIn, unlisted } from './children';
import { contradictions, type FileSystemFacts, factsOf } from './fileSystemFacts';
import { type Owner, Owners, verdict } from './owners';
import { BytesSource, type FixtureAnswers } from './volumeFixture';

type Open = (reader: VolumeReader) => Promise<FileSystem | null>;

/** Structures that nothing is read from: of these a few sectors stand for all. */
const EMPTY_STRUCTURES = ['gap', 'reserved', 'beyond-last-cluster'];

/**
 * Makes sectors of an image unreadable, and compares what is said of it with what is said of the whole image, and with a
 * fixture's owners: it must be the same, or less.
 */
export class DamageRig {
  /** Every sector of a structure or folder. */
  readonly metadata: number[] = [];
  /** Answers that said less than is known of the whole image. */
  less = 0;
  answers = 0;

  private constructor(
    private readonly open: Open,
    private readonly bytes: Uint8Array,
    private readonly fixture: Pick<FixtureAnswers, 'owners'>,
    private readonly truth: FileSystemFacts,
    private readonly children: ReadonlyMap<number, Children>,
  ) {}

  static async of(
    open: Open,
    bytes: Uint8Array,
    fixture: Pick<FixtureAnswers, 'owners'>,
  ): Promise<DamageRig> {
    const whole = (await open(new BytesSource(bytes).reader()))!;
    const truth = await factsOf(whole);
    const rig = new DamageRig(open, bytes, fixture, truth, await childrenIn(whole, truth));
    const records = [...truth.records.values()].filter(({ kind }) => kind !== 'file');
    for (const { sector, sectorCount } of records.flatMap(({ parts }) => parts))
      for (let at = 0; at < sectorCount; at++) rig.metadata.push(sector + at);
    for (const { what, range } of truth.structures) rig.metadata.push(...sectorsToTry(what, range));
    rig.metadata.sort((one, other) => one - other);
    return rig;
  }

  /** Asks everything with these sectors unreadable. */
  async check(unreadable: readonly number[]): Promise<void> {
    const title = `unreadable: ${unreadable.join(' ')}`;
    const fileSystem = await this.open(new BytesSource(this.bytes, new Set(unreadable)).reader());
    if (!fileSystem) return;
    assert.deepEqual(contradictions(this.truth, await factsOf(fileSystem)), [], title);
    const listed = await childrenIn(fileSystem, this.truth);
    assert.deepEqual(unlisted(this.children, listed), [], title);
    const owners = await Owners.of(fileSystem);
    for (const expected of this.fixture.owners) {
      const answer: Owner = await owners.ownerOf(expected.sector);
      const said = verdict(expected, answer);
      assert.notEqual(said, 'wrong', `${title}: ${JSON.stringify({ expected, answer })}`);
      this.answers++;
      if (said === 'less') this.less++;
    }
  }
}

function sectorsToTry(what: string, [first, count]: Structure['range']): number[] {
  const step = EMPTY_STRUCTURES.includes(what) ? Math.max(1, Math.floor(count / 4)) : 1;
  const sectors: number[] = [];
  for (let at = first; at < first + count; at += step) sectors.push(at);
  return sectors;
}
