import assert from 'node:assert/strict';
import { randomInteger, seededRandom } from '../../../../src/engine/block/random';
import { CrashRig, checkRecovery, spareWithPayloads } from '../../../support/metadata/crashRig';

const SEED = Number(process.env.SEED ?? 1);

describe(`metadata after a power loss (seed ${SEED})`, () => {
  it('is the old state or the new one, in two copies or more: v4 table alone', async () => {
    const rig = new CrashRig(await spareWithPayloads(3));
    const random = seededRandom(SEED);
    await rig.open();
    for (let i = 0; i < 30; i++) {
      const what = randomInteger(random, 10);
      if (what < 6) await rig.add(1 + randomInteger(random, 4));
      else if (what < 8) await rig.move(randomInteger(random, rig.list.length), 1 + randomInteger(random, 2));
      else await rig.store.settle();
    }
    const cuts = await rig.checkAllCuts(3, SEED, async (left, found, random) => {
      await checkRecovery(left, found, random, 3);
    });
    console.log(`      ${cuts} cuts`);
  }).timeout(60_000);

  it('is the old state or the new one while the large table comes, grows and moves', async () => {
    const options = { growTableBySectors: 1 };
    const rig = new CrashRig(await spareWithPayloads(2044), options);
    await rig.open();
    for (const count of [3, 3, 1, 20]) await rig.add(count);
    await rig.move(2040, 12);
    await rig.store.settle();
    await rig.add(30);
    for (let i = 0; i < 14; i++) await rig.move(2000, 17);
    await rig.add(1);
    assert.ok(rig.store.extras.table.generation >= 2, 'the table has moved');
    const cuts = await rig.checkAllCuts(1, SEED, async (left, found, random) => {
      if (randomInteger(random, 4) === 0) await checkRecovery(left, found, random, 1, options);
    });
    console.log(`      ${cuts} cuts`);
  }).timeout(60_000);
});
