import assert from 'node:assert/strict';
import { exportRig } from '../../../support/export/exportRig';
import type { RawClient } from '../../../support/export/rawClient';

const [READ, WRITE, FLUSH] = [0, 1, 3];
const ESHUTDOWN = 108;

/** Whether a promise is still open after a while in which all that can be answered is. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  const later = new Promise((resolve) => setTimeout(() => resolve(open), 50));
  return (await Promise.race([promise.catch(() => null), later])) === open;
}

function write(client: RawClient, sector: number, byte: number, flags = 0): void {
  client.request({
    command: WRITE,
    offset: sector * 512,
    length: 512,
    payload: Buffer.alloc(512, byte),
    flags,
  });
}

async function readByte(client: RawClient, sector: number): Promise<number> {
  client.request({ command: READ, offset: sector * 512, length: 512 });
  const [chunk] = await client.chunks();
  assert.equal(chunk!.type, 1);
  return chunk!.payload[8]!;
}

describe('an exported device', () => {
  const rig = exportRig();

  it('lets requests wait while it is suspended, and go on when it is resumed', async () => {
    const client = await rig.current.open();
    await rig.current.machine.suspend('disk');
    write(client, 5, 7);
    client.request({ command: FLUSH, cookie: 2n });
    const reply = client.simpleReply();
    assert.ok(await isOpen(reply));
    await rig.current.machine.resume('disk');
    assert.equal((await reply).errno, 0);
    assert.equal((await client.simpleReply()).errno, 0);
    assert.equal(await readByte(client, 5), 7);
  });

  it('keeps its clients over a reload, and answers them when it is back', async () => {
    const client = await rig.current.open();
    write(client, 5, 7);
    await client.simpleReply();
    const reload = rig.current.machine.reload(undefined, { waitMs: 100 });
    while (rig.current.device) await new Promise(setImmediate);
    write(client, 6, 8);
    const reply = client.simpleReply();
    assert.ok(await isOpen(reply));
    await reload;
    assert.equal((await reply).errno, 0);
    assert.equal(await readByte(client, 5), 7);
    assert.equal(await readByte(client, 6), 8);
  });

  it('makes a request again that a reboot took the device away under', async () => {
    const client = await rig.current.open();
    await rig.current.machine.suspend('disk');
    write(client, 5, 7);
    client.request({ command: FLUSH, cookie: 2n });
    assert.ok(await isOpen(client.take(1000)));
    await rig.current.machine.reboot({ reassemble: () => rig.current.assemble() });
    const after = await rig.current.open();
    while ((await readByte(after, 5)) !== 7) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(rig.current.server.figures()[0]!.errors, 0);
  });

  it('keeps its clients over a reboot', async () => {
    const clients = [await rig.current.open(), await rig.current.open('disk/main')];
    write(clients[0]!, 5, 7);
    await clients[0]!.simpleReply();
    await rig.current.machine.reboot({
      reassemble: async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        await rig.current.assemble();
      },
    });
    for (const client of clients) assert.equal(await readByte(client, 5), 7);
  });

  it('cuts its clients when the power is lost, and takes new ones when it is back', async () => {
    const client = await rig.current.open();
    write(client, 5, 7);
    await client.simpleReply();
    client.request({ command: FLUSH });
    assert.equal((await client.simpleReply()).errno, 0);
    write(client, 6, 8);
    await rig.current.machine.reboot({ powerLoss: true, seed: 1, reassemble: () => rig.current.assemble() });
    await client.closed();
    const after = await rig.current.open();
    assert.equal(await readByte(after, 5), 7, 'what was flushed is there');
  });

  it('does nothing after a power loss of what was asked for before it', async () => {
    const client = await rig.current.open();
    await rig.current.machine.suspend('disk');
    for (let sector = 0; sector < 8; sector++) write(client, sector, 7);
    assert.ok(await isOpen(client.take(1)));
    await rig.current.machine.reboot({ powerLoss: true, seed: 1, reassemble: () => rig.current.assemble() });
    const after = await rig.current.open();
    for (let sector = 0; sector < 8; sector++) assert.equal(await readByte(after, sector), 0);
  });

  it('never says that a flush was done which the power loss ended', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const client = await rig.current.open();
      write(client, 9, seed + 1);
      client.request({ command: FLUSH, cookie: 2n });
      const reboot = rig.current.machine.reboot({
        powerLoss: true,
        seed,
        reassemble: () => rig.current.assemble(),
      });
      const told = await client.closed();
      await reboot;
      const isFlushed = told.length >= 32 && told.readUInt32BE(20) === 0;
      const after = await rig.current.open();
      const byte = await readByte(after, 9);
      if (isFlushed) assert.equal(byte, seed + 1);
    }
  });

  it('refuses and disconnects its clients when it is removed', async () => {
    const [client, waiting] = [await rig.current.open(), await rig.current.open()];
    await rig.current.machine.suspend('disk');
    write(waiting, 5, 7);
    const reply = waiting.simpleReply();
    assert.ok(await isOpen(reply));
    await rig.current.machine.remove('disk');
    assert.equal((await reply).errno, ESHUTDOWN);
    await client.closed();
    await waiting.closed();
    assert.ok(rig.current.events.some(({ kind }) => kind === 'ended'));
    await assert.rejects(rig.current.open('disk'), /2147483654/);
  });

  it('serves again under its name when it is assembled anew', async () => {
    await rig.current.machine.remove('disk');
    await rig.current.assemble();
    assert.equal(await readByte(await rig.current.open(), 5), 0);
  });

  it('counts what it did', async () => {
    const client = await rig.current.open();
    write(client, 5, 7, 1);
    await client.simpleReply();
    await readByte(client, 5);
    client.request({ command: FLUSH });
    await client.simpleReply();
    const { uri, ...figures } = rig.current.server.figures()[0]!;
    assert.equal(uri, rig.current.server.uriOf('disk'));
    assert.deepEqual(figures, {
      name: 'disk',
      device: 'disk',
      clients: 1,
      reads: 1,
      writes: 1,
      flushes: 1,
      bytesRead: 512,
      bytesWritten: 512,
      errors: 0,
      lastError: null,
    });
  });
});

describe('an exported device that does not come back', () => {
  const rig = exportRig({ limits: { returnMs: 40 } });

  it('lets requests wait for a time, and then refuses them', async () => {
    const client = await rig.current.open();
    await rig.current.machine.reboot();
    write(client, 5, 7);
    assert.equal((await client.simpleReply()).errno, ESHUTDOWN);
    await client.closed();
  });
});

describe('the end of a server', () => {
  const rig = exportRig();

  it('lets requests finish, refuses new ones and disconnects', async () => {
    const [client, haggling] = [await rig.current.open(), rig.current.connect()];
    await haggling.hello();
    for (let i = 0; i < 20; i++) write(client, i, 7);
    for (let i = 0; i < 20; i++) await client.simpleReply();
    await rig.current.server.close();
    await client.closed();
    await haggling.closed();
    assert.equal(rig.current.device.info().state, 'active');
  });

  it('answers requests that can not finish with ESHUTDOWN', async () => {
    const client = await rig.current.open();
    await rig.current.machine.suspend('disk');
    write(client, 5, 7);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closing = rig.current.server.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.request({ command: READ, length: 512, cookie: 9n });
    const [chunk] = await client.chunks();
    assert.deepEqual([chunk!.type, chunk!.payload.readUInt32BE()], [0x8001, ESHUTDOWN]);
    assert.equal((await client.simpleReply()).errno, ESHUTDOWN);
    await closing;
    rig.current.device.resume();
  });
});
