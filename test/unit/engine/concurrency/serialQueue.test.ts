import assert from 'node:assert/strict';
import { deferred } from '../../../../src/engine/concurrency/deferred';
import { SerialQueue } from '../../../../src/engine/concurrency/serialQueue';
import { isPending, turn } from '../../../support/turns';

describe('SerialQueue', () => {
  it('runs one piece of work at a time, in the order asked', async () => {
    const queue = new SerialQueue();
    const steps: string[] = [];
    const works = ['a', 'b', 'c'].map((name) =>
      queue.run(async () => {
        steps.push(`${name} begins`);
        await turn();
        steps.push(`${name} ends`);
        return name;
      }),
    );
    assert.deepEqual(await Promise.all(works), ['a', 'b', 'c']);
    assert.deepEqual(steps, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('gives a failure to its caller alone', async () => {
    const queue = new SerialQueue();
    const failing = queue.run(() => Promise.reject(new Error('no')));
    const next = queue.run(async () => 'next');
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'next');
  });

  it('is idle once nothing runs or waits, work that was added meanwhile included', async () => {
    const queue = new SerialQueue();
    await queue.idle();
    const first = deferred();
    const second = deferred();
    void queue.run(() => first.promise);
    const idle = queue.idle();
    void queue.run(() => second.promise);
    first.resolve();
    assert.ok(await isPending(idle));
    second.resolve();
    await idle;
  });
});
