import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { TurnQueue } from '../../../../src/engine/block/turnQueue';

describe('TurnQueue', () => {
  function startMany(queue: TurnQueue<number>, count: number): number[] {
    const started: number[] = [];
    for (let i = 0; i < count; i++) queue.begin({ start: (request) => started.push(request) }, i);
    return started;
  }

  it('starts at once what a thread is free for, and the rest in order at the end of the turn', async () => {
    const started = startMany(new TurnQueue<number>(), 7);
    assert.deepEqual(started, [0, 1, 2, 3]);
    await nextTurn();
    assert.deepEqual(started, [0, 1, 2, 3, 4, 5, 6]);
  });

  it('starts at once what goes to other threads', () => {
    const queue = new TurnQueue<number>();
    startMany(queue, 4);
    const started: number[] = [];
    queue.begin({ start: (request) => started.push(request) }, 7, true);
    assert.deepEqual(started, [7]);
  });

  it('starts at once again when requests were answered', () => {
    const queue = new TurnQueue<number>();
    startMany(queue, 4);
    for (let i = 0; i < 3; i++) queue.end();
    assert.deepEqual(startMany(queue, 4), [0, 1, 2]);
  });

  it('tells the time of the turn in which requests wait, even if it was asked before', async () => {
    const queue = new TurnQueue<number>();
    queue.now();
    await setTimeout(20);
    const turnAt = performance.now();
    startMany(queue, 5);
    const now = queue.now();
    assert.ok(now >= turnAt, `${turnAt - now} ms before the turn`);
    assert.equal(queue.now(), now);
    await nextTurn();
    assert.ok(queue.now() > now);
  });

  it('starts what comes while it starts the waiting ones in a later turn', async () => {
    const queue = new TurnQueue<number>();
    startMany(queue, 4);
    const started: string[] = [];
    const second = { start: () => started.push('second') };
    const first = {
      start: () => {
        started.push('first');
        queue.begin(second, 0);
      },
    };
    queue.begin(first, 0);
    await nextTurn();
    assert.deepEqual(started, ['first']);
    await nextTurn();
    assert.deepEqual(started, ['first', 'second']);
  });
});
