import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import { fuzzRuns } from '../../../../support/fuzzRuns';
import { contradictions, type FileSystemFacts, factsOf } from '../../../../support/volume/fileSystemFacts';
import { readExt } from '../../../../support/volume/readExt';
import { BytesSource, volumeFixture } from '../../../../support/volume/volumeFixture';

const SUPERBLOCK = [2, 3];

interface Whole {
  readonly bytes: Uint8Array;
  readonly facts: FileSystemFacts;
  /** All sectors from which anything was read. */
  readonly metadata: readonly number[];
}

describe('openExt, with unreadable sectors', () => {
  for (const name of ['ext2_1k', 'ext4_1k', 'ext4_4k']) {
    it(`is right or doesn't know for each sector of metadata of ${name}`, async function () {
      const whole = await wholeOf(volumeFixture(this, name).bytes);
      for (const sector of whole.metadata) await assertRight(whole, [sector], name !== 'ext2_1k');
    });

    it(`is right or doesn't know for random sets of sectors of ${name}`, async function () {
      const whole = await wholeOf(volumeFixture(this, name).bytes);
      const sets = fc.uniqueArray(fc.constantFrom(...whole.metadata), { minLength: 2, maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(sets, (unreadable) => assertRight(whole, unreadable, false)),
        { numRuns: fuzzRuns(1000) },
      );
    });
  }

  it('uses a backup of the superblock, and says so', async function () {
    const { bytes } = volumeFixture(this, 'ext4_1k');
    const fileSystem = await openExt(new BytesSource(bytes, new Set([3])).reader());
    assert.match(fileSystem!.notes.join(), /backup in block group 1 was used/);
  });

  it('takes descriptors from a backup, and says so', async function () {
    const { bytes } = volumeFixture(this, 'ext4_1k');
    const fileSystem = await openExt(new BytesSource(bytes, new Set([4])).reader());
    assert.match(fileSystem!.notes.join(), /descriptors of 3 block groups were read from backups/);
  });
});

async function wholeOf(bytes: Uint8Array): Promise<Whole> {
  return { bytes, ...(await readExt(bytes)) };
}

async function assertRight({ bytes, facts }: Whole, unreadable: number[], hasBackup: boolean): Promise<void> {
  const fileSystem = await openExt(new BytesSource(bytes, new Set(unreadable)).reader());
  if (!fileSystem)
    return assert(!hasBackup && unreadable.some((sector) => SUPERBLOCK.includes(sector)), `${unreadable}`);
  assert.deepEqual(contradictions(facts, await factsOf(fileSystem)), [], `sectors ${unreadable}`);
}
