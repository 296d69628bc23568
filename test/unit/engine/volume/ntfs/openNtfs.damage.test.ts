import assert from 'node:assert/strict';
import { randomInteger, seededRandom } from '../../../../../src/engine/block/random';
import { openNtfs } from '../../../../../src/engine/volume/ntfs/openNtfs';
import { type Children, childrenIn, unlisted } from '../../../../support/volume/children';
import { contradictions, type FileSystemFacts, factsOf } from '../../../../support/volume/fileSystemFacts';
import { BytesSource, volumeFixture } from '../../../../support/volume/volumeFixture';

const SECTORS_OF_MANY = 64;

describe('NTFS with unreadable metadata', () => {
  let bytes: Uint8Array;
  let truth: FileSystemFacts;
  let children: Map<number, Children>;
  /** All sectors of metadata that are read: others ($LogFile, $Secure, $UpCase) can't change an answer. */
  let metadata: number[];

  before(async function () {
    ({ bytes } = volumeFixture(this, 'ntfs'));
    const source = new WatchedSource(bytes);
    const fileSystem = (await openNtfs(source.reader()))!;
    truth = await factsOf(fileSystem);
    children = await childrenIn(fileSystem, truth);
    assert.deepEqual(truth.doubts, []);
    metadata = metadataOf(truth).filter((sector) => source.seen.has(sector));
    assert.ok(metadata.length > 300, `only ${metadata.length}`);
  });

  /** @returns how many files were still known, and null when nothing of the file system was */
  async function check(unreadable: ReadonlySet<number>): Promise<number | null> {
    const source = new BytesSource(bytes, unreadable);
    const fileSystem = await openNtfs(source.reader());
    if (!fileSystem) return null;
    const said = await factsOf(fileSystem);
    assert.deepEqual(contradictions(truth, said), [], `unreadable: ${[...unreadable]}`);
    const title = `unreadable: ${[...unreadable]}`;
    assert.deepEqual(unlisted(children, await childrenIn(fileSystem, truth)), [], title);
    return said.records.size;
  }

  it('says the same or less, never something else, with any one sector unreadable', async () => {
    for (const sector of metadata) {
      const known = await check(new Set([sector]));
      assert.ok(known !== null && known >= truth.records.size - 1, `${known} files with sector ${sector}`);
    }
  });

  it('says the same or less, never something else, with 1,000 random sets unreadable', async () => {
    const next = seededRandom(20_261_127);
    const random = (below: number) => randomInteger(next, below);
    let complete = 0;
    for (let set = 0; set < 1000; set++) {
      const count = 1 + random(set % 4 === 0 ? 2 : SECTORS_OF_MANY);
      const unreadable = new Set(Array.from({ length: count }, () => metadata[random(metadata.length)]!));
      if ((await check(unreadable)) === truth.records.size) complete++;
    }
    assert.ok(complete > 50, `${complete} of 1,000 sets left all files known`);
  });
});

/** A disk that keeps which of its sectors were asked for. */
class WatchedSource extends BytesSource {
  readonly seen = new Set<number>();

  override read(sector: number, buffer: Uint8Array): Promise<void> {
    for (let i = 0; i < buffer.length / 512; i++) this.seen.add(sector + i);
    return super.read(sector, buffer);
  }
}

function metadataOf({ records, structures }: FileSystemFacts): number[] {
  const sectors = new Set<number>();
  const add = ([first, count]: readonly [number, number]): void => {
    for (let i = 0; i < count; i++) sectors.add(first + i);
  };
  for (const { range } of structures) add(range);
  for (const { kind, what, parts } of records.values()) {
    for (const { role, sector, sectorCount } of parts)
      if (role === 'meta' || kind === 'dir' || (kind === 'meta' && what !== '$LogFile'))
        add([sector, sectorCount]);
  }
  return [...sectors];
}
