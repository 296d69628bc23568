import assert from 'node:assert/strict';
import {
  ClientBudget,
  DEFAULT_LIMITS,
  PIECE_BYTES,
  SharedBudget,
} from '../../../../src/engine/export/limits';

const LIMITS = {
  ...DEFAULT_LIMITS,
  clientRequests: 3,
  requests: 5,
  clientBytes: 4 * PIECE_BYTES,
  bytes: 6 * PIECE_BYTES,
};

describe('the budget of a server', () => {
  let shared: SharedBudget;
  let [first, second] = [] as unknown as [ClientBudget, ClientBudget];
  beforeEach(() => {
    shared = new SharedBudget(LIMITS);
    [first, second] = [new ClientBudget(shared), new ClientBudget(shared)];
  });

  it('has an end for each client, in requests and in bytes', () => {
    for (let i = 0; i < 3; i++) assert.ok(first.tryBegin(0));
    assert.ok(!first.tryBegin(0));
    assert.ok(second.tryBegin(4 * PIECE_BYTES));
    assert.ok(!second.tryBegin(1));
  });

  it('has an end for all clients together', () => {
    assert.ok(first.tryBegin(4 * PIECE_BYTES));
    assert.ok(second.tryBegin(2 * PIECE_BYTES));
    assert.ok(!second.tryBegin(1));
    first.end(4 * PIECE_BYTES);
    assert.ok(second.tryBegin(PIECE_BYTES));
    assert.deepEqual([shared.requests, shared.bytes], [2, 3 * PIECE_BYTES]);
  });

  it('gives a client that holds nothing a request and a piece, whatever the others hold', () => {
    assert.ok(first.tryBegin(4 * PIECE_BYTES) && second.tryBegin(2 * PIECE_BYTES));
    for (let i = 0; i < 2; i++) first.tryBegin(0);
    second.tryBegin(0);
    assert.equal(shared.requests, 5);
    const third = new ClientBudget(shared);
    assert.ok(third.tryBegin(PIECE_BYTES));
    assert.ok(!third.tryBegin(0));
  });

  it('gives a client that holds nothing more than its share if the others leave room for it', () => {
    assert.ok(first.tryBegin(6 * PIECE_BYTES));
    assert.ok(!second.tryBegin(2 * PIECE_BYTES));
    first.end(6 * PIECE_BYTES);
    assert.ok(second.tryBegin(2 * PIECE_BYTES));
  });

  it('takes nothing where it can not take all', () => {
    first.tryBegin(4 * PIECE_BYTES);
    assert.ok(!first.tryBegin(1));
    assert.deepEqual([shared.requests, shared.bytes], [1, 4 * PIECE_BYTES]);
  });

  it('wakes those who wait in the order in which they came', async () => {
    const order: string[] = [];
    const third = new ClientBudget(shared);
    for (const each of [first, second, third]) each.tryTake(2 * PIECE_BYTES);
    const waiting = [third, second].map((client, i) =>
      client.taken(2 * PIECE_BYTES).then(() => order.push(['third', 'second'][i]!)),
    );
    first.give(2 * PIECE_BYTES);
    await waiting[0];
    assert.deepEqual(order, ['third']);
    third.give(2 * PIECE_BYTES);
    await waiting[1];
    assert.deepEqual(order, ['third', 'second']);
  });

  it('forgets a client that has gone', () => {
    let isWoken = false;
    first.tryTake(PIECE_BYTES);
    second.whenFree(() => {
      isWoken = true;
    });
    second.close();
    first.give(PIECE_BYTES);
    assert.ok(!isWoken);
    assert.equal(shared.bytes, 0);
  });
});
