import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { receiveInto } from '../../../../src/engine/export/receiver';

describe('receiveInto', () => {
  /** Sends what a client sends through a server's socket, and resolves to it as it came. */
  async function receive(
    sent: Buffer,
    room: () => Buffer | null,
    isUsedAtOnce = false,
  ): Promise<{ roomBytes: number; rest: Buffer[]; places: Set<number> }> {
    const rest: Buffer[] = [];
    const places = new Set<number>();
    let roomBytes = 0;
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    const socket = receiveInto(accepted, {
      room,
      filled: (byteCount) => {
        roomBytes += byteCount;
      },
      received: (bytes) => {
        rest.push(isUsedAtOnce ? Buffer.from(bytes) : bytes);
        if (isUsedAtOnce) places.add(bytes.byteOffset);
        return isUsedAtOnce;
      },
    });
    const ended = once(socket, 'end');
    client.end(sent);
    socket.resume();
    await ended;
    socket.end();
    await once(client.resume(), 'close');
    server.close();
    return { roomBytes, rest, places };
  }

  it('reads straight into the room that it is given, and into buffers that are not used again', async () => {
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    const target = Buffer.alloc(100_000);
    let asked = 0;
    const { roomBytes, rest } = await receive(sent, () => (asked++ === 0 ? target : null));
    assert.ok(roomBytes > 0);
    assert.deepEqual(Buffer.concat([target.subarray(0, roomBytes), ...rest]), sent);
  });

  it('reads into the same buffer again when what it brought was used at once', async () => {
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    const { rest, places } = await receive(sent, () => null, true);
    assert.deepEqual(Buffer.concat(rest), sent);
    assert.deepEqual([...places], [0]);
  });

  it('takes what Node reads where the handle of the socket is of another kind', async () => {
    const came: Buffer[] = [];
    const stream = new PassThrough();
    const nothing = {
      room: () => null,
      filled: () => assert.fail(),
      received: (bytes: Buffer) => came.push(bytes) > 0,
    };
    const socket = receiveInto(Object.assign(stream, { _handle: null }) as unknown as Socket, nothing);
    stream.end('bytes');
    await once(socket, 'end');
    assert.equal(Buffer.concat(came).toString(), 'bytes');
  });
});
