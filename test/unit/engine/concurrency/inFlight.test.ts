import assert from 'node:assert/strict';
import { deferred } from '../../../../src/engine/concurrency/deferred';
import { InFlight } from '../../../../src/engine/concurrency/inFlight';
import { isPending } from '../../../support/turns';

describe('InFlight', () => {
  it('is drained while nothing is in flight', async () => {
    await new InFlight().drained();
  });

  it('is drained when the last request ends, for each caller that waits', async () => {
    const inFlight = new InFlight();
    inFlight.begin();
    inFlight.begin();
    const first = inFlight.drained();
    const second = inFlight.drained();
    inFlight.end();
    assert.ok(await isPending(Promise.race([first, second])));
    inFlight.end();
    await Promise.all([first, second]);
  });

  it('can be drained again after new requests', async () => {
    const inFlight = new InFlight();
    for (let round = 0; round < 2; round++) {
      inFlight.begin();
      const drained = inFlight.drained();
      assert.ok(await isPending(drained));
      inFlight.end();
      await drained;
    }
  });

  it('counts a request that has begun, and answers the same promise', async () => {
    const inFlight = new InFlight();
    const requests = [deferred(), deferred()];
    for (const { promise } of requests) assert.equal(inFlight.add(promise), promise);
    const drained = inFlight.drained();
    requests[0]!.resolve();
    assert.ok(await isPending(drained));
    requests[1]!.reject(new Error('no'));
    await assert.rejects(requests[1]!.promise, /no/);
    await drained;
  });

  it('counts a request until it settles, also when it fails', async () => {
    const inFlight = new InFlight();
    assert.equal(await inFlight.during(async () => 7), 7);
    const { promise, reject } = deferred();
    const request = inFlight.during(() => promise);
    const drained = inFlight.drained();
    assert.ok(await isPending(drained));
    reject(new Error('no'));
    await assert.rejects(request, /no/);
    await drained;
  });
});
