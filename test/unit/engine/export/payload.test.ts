import assert from 'node:assert/strict';
import { dataBuffers } from '../../../../src/engine/export/bufferPool';
import { Inbox } from '../../../../src/engine/export/inbox';
import {
  ClientBudget,
  DEFAULT_LIMITS,
  PIECE_BYTES,
  SharedBudget,
} from '../../../../src/engine/export/limits';
import type { OpenRequest } from '../../../../src/engine/export/openRequest';
import { WritePayload } from '../../../../src/engine/export/payload';
import { DATA_HEADER_BYTES } from '../../../../src/engine/export/wire';

/** A WRITE of two pieces whose client goes: nothing of it reaches a device. */
function unfinished(): { payload: WritePayload; budget: ClientBudget; shared: SharedBudget } {
  const shared = new SharedBudget(DEFAULT_LIMITS);
  const budget = new ClientBudget(shared);
  const request = { byteOffset: 0, byteLength: 2 * PIECE_BYTES };
  const open = { request, answer: () => undefined } as unknown as OpenRequest;
  const payload = new WritePayload(open, 0, budget);
  const inbox = new Inbox();
  inbox.push(Buffer.alloc(4096, 1));
  assert.equal(payload.feed(inbox), 'more');
  return { payload, budget, shared };
}

/** Whether a buffer of that memory is handed out for other data. */
function isHandedOut(memory: ArrayBufferLike): boolean {
  const taken = Array.from({ length: 64 }, () => dataBuffers.take(DATA_HEADER_BYTES + PIECE_BYTES));
  const found = taken.some(({ buffer }) => buffer === memory);
  for (const buffer of taken) if (buffer.buffer !== memory) dataBuffers.give(buffer);
  return found;
}

describe('The data of a WRITE', () => {
  it('have a buffer that no other request gets while the socket may still read into it', () => {
    const { payload, shared } = unfinished();
    const { buffer: memory } = payload.room()!;
    payload.abandon();
    assert.equal(shared.bytes, 0, 'the client holds nothing any more');
    assert.ok(!isHandedOut(memory));
  });

  it('leave their buffer to others once it was not lent to a socket', () => {
    const takes: Buffer[] = [];
    const take = dataBuffers.take.bind(dataBuffers);
    dataBuffers.take = (byteCount) => {
      takes.push(take(byteCount));
      return takes.at(-1)!;
    };
    try {
      const { payload } = unfinished();
      payload.abandon();
    } finally {
      dataBuffers.take = take;
    }
    assert.equal(takes.length, 1);
    assert.ok(isHandedOut(takes[0]!.buffer));
  });
});
