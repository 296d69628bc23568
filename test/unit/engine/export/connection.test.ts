import assert from 'node:assert/strict';
import { exportRig } from '../../../support/export/exportRig';

const [READ, WRITE] = [0, 1];
const MiB = 1024 * 1024;
/** What the system takes of replies that the client hasn't taken: of TCP, which Windows has here, some MiB and more. */
const SYSTEM_BYTES = process.platform === 'win32' ? 20 * MiB : 2 * MiB;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a connection', () => {
  const rig = exportRig({
    mainSectors: 131_072,
    limits: { clientBytes: 4 * MiB, bytes: 8 * MiB, clientRequests: 16, clients: 12 },
  });

  it('holds back a client that does not take its replies, without holding more than its limit', async () => {
    const before = process.memoryUsage();
    const client = await rig.current.open('', { structured: false });
    client.pause();
    for (let i = 0; i < 200; i++) client.request({ command: READ, length: MiB, cookie: BigInt(i) });
    await pause(200);
    const { bytesRead } = rig.current.server.figures()[0]!;
    assert.ok(bytesRead <= 4 * MiB + SYSTEM_BYTES, `${bytesRead} bytes were read for it`);
    const after = process.memoryUsage();
    assert.ok(after.arrayBuffers - before.arrayBuffers < 40 * MiB);
    client.resume();
    const cookies = new Set<bigint>();
    for (let i = 0; i < 200; i++) {
      const { errno, cookie } = await client.simpleReply();
      assert.equal(errno, 0);
      cookies.add(cookie);
      await client.take(MiB);
    }
    assert.equal(cookies.size, 200);
  });

  it('lets no client that takes no replies stop the others', async () => {
    for (let i = 0; i < 10; i++) {
      const stuck = await rig.current.open('', { structured: false });
      stuck.pause();
      for (let request = 0; request < 20; request++) stuck.request({ command: READ, length: MiB });
    }
    await pause(100);
    const client = await rig.current.open();
    for (let i = 0; i < 20; i++)
      client.request({ command: WRITE, length: 4096, payload: Buffer.alloc(4096, 9) });
    for (let i = 0; i < 20; i++) assert.equal((await client.simpleReply()).errno, 0);
    for (let i = 0; i < 20; i++) client.request({ command: READ, length: MiB });
    for (let i = 0; i < 20; i++) assert.equal((await client.chunks())[0]!.payload[8], 9);
  });

  it('holds back writes while the device is suspended, and takes them all when it goes on', async () => {
    const client = await rig.current.open();
    await rig.current.machine.suspend('disk');
    for (let i = 0; i < 50; i++) {
      client.request({ command: WRITE, offset: i * MiB, length: MiB, payload: Buffer.alloc(MiB, i + 1) });
    }
    await pause(200);
    assert.equal(rig.current.server.figures()[0]!.bytesWritten, 0);
    await rig.current.machine.resume('disk');
    for (let i = 0; i < 50; i++) assert.equal((await client.simpleReply()).errno, 0);
    for (let i = 0; i < 50; i++) {
      client.request({ command: READ, offset: i * MiB, length: 512 });
      assert.equal((await client.chunks())[0]!.payload[8], i + 1);
    }
  });

  it('is refused when there are as many clients as the server takes', async () => {
    const clients = [];
    for (let i = 0; i < 12; i++) clients.push(await rig.current.open());
    assert.equal((await rig.current.connect().closed()).length, 0);
    clients[0]!.vanish();
    await pause(50);
    await rig.current.open();
  });

  it('takes a write of the largest size', async () => {
    const client = await rig.current.open();
    const payload = Buffer.alloc(32 * MiB);
    for (let i = 0; i < 32; i++) payload.fill(i + 1, i * MiB, (i + 1) * MiB);
    client.request({ command: WRITE, length: payload.length, payload, flags: 1 });
    assert.equal((await client.simpleReply()).errno, 0);
    client.request({ command: READ, length: payload.length });
    const chunks = await client.chunks();
    assert.deepEqual(Buffer.concat(chunks.map((chunk) => chunk.payload.subarray(8))), payload);
  });

  it('gives back what it held when the client vanishes amid a write', async () => {
    for (let i = 0; i < 10; i++) {
      const client = await rig.current.open();
      client.request({ command: WRITE, length: MiB, payload: Buffer.alloc(MiB / 2) });
      await pause(10);
      client.vanish();
    }
    const client = await rig.current.open('', { structured: false });
    client.request({ command: READ, length: 8 * MiB });
    assert.equal((await client.simpleReply()).errno, 0);
  });
});
