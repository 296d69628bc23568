import assert from 'node:assert/strict';
import { exportRig } from '../../../support/export/exportRig';
import type { Chunk, RawClient } from '../../../support/export/rawClient';

const [READ, WRITE, DISC, FLUSH, TRIM, CACHE, WRITE_ZEROES, BLOCK_STATUS] = [0, 1, 2, 3, 4, 5, 6, 7];
const [FUA, NO_HOLE, DF, REQ_ONE, FAST_ZERO, PAYLOAD_LEN] = [1, 2, 4, 8, 16, 32];
const [EPERM, EINVAL, ENOSPC, EOVERFLOW, ENOTSUP] = [1, 22, 28, 75, 95];

const SIZE = 20_480 * 512;
const MiB = 1024 * 1024;

/** The error that a reply of chunks ends with. */
function errnoOf(chunks: readonly Chunk[]): number {
  assert.equal(chunks.length, 1, 'an early error is one chunk');
  assert.equal(chunks[0]!.type, 0x8001);
  const { payload } = chunks[0]!;
  assert.equal(payload.length, 6 + payload.readUInt16BE(4), 'the text has the length that it says');
  return payload.readUInt32BE();
}

/** What the client gets for a request: its errno, 0 for success. */
async function outcomeOf(client: RawClient, request: Parameters<RawClient['request']>[0]): Promise<number> {
  client.request({ cookie: 0x1122334455667788n, ...request });
  const isChunked = request.command === READ || request.command === BLOCK_STATUS;
  if (!isChunked) {
    const reply = await client.simpleReply();
    assert.equal(reply.cookie, 0x1122334455667788n);
    return reply.errno;
  }
  const chunks = await client.chunks();
  assert.ok(chunks.every(({ cookie }) => cookie === 0x1122334455667788n));
  return chunks[0]!.type < 0x8000 ? 0 : errnoOf(chunks);
}

