import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DiskVolumes } from '../../../../../src/engine/volume/diskVolumes';
import type { Owner } from '../../../../../src/engine/volume/owner';
import { fuzzRuns } from '../../../../support/fuzzRuns';
import { readExt } from '../../../../support/volume/readExt';
import { BytesSource, volumeFixture } from '../../../../support/volume/volumeFixture';

describe('openExt, asked for owners with unreadable sectors', () => {
  for (const name of ['ext2_1k', 'ext4_1k', 'ext4_4k'])
    it(`never makes another owner of a sector of ${name}`, async function () {
      const { bytes, answers } = volumeFixture(this, name);
      const sectors = answers.owners.map(({ sector }) => sector);
      const right = await ownersOf(bytes, sectors, []);
      const { metadata } = await readExt(bytes);
      const check = async (unreadable: readonly number[]) => {
        for (const [index, owner] of (await ownersOf(bytes, sectors, unreadable)).entries())
          assert(
            isRightOrUnknown(owner, right[index]!),
            JSON.stringify({ unreadable, owner, right: right[index] }),
          );
      };
      for (const sector of metadata) await check([sector]);
      const sets = fc.uniqueArray(fc.constantFrom(...metadata), { minLength: 2, maxLength: 20 });
      await fc.assert(fc.asyncProperty(sets, check), { numRuns: fuzzRuns(50) });
    });
});

async function ownersOf(
  bytes: Uint8Array,
  sectors: readonly number[],
  unreadable: readonly number[],
): Promise<Owner[]> {
  const volumes = await DiskVolumes.open(new BytesSource(bytes, new Set(unreadable)));
  await volumes.index();
  return volumes.ownersOf(sectors);
}

/** A name that is lost stands in brackets; of several names any may be first. */
function isRightOrUnknown(owner: Owner, right: Owner): boolean {
  if (owner.kind === 'unknown') return true;
  const names = [right.path, ...(right.otherPaths ?? [])];
  const isNamed = owner.path === undefined || owner.path.includes('(') || names.includes(owner.path);
  return (
    owner.kind === right.kind && owner.what === right.what && owner.fileOffset === right.fileOffset && isNamed
  );
}
