import assert from 'node:assert/strict';
import { RangeLock } from '../../../../src/engine/concurrency/rangeLock';
import { isPending } from '../../../support/turns';

describe('RangeLock', () => {
  it('holds up no write while nothing is held', () => {
    const lock = new RangeLock();
    lock.beginWrite(10, 5);
    assert.equal(lock.holdOn(10, 5), null);
  });

  it('makes writes wait that touch a held range, until the hold is released', async () => {
    const lock = new RangeLock();
    const release = await lock.hold([
      [10, 5],
      [30, 1],
    ]);
    assert.equal(lock.holdOn(5, 5), null, 'ends where the hold begins');
    assert.equal(lock.holdOn(15, 15), null, 'lies between the held ranges');
    assert.equal(lock.holdOn(31, 5), null, 'begins where the hold ends');
    for (const [first, count] of [
      [5, 6],
      [14, 1],
      [0, 100],
      [30, 1],
    ] as const) {
      assert.ok(lock.holdOn(first, count), `${first}+${count}`);
    }
    const waiting = lock.holdOn(14, 1)!;
    assert.ok(await isPending(waiting));
    release();
    await waiting;
    assert.equal(lock.holdOn(14, 1), null);
  });

  it('gets a range once the writes to it have ended, and waits for no other', async () => {
    const lock = new RangeLock();
    const writes = [lock.beginWrite(9, 2), lock.beginWrite(12, 1)];
    lock.beginWrite(15, 1);
    const held = lock.hold([[10, 5]]);
    lock.endWrite(writes[0]!);
    assert.ok(await isPending(held));
    assert.ok(lock.holdOn(13, 1), 'a new write waits though the hold is not complete');
    lock.endWrite(writes[1]!);
    (await held)();
    await lock.hold([[10, 5]]);
  });

  it('lets two holds wait for one write', async () => {
    const lock = new RangeLock();
    const write = lock.beginWrite(0, 100);
    const holds = Promise.all([lock.hold([[10, 5]]), lock.hold([[20, 5]])]);
    assert.ok(await isPending(holds));
    lock.endWrite(write);
    await holds;
  });

  it('gives overlapping ranges to one hold at a time', async () => {
    const lock = new RangeLock();
    const release = await lock.hold([[10, 5]]);
    const apart = await lock.hold([[20, 5]]);
    const second = lock.hold([
      [14, 1],
      [22, 1],
    ]);
    release();
    assert.ok(await isPending(second), 'the other range is still held');
    apart();
    (await second)();
    assert.equal(lock.holdOn(0, 100), null);
  });
});
