import assert from 'node:assert/strict';
import { type Deferred, deferred } from '../../../../src/engine/concurrency/deferred';
import { MergedRuns } from '../../../../src/engine/concurrency/mergedRuns';
import { isPending, turn } from '../../../support/turns';

describe('MergedRuns', () => {
  let started: Deferred[];
  let runs: MergedRuns;

  beforeEach(() => {
    started = [];
    runs = new MergedRuns(() => {
      const run = deferred();
      started.push(run);
      return run.promise;
    });
  });

  it('starts at once when nothing runs, as often as it is asked', async () => {
    for (let i = 0; i < 2; i++) {
      const run = runs.run();
      assert.equal(started.length, i + 1);
      started[i]!.resolve();
      await run;
    }
  });

  it('lets all share the next run that arrive during one', async () => {
    const first = runs.run();
    const second = runs.run();
    const third = runs.run();
    assert.equal(started.length, 1);
    started[0]!.resolve();
    await first;
    await turn();
    assert.equal(started.length, 2);
    assert.ok(await isPending(Promise.race([second, third])), 'they must not join the run that had begun');
    started[1]!.resolve();
    await Promise.all([second, third]);
    assert.equal(started.length, 2);
  });

  it('starts a further run for what arrives during the shared one', async () => {
    void runs.run();
    void runs.run();
    started[0]!.resolve();
    await turn();
    const late = runs.run();
    started[1]!.resolve();
    await turn();
    assert.equal(started.length, 3);
    started[2]!.resolve();
    await late;
  });

  it('fails those whose run fails, and nothing after it', async () => {
    const first = runs.run();
    const second = runs.run();
    started[0]!.reject(new Error('first'));
    await assert.rejects(first, /first/);
    await turn();
    started[1]!.resolve();
    await second;
  });
});
