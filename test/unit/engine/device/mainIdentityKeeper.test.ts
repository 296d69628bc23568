import assert from 'node:assert/strict';
import { MainIdentity } from '../../../../src/engine/device/mainIdentity';
import { MainIdentityKeeper } from '../../../../src/engine/device/mainIdentityKeeper';
import type { Committer } from '../../../../src/engine/remap/committer';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ManualClock, taggedSector } from '../../../support/remap/targetRig';

describe('identity keeper', () => {
  let main: MemoryDevice;
  let committed: Uint8Array[];
  let keeper: MainIdentityKeeper;
  let clock: ManualClock;

  beforeEach(() => {
    main = new MemoryDevice(4096);
    committed = [];
    const commitExtras: Committer['commitExtras'] = async ({ mainIdentity }) =>
      void committed.push(mainIdentity!);
    clock = new ManualClock();
    keeper = new MainIdentityKeeper(main, { commitExtras } as Committer, clock, new Uint8Array(0));
  });

  it('commits the fingerprint, with the sectors written last', async () => {
    await main.write(777, taggedSector(777, 1));
    keeper.noteWrite(777);
    await keeper.save();
    const { samples } = MainIdentity.decode(committed[0]!);
    assert.notEqual(samples.find(({ sector }) => sector === 777)?.checksum ?? 0, 0);
  });

  it('commits nothing when the fingerprint is the same', async () => {
    await keeper.save();
    await keeper.save();
    assert.equal(committed.length, 1);
    await main.write(0, taggedSector(0, 1));
    await keeper.save();
    assert.equal(committed.length, 2);
  });

  it('remembers 24 of the sectors written, the last ones', async () => {
    for (let sector = 1000; sector < 1030; sector++) {
      keeper.noteWrite(sector);
      keeper.noteWrite(sector);
    }
    await keeper.save();
    const sectors = MainIdentity.decode(committed[0]!).samples.map(({ sector }) => sector);
    assert.deepEqual(
      sectors.filter((sector) => sector >= 1000 && sector < 1030),
      Array.from({ length: 24 }, (_, i) => 1006 + i),
    );
  });

  it('is outdated once more than a quarter of the sampled sectors were written, and some time has passed', async () => {
    await keeper.save();
    const sampled = MainIdentity.decode(committed[0]!).samples.map(({ sector }) => sector);
    assert.equal(sampled.length, 16);
    for (const sector of sampled.slice(0, 4)) keeper.noteWrite(sector);
    clock.ms += 5000;
    assert.equal(keeper.isOutdated, false);
    keeper.noteWrite(sampled[4]! - 1, 2);
    assert.equal(keeper.isOutdated, true);
    clock.ms -= 1;
    assert.equal(keeper.isOutdated, false);
    clock.ms += 1;
    await keeper.save();
    assert.equal(keeper.isOutdated, false);
  });

  it('is outdated at once when main would not fit it after a crash, and samples no sector again that is always written', async () => {
    const journal = [100, 101, 102, 103];
    const write = async (sectors: readonly number[], version: number): Promise<void> => {
      for (const sector of sectors) {
        await main.write(sector, taggedSector(sector, version));
        keeper.noteWrite(sector);
      }
    };
    await write([...journal, 777], 1);
    await keeper.save();
    await write(journal.slice(0, 2), 2);
    assert.equal(keeper.isOutdated, false);
    await write(journal.slice(2, 3), 2);
    assert.equal(keeper.isOutdated, true);
    await keeper.save();
    await write(journal, 3);
    await keeper.save();
    assert.equal(keeper.isOutdated, false);
    await write(journal, 4);
    assert.equal(keeper.isOutdated, false);
    assert.equal((await keeper.check()).fits, true);
    const sectors = MainIdentity.decode(committed.at(-1)!).samples.map(({ sector }) => sector);
    assert.deepEqual(
      sectors.filter((sector) => journal.includes(sector) || sector === 777),
      [777],
    );
  });

  it('saves nothing while main does not fit what is saved, until it is accepted', async () => {
    for (const sector of [5, 6, 7]) {
      await main.write(sector, taggedSector(sector, 1));
      keeper.noteWrite(sector);
    }
    await keeper.save();
    assert.deepEqual(await keeper.check(), { fits: true, matching: 19, total: 19 });
    for (const sector of [5, 6]) await main.write(sector, taggedSector(sector, 2));
    assert.deepEqual(await keeper.check(), { fits: false, matching: 17, total: 19 });
    await keeper.save();
    assert.equal(committed.length, 1);
    keeper.accept();
    await keeper.save();
    assert.equal(committed.length, 2);
    assert.equal((await keeper.check()).fits, true);
  });
});
