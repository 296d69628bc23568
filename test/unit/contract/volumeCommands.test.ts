import assert from 'node:assert/strict';
import { hasDamage, runVolumeCommand } from '../../../src/contract/volumeCommands';
import { type DamageReport, RangeSet } from '../../../src/engine';
import { BytesSource, volumeFixture } from '../../support/volume/volumeFixture';

const task = { signal: new AbortController().signal, report: () => undefined };

describe('The commands that look into file systems', () => {
  const damageOf = async (
    bytes: Uint8Array,
    bad: readonly (readonly [number, number])[],
    format?: string,
  ) => {
    const unreadable = async () => ({ bad: RangeSet.from(bad), notRescued: new RangeSet() });
    const target = { source: new BytesSource(bytes), unreadable, close: async () => undefined };
    return runVolumeCommand('damage', target, format === undefined ? undefined : { format }, task);
  };

  it('know whether a report or table tells of a loss: free space that is bad is none', async function () {
    const { bytes } = volumeFixture(this, 'ext2_1k');
    const free = bytes.length / 512 - 2;
    for (const format of ['json', 'csv']) {
      assert.equal(hasDamage(await damageOf(bytes, [], format)), false);
      assert.equal(hasDamage(await damageOf(bytes, [[free, 2]], format)), false);
      assert.equal(hasDamage(await damageOf(bytes, [[2, 1]], format)), true);
    }
    assert.equal(hasDamage(await damageOf(bytes, [[2, 1]], 'mapfile')), false);
    const report = (await damageOf(bytes, [[2, 1]])) as DamageReport;
    assert.deepEqual(
      report.structures.map(({ what }) => what),
      ['superblock'],
    );
  });

  it('tell of a loss where a part of a volume is not on the disk', async function () {
    const { bytes } = volumeFixture(this, 'gpt3');
    for (const format of ['json', 'csv']) {
      assert.equal(hasDamage(await damageOf(bytes, [], format)), false);
      assert.equal(
        hasDamage(await damageOf(bytes.subarray(0, bytes.length - 512 * 20_000), [], format)),
        true,
      );
    }
  });

  it('refuse wrong options', async function () {
    const { bytes } = volumeFixture(this, 'ext2_1k');
    await assert.rejects(damageOf(bytes, [], 'xml'), { code: 'EINVAL' });
    const target = {
      source: new BytesSource(bytes),
      unreadable: async () => assert.fail(),
      close: async () => undefined,
    };
    await assert.rejects(runVolumeCommand('ownerOf', target, {}, task), {
      code: 'EINVAL',
      message: '"sectors" is missing',
    });
    await assert.rejects(runVolumeCommand('ownerOf', target, { sectors: [] }, task), { code: 'EINVAL' });
    await assert.rejects(runVolumeCommand('sectorsOf', target, { path: 7 }, task), { code: 'EINVAL' });
    assert.equal((await runVolumeCommand('ownerOf', target, { sectors: 2 }, task)).length, 1);
  });
});
