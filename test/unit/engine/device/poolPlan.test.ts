import assert from 'node:assert/strict';
import { planPool } from '../../../../src/engine/device/poolPlan';
import { encodePoolIdentity, MAX_POOL_MEMBERS } from '../../../../src/engine/remap/poolIdentity';
import { refusal } from '../../../support/remap/remapErrors';

type Spare = NonNullable<Parameters<typeof planPool>[0][number]>;

const POOL = 'ab'.repeat(16);

/** A spare that was never of a pool. */
function single(entryCount = 0): Spare {
  return { entryCount, extras: {} };
}

/** Spare `index` of two, which took part in the commit of an epoch together with those present. */
function member(index: number, epoch = 5, present = [0, 1], id = POOL): Spare {
  return { entryCount: 3, extras: { pool: encodePoolIdentity({ id, index, count: 2, epoch, present }) } };
}

function refused(spares: Parameters<typeof planPool>[0]): string {
  const { code, message } = refusal(() => planPool(spares));
  return `${code}: ${message}`;
}

describe('pool plan', () => {
  it('leaves a single spare alone', () => {
    const plan = { stamp: null, newest: 0, isStale: false, isUnmarked: false, current: [] };
    assert.deepEqual(planPool([single(7)]), plan);
  });

  it('makes spares that were never a pool one, around the one that has remaps', () => {
    const plan = planPool([single(), single(4), single()]);
    assert.match(plan.stamp!.id, /^[0-9a-f]{32}$/);
    assert.deepEqual([plan.stamp!.epoch, plan.newest, plan.isStale, plan.isUnmarked], [0, 1, true, true]);
    assert.equal(planPool([single(), single()]).newest, 0);
  });

  it('takes the table of the newest spare, and brings the others up to date', () => {
    const upToDate = planPool([member(0), member(1)]);
    assert.deepEqual(upToDate, {
      stamp: { id: POOL, epoch: 5 },
      newest: 0,
      isStale: false,
      isUnmarked: false,
      current: [0, 1],
    });
    const { newest, stamp, isStale, current } = planPool([member(0, 5), member(1, 6, [1])]);
    assert.deepEqual([newest, stamp!.epoch, isStale, current], [1, 6, true, [1]]);
  });

  it('takes a new spare into a pool', () => {
    const { newest, isStale, isUnmarked } = planPool([member(0), member(1), single()]);
    assert.deepEqual([newest, isStale, isUnmarked], [0, true, true]);
  });

  it('goes on without a spare, and has it marked as missing before the first write', () => {
    const { newest, isStale, isUnmarked } = planPool([null, member(1)]);
    assert.deepEqual([newest, isStale, isUnmarked], [1, false, true]);
    assert.equal(planPool([null, member(1, 6, [1])]).isUnmarked, false);
  });

  it('refuses spares that do not belong together, and says why', () => {
    const other = 'cd'.repeat(16);
    assert.match(
      refused([member(0), member(1, 5, [0, 1], other)]),
      /^EINVAL: spare 1 belongs to another pool/,
    );
    assert.match(refused([member(1), member(0)]), /^EINVAL: spare 0 is number 1 of its pool/);
    assert.match(refused([member(0)]), /^EINVAL: the spare is one of 2 of a pool/);
    assert.match(refused([member(0), single(1)]), /^EINVAL: spare 1 has remaps of its own/);
    assert.match(refused([single(1), single(2)]), /^EINVAL: spares 0 and 1 both have remaps of their own/);
    const many = Array.from({ length: MAX_POOL_MEMBERS + 1 }, () => single());
    assert.match(refused(many), /^EINVAL: a device can have 16 spares, not 17/);
  });

  it('refuses spares that were each used without the other', () => {
    assert.match(refused([member(0, 6, [0]), member(1, 7, [1])]), /each used while the other was missing/);
  });

  it('refuses to begin or go on without the spares that it needs', () => {
    assert.match(refused([single(), null]), /^ENOENT: a new pool needs all of its spares/);
    assert.match(
      refused([member(0, 6, [1]), null]),
      /^ENOENT: .*is not complete: spare 1 of the pool has it/,
    );
  });
});