describe('a request that is wrong', () => {
  const rig = exportRig();

  it('is refused with its error, and the connection goes on', async () => {
    const client = await rig.current.open('disk', { contexts: ['base:allocation'] });
    const data = (length: number) => ({ length, payload: Buffer.alloc(length, 7) });
    const rows: readonly (readonly [string, number, Parameters<RawClient['request']>[0]])[] = [
      ['READ past the end', EINVAL, { command: READ, offset: SIZE - 512, length: 1024 }],
      ['READ at 2^63', EINVAL, { command: READ, offset: 2n ** 63n, length: 512 }],
      ['READ at 2^64 - 512', EINVAL, { command: READ, offset: 2n ** 64n - 512n, length: 512 }],
      ['READ of nothing', EINVAL, { command: READ, offset: 0 }],
      ['READ of a part of a sector', EINVAL, { command: READ, offset: 0, length: 100 }],
      ['READ from inside a sector', EINVAL, { command: READ, offset: 1, length: 512 }],
      ['READ of more than 32 MiB', EINVAL, { command: READ, offset: 0, length: 32 * MiB + 512 }],
      ['READ with NO_HOLE', EINVAL, { command: READ, length: 512, flags: NO_HOLE }],
      ['READ with REQ_ONE', EINVAL, { command: READ, length: 512, flags: REQ_ONE }],
      ['READ with an unknown flag', EINVAL, { command: READ, length: 512, flags: 0x8000 }],
      [
        'READ of more than a piece, without fragments',
        EOVERFLOW,
        { command: READ, length: 2 * MiB, flags: DF },
      ],
      ['TRIM past the end', EINVAL, { command: TRIM, offset: SIZE, length: 512 }],
      ['TRIM of nothing', EINVAL, { command: TRIM }],
      ['TRIM with FAST_ZERO', EINVAL, { command: TRIM, length: 512, flags: FAST_ZERO }],
      ['CACHE past the end', EINVAL, { command: CACHE, offset: SIZE, length: 512 }],
      ['WRITE past the end', ENOSPC, { command: WRITE, offset: SIZE, ...data(512) }],
      ['WRITE across the end', ENOSPC, { command: WRITE, offset: SIZE - 512, ...data(1024) }],
      ['WRITE of nothing', EINVAL, { command: WRITE }],
      ['WRITE of a part of a sector', EINVAL, { command: WRITE, ...data(700) }],
      ['WRITE of more than 32 MiB', EINVAL, { command: WRITE, ...data(32 * MiB + 512) }],
      ['WRITE with DF', EINVAL, { command: WRITE, flags: DF, ...data(512) }],
      ['WRITE with a length of its own', EINVAL, { command: WRITE, flags: PAYLOAD_LEN, ...data(512) }],
      ['WRITE_ZEROES past the end', ENOSPC, { command: WRITE_ZEROES, offset: SIZE, length: 512 }],
      ['WRITE_ZEROES of 4 GiB', ENOSPC, { command: WRITE_ZEROES, length: 2 ** 32 - 512 }],
      ['WRITE_ZEROES that must be fast', ENOTSUP, { command: WRITE_ZEROES, length: 512, flags: FAST_ZERO }],
      ['FLUSH of a run', EINVAL, { command: FLUSH, offset: 512, length: 512 }],
      ['BLOCK_STATUS past the end', EINVAL, { command: BLOCK_STATUS, offset: SIZE, length: 512 }],
      ['BLOCK_STATUS of nothing', EINVAL, { command: BLOCK_STATUS }],
      ['an unknown command', EINVAL, { command: 8, length: 512 }],
      ['another unknown command', EINVAL, { command: 0xffff, length: 512 }],
    ];
    await outcomeOf(client, { command: WRITE, ...data(4096) });
    for (const [what, errno, request] of rows) {
      assert.equal(await outcomeOf(client, request), errno, what);
      client.request({ command: READ, length: 4096 });
      const [chunk] = await client.chunks();
      assert.deepEqual(
        chunk!.payload,
        Buffer.concat([Buffer.alloc(8), Buffer.alloc(4096, 7)]),
        `after ${what}`,
      );
    }
  });

  it('may have FUA, whatever it is', async () => {
    const client = await rig.current.open('disk', { contexts: ['base:allocation'] });
    for (const command of [READ, WRITE, TRIM, CACHE, WRITE_ZEROES, BLOCK_STATUS]) {
      const payload = Buffer.alloc(command === WRITE ? 512 : 0);
      assert.equal(
        await outcomeOf(client, { command, length: 512, flags: FUA, payload }),
        0,
        `command ${command}`,
      );
    }
    assert.equal(await outcomeOf(client, { command: FLUSH, flags: FUA }), 0);
  });

  it('asks for no chunks, or for contexts, without having agreed on them', async () => {
    const client = await rig.current.open('disk', { structured: false });
    client.request({ command: READ, length: 512, flags: DF });
    assert.equal((await client.simpleReply()).errno, EINVAL);
    client.request({ command: BLOCK_STATUS, length: 512 });
    assert.equal((await client.simpleReply()).errno, EINVAL);
    client.request({ command: READ, length: 512 });
    assert.equal((await client.simpleReply()).errno, 0);
    assert.equal((await client.take(512)).length, 512);
  });

  it('changes nothing on a read-only export, and its data are skipped', async () => {
    const client = await rig.current.open('disk/main');
    for (const command of [WRITE, TRIM, WRITE_ZEROES]) {
      const payload = Buffer.alloc(command === WRITE ? 4096 : 0, 9);
      assert.equal(await outcomeOf(client, { command, length: 4096, payload }), EPERM, `command ${command}`);
    }
    client.request({ command: READ, length: 4096 });
    const [chunk] = await client.chunks();
    assert.ok(chunk!.payload.subarray(8).every((byte) => byte === 0));
    assert.equal(await outcomeOf(client, { command: FLUSH }), 0);
  });

  it('ends the connection where it does not begin as a request', async () => {
    const client = await rig.current.open('disk');
    client.request({ command: READ, length: 512, magic: 0x25609514 });
    assert.equal((await client.closed()).length, 0);
  });

  it('may come in any pieces', async () => {
    const client = await rig.current.open('disk', { structured: false });
    const payload = Buffer.alloc(1024, 5);
    const header = Buffer.alloc(28);
    header.writeUInt32BE(0x25609513);
    header.writeUInt16BE(WRITE, 6);
    header.writeUInt32BE(payload.length, 24);
    for (const byte of Buffer.concat([header, payload])) {
      client.send(Buffer.from([byte]));
      if (byte !== 5) await new Promise(setImmediate);
    }
    assert.equal((await client.simpleReply()).errno, 0);
  });
});

describe('the end of a connection', () => {
  const rig = exportRig();

  it('comes with DISC, without a reply, after what came before was answered', async () => {
    const client = await rig.current.open('disk', { structured: false });
    client.request({ command: WRITE, length: 512, payload: Buffer.alloc(512, 3), cookie: 5n });
    client.request({ command: FLUSH, cookie: 6n });
    client.request({ command: DISC, cookie: 7n });
    const rest = await client.closed();
    assert.equal(rest.length, 32, 'two replies');
    const cookies = [rest.readBigUInt64BE(8), rest.readBigUInt64BE(24)].sort();
    assert.deepEqual(cookies, [5n, 6n]);
  });

  it('comes when the client closes its end, after what it asked for was answered', async () => {
    const client = await rig.current.open('disk', { structured: false });
    for (let i = 0; i < 10; i++) client.request({ command: READ, offset: i * 4096, length: 4096 });
    client.endSending();
    assert.equal((await client.closed()).length, 10 * (16 + 4096));
  });

  it('leaves nothing of a client that vanishes amid its requests', async () => {
    for (let i = 0; i < 10; i++) {
      const client = await rig.current.open('disk');
      client.request({ command: READ, length: 8 * 1024 * 1024 });
      client.request({ command: WRITE, length: 2 * 1024 * 1024, payload: Buffer.alloc(1_500_000, 1) });
      client.vanish();
    }
    while (rig.current.server.figures()[0]!.clients > 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const client = await rig.current.open('disk', { structured: false });
    for (let i = 0; i < 100; i++) client.request({ command: READ, length: 512, cookie: BigInt(i) });
    for (let i = 0; i < 100; i++) await client.take(16 + 512);
    assert.equal(rig.current.server.figures()[0]!.clients, 1);
  });
});
