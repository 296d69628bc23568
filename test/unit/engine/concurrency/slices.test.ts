import assert from 'node:assert/strict';
import { atOnce, inSlices, type Slices } from '../../../../src/engine/concurrency/slices';
import { turn } from '../../../support/turns';

function* counting(steps: number, busyMs: number): Slices<number> {
  for (let i = 0; i < steps; i++) {
    for (const end = performance.now() + busyMs; performance.now() < end; );
    yield;
  }
  return steps;
}

describe('work in slices', () => {
  it('gives its result, at once or with pauses', async () => {
    assert.equal(atOnce(counting(5, 0)), 5);
    assert.equal(await inSlices(counting(5, 0)), 5);
  });

  it('lets other work go on meanwhile', async () => {
    let turns = 0;
    let isDone = false;
    const done = inSlices(counting(20, 3)).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await turn();
      turns++;
    }
    assert.equal(await done, 20);
    assert.ok(turns >= 3, `${turns} turns`);
  });

  it('ends when it is told so', async () => {
    const controller = new AbortController();
    const work = inSlices(counting(1000, 3), controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(work, /enough/);
  });
});
