import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { exportDevices } from '../../../../src/engine/export/exportServer';
import type { ExportServer } from '../../../../src/engine/index';
import { exportRig } from '../../../support/export/exportRig';
import { RawClient } from '../../../support/export/rawClient';
import { needing } from '../../../support/needs';
import { putFiles } from '../../../support/outside/putDoors';
import { assertFailsWith } from '../../../support/remap/remapErrors';

describe('a server of exports', () => {
  const rig = exportRig();
  const servers: ExportServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function serve(...args: Parameters<typeof exportDevices>): Promise<ExportServer> {
    const server = await exportDevices(...args);
    servers.push(server);
    return server;
  }

  it('names each export in an address, the first one by default', async () => {
    const { server, socketPath } = rig.current;
    const encoded = socketPath.split('/').map(encodeURIComponent).join('/');
    assert.equal(server.uriOf(), `nbd+unix:///disk?socket=${encoded}`);
    assert.equal(server.uriOf('disk/main'), `nbd+unix:///disk/main?socket=${encoded}`);
    const client = await rig.current.open('');
    client.request({ command: 0, length: 512 });
    await client.chunks();
    assert.equal(server.figures()[0]!.reads, 1);
  });

  it('has small reads gathered from its begin to its end', async () => {
    let userCount = 0;
    putFiles({
      gatherReads: () => {
        userCount++;
        return () => userCount--;
      },
    });
    const exports = [{ name: 'disk', device: 'disk' }];
    const server = await exportDevices(rig.current.machine, { exports, listen: { tcpPort: 0 } });
    assert.equal(userCount, 1);
    await server.close();
    assert.equal(userCount, 0);
  });

  it('serves over TCP when asked to, and a device read-only', async () => {
    const exports = [{ name: 'a disk?', device: 'disk', readOnly: true }];
    const server = await serve(rig.current.machine, { exports, listen: { tcpPort: 0 } });
    assert.equal(server.socketPath, null);
    assert.equal(server.uriOf(), `nbd://127.0.0.1:${server.tcpPort}/a%20disk%3F`);
    const client = new RawClient({ port: server.tcpPort! });
    const { flags } = await client.open('a disk?');
    assert.equal(flags & 2, 2);
    client.request({ command: 1, length: 512, payload: Buffer.alloc(512, 1) });
    assert.equal((await client.simpleReply()).errno, 1);
    client.vanish();
  });

  it(
    'makes a socket of its own where no place is given',
    needing('unixSockets', async () => {
      const server = await serve(rig.current.machine, { exports: [{ name: 'disk', device: 'disk' }] });
      assert.match(server.socketPath!, /remap-nbd-.*\/nbd\.sock$/);
    }),
  );

  it('refuses exports that can not be', async () => {
    const { machine } = rig.current;
    const disk = { name: 'disk', device: 'disk' };
    await assertFailsWith(serve(machine, { exports: [] }), 'EINVAL', /nothing to export/);
    await assertFailsWith(serve(machine, { exports: [disk, disk] }), 'EEXIST', /disk/);
    await assertFailsWith(serve(machine, { exports: [{ name: 'x', device: 'x' }] }), 'ENODEV', /x/);
    const missing = { name: 's', device: 'disk', from: 'spare', member: 3 } as const;
    await assertFailsWith(serve(machine, { exports: [missing] }), 'ENOENT', /spare 3/);
  });

  it('tells of its clients and of what fails', async () => {
    await rig.current.device.injectErrors({ sectors: [[8, 1]] });
    const client = await rig.current.open('disk');
    client.request({ command: 0, offset: 8 * 512, length: 512 });
    await client.chunks();
    client.vanish();
    while (rig.current.events.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const [joined, failed, left] = rig.current.events;
    assert.deepEqual(joined, { kind: 'clients', export: 'disk', clients: 1 });
    assert.ok(failed!.kind === 'failed' && failed!.export === 'disk' && /8/.test(failed!.message));
    assert.deepEqual(left, { kind: 'clients', export: 'disk', clients: 0 });
  });

  it('lets flushes on one connection cover what was answered on another', async () => {
    const [first, second] = [await rig.current.open(), await rig.current.open()];
    first.request({ command: 1, offset: 512, length: 512, payload: Buffer.alloc(512, 7) });
    await first.simpleReply();
    second.request({ command: 3 });
    assert.equal((await second.simpleReply()).errno, 0);
    await rig.current.machine.reboot({ powerLoss: true, seed: 1, reassemble: () => rig.current.assemble() });
    assert.equal((await rig.current.device.read(1, 1)).bytes[0], 7);
  });

  it('makes a write with FUA durable before it is answered, and zeros too', async () => {
    const client = await rig.current.open();
    const image = () => readFileSync(rig.current.device.spec.main);
    await rig.current.device.write(100, Buffer.alloc(4096, 5));
    client.request({ command: 1, offset: 512, length: 512, payload: Buffer.alloc(512, 7) });
    assert.equal((await client.simpleReply()).errno, 0);
    assert.equal(image()[512], 0, 'what was written without FUA is in the cache of the disk');
    client.request({ command: 1, offset: 1024, length: 512, payload: Buffer.alloc(512, 8), flags: 1 });
    assert.equal((await client.simpleReply()).errno, 0);
    assert.deepEqual([image()[512], image()[1024], image()[51_200]], [7, 8, 5]);
    client.request({ command: 6, offset: 51_200, length: 4096, flags: 1 });
    assert.equal((await client.simpleReply()).errno, 0);
    assert.equal(image()[51_200], 0);
  });

  it('closes once, however often it is asked to', async () => {
    const { server } = rig.current;
    await Promise.all([server.close(), server.close()]);
    await server.close();
  });
});
