import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import { fuzzRuns } from '../../../../support/fuzzRuns';
import { ext2Image, ext4Image } from '../../../../support/volume/extScenes';
import { factsOf } from '../../../../support/volume/fileSystemFacts';
import { MemoryBound } from '../../../../support/volume/memory';
import { readExt } from '../../../../support/volume/readExt';
import { BytesSource } from '../../../../support/volume/volumeFixture';

/** A file that is wrong by damage may claim a block again and again; far more than the volume has is a walk without end. */
const MOST_PARTS = 20_000;
const LONGEST_RUN_MS = 5000;

/** Values that damage likes: ends of ranges, and numbers that lead to other structures. */
const VALUES = [
  0, 1, 2, 5, 8, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0xffffffff, 1024, 1025, 0x20000,
];

describe('openExt, on mutated images', () => {
  const images = {
    ext2: () => ext2Image(),
    'ext4 without checksums': () => ext4Image(),
    'ext4 with checksums of descriptors': () => ext4Image({ checksums: 'descriptors' }),
    'ext4 with checksums': () => ext4Image({ checksums: 'metadata' }),
  };
  for (const [name, image] of Object.entries(images))
    it(`ends and throws nothing on ${name}`, async () => {
      const { bytes } = image();
      const asked = await askedBytes(bytes);
      const memory = new MemoryBound();
      const place = fc.constantFrom(...asked);
      const change = fc.tuple(
        place,
        fc.constantFrom(1, 2, 4),
        fc.oneof(fc.constantFrom(...VALUES), fc.nat(2000)),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) =>
          ends(bytes, changes, memory),
        ),
        { numRuns: fuzzRuns(1000) },
      );
    });
});

/** Where anything is read from that isn't zero, in steps of two bytes. */
async function askedBytes(bytes: Uint8Array): Promise<number[]> {
  const { metadata } = await readExt(bytes);
  const places = metadata.flatMap((sector) => Array.from({ length: 256 }, (_, at) => sector * 512 + 2 * at));
  return places.filter((at) => bytes[at] || bytes[at + 1]);
}

/** Changes the image, reads all of it, and changes it back. */
async function ends(
  bytes: Uint8Array,
  changes: readonly (readonly [number, number, number])[],
  memory: MemoryBound,
): Promise<void> {
  const before = changes.map(([at]) => bytes.slice(at, at + 4));
  const start = performance.now();
  try {
    for (const [at, width, value] of changes)
      Buffer.from(bytes.buffer, at, 4).writeUIntLE(value % 256 ** width, 0, width);
    const fileSystem = await openExt(new BytesSource(bytes).reader());
    if (fileSystem) {
      const { records } = await factsOf(fileSystem);
      for (const { id, parts } of records.values())
        assert(parts.length <= MOST_PARTS, `inode ${id} has ${parts.length} parts`);
    }
    memory.check();
    assert(performance.now() - start < LONGEST_RUN_MS, 'took too long');
  } finally {
    for (const [index, [at]] of [...changes.entries()].reverse()) bytes.set(before[index]!, at);
  }
}
