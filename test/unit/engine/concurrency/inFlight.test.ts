import assert from 'node:assert/strict';
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

  it('counts a request until it settles, also when it fails', async () => {
    const inFlight = new InFlight();
    assert.equal(await inFlight.during(async () => 7), 7);
    let fail = (): void => {};
    const request = inFlight.during(
      () =>
        new Promise<void>((_, reject) => {
          fail = () => reject(new Error('no'));
        }),
    );
    const drained = inFlight.drained();
    assert.ok(await isPending(drained));
    fail();
    await assert.rejects(request, /no/);
    await drained;
  });
});
