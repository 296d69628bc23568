import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import type { ListenAddress } from '../../../../src/engine/export/exportContracts';
import { type Listener, listen } from '../../../../src/engine/export/listener';
import { socketPath } from '../../../support/export/socketPath';
import { needing } from '../../../support/needs';
import { putHost } from '../../../support/outside/putDoors';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { tempFolder } from '../../../support/tempFolder';

describe('a listener', () => {
  const folder = tempFolder();
  const open: Listener[] = [];
  afterEach(async () => {
    for (const listener of open.splice(0)) await listener.close();
  });

  async function listenOn(address: ListenAddress): Promise<Listener> {
    const listener = await listen(address, (socket: Socket) =>
      socket.on('error', () => undefined).end('hello'),
    );
    open.push(listener);
    return listener;
  }

  it(
    'makes a socket that only this user may use, in a folder that only this user may enter',
    needing('unixSockets', async () => {
      const { socketPath } = await listenOn({});
      assert.equal(statSync(socketPath!).mode & 0o777, 0o600);
      assert.equal(statSync(dirname(socketPath!)).mode & 0o777, 0o700);
    }),
  );

  it(
    'removes its socket, and the folder that it made for it',
    needing('unixSockets', async () => {
      const own = await listen({}, () => undefined);
      await own.close();
      assert.ok(!existsSync(dirname(own.socketPath!)));
      const given = await listen({ socketPath: folder.path('nbd.sock') }, () => undefined);
      await given.close();
      assert.deepEqual(readdirSync(folder.path()), []);
    }),
  );

  it(
    'takes the place of a socket that a server left when it was killed',
    needing('unixSockets', async () => {
      const path = folder.path('nbd.sock');
      const dying = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
      spawnSync(process.execPath, ['-e', dying, path]);
      assert.ok(statSync(path).isSocket());
      await listenOn({ socketPath: path });
      assert.equal(await answerOf({ path }), 'hello');
      assert.deepEqual(readdirSync(folder.path()), ['nbd.sock']);
    }),
  );

  it(
    'removes folders that killed servers left, and no others',
    needing('unixSockets', async () => {
      const dying = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
      for (const name of ['empty1', 'killed', 'living', 'filled', 'recent', 'other-name']) {
        mkdirSync(folder.path(`remap-nbd-${name}`));
      }
      spawnSync(process.execPath, ['-e', dying, folder.path('remap-nbd-killed/nbd.sock')]);
      await listenOn({ socketPath: folder.path('remap-nbd-living/nbd.sock') });
      writeFileSync(folder.path('remap-nbd-filled/notes'), 'kept');
      const longAgo = new Date(Date.now() - 3_600_000);
      for (const name of ['empty1', 'killed', 'living', 'filled', 'other-name']) {
        utimesSync(folder.path(`remap-nbd-${name}`), longAgo, longAgo);
      }
      const { TMPDIR } = process.env;
      process.env.TMPDIR = folder.path();
      try {
        const own = await listen({}, () => undefined);
        await own.close();
      } finally {
        if (TMPDIR === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = TMPDIR;
      }
      const left = ['filled', 'living', 'other-name', 'recent'].map((name) => `remap-nbd-${name}`);
      assert.deepEqual(readdirSync(folder.path()).toSorted(), left);
      assert.equal(await answerOf({ path: folder.path('remap-nbd-living/nbd.sock') }), 'hello');
    }),
  );

  it(
    'leaves a socket alone on which a server listens',
    needing('unixSockets', async () => {
      const path = folder.path('nbd.sock');
      const other = createServer((socket) => socket.on('error', () => undefined).end('other'));
      await new Promise<void>((resolve) => other.listen({ path }, resolve));
      await assertFailsWith(listenOn({ socketPath: path }), 'EBUSY', /nbd\.sock/);
      assert.equal(await answerOf({ path }), 'other');
      await new Promise((resolve) => other.close(resolve));
    }),
  );

  it(
    'leaves a file alone that is no socket',
    needing('unixSockets', async () => {
      const path = folder.path('nbd.sock');
      writeFileSync(path, 'mine');
      await assertFailsWith(listenOn({ socketPath: path }), 'EEXIST', /nbd\.sock/);
      assert.equal(statSync(path).size, 4);
    }),
  );

  it(
    'refuses a path that the system would cut, and a folder that is not there',
    needing('unixSockets', async () => {
      await assertFailsWith(listenOn({ socketPath: folder.path('x'.repeat(108)) }), 'EINVAL', /too long/);
      await assertFailsWith(listenOn({ socketPath: folder.path('none/nbd.sock') }), 'ENOENT', /none/);
    }),
  );

  it(
    'listens on a named pipe of Windows, and leaves one alone on which a server listens',
    needing('namedPipes', async () => {
      const path = socketPath(folder.path('nbd.sock'));
      const listener = await listenOn({ socketPath: path });
      assert.deepEqual([listener.socketPath, listener.tcpPort], [path, null]);
      assert.equal(await answerOf({ path }), 'hello');
      await assertFailsWith(listenOn({ socketPath: path }), 'EBUSY', /a server listens on .*nbd\.sock/);
      await listener.close();
      assert.equal(await answerOf({ path }), null);
    }),
  );

  it('listens on the loopback address on Windows unless a named pipe is given, and takes no other path', async () => {
    putHost({ platform: 'win32' });
    const listener = await listen({}, () => undefined);
    assert.equal(listener.socketPath, null);
    assert.ok(listener.tcpPort! > 0);
    await listener.close();
    const socket = listen({ socketPath: 'C:\\nbd.sock' }, () => undefined);
    await assertFailsWith(socket, 'EINVAL', /C:\\nbd\.sock is no named pipe.*give \\\\\.\\pipe\\NAME/);
  });

  it('listens on the loopback address alone when asked for TCP', async () => {
    const { tcpPort, socketPath } = await listenOn({ tcpPort: 0 });
    assert.equal(socketPath, null);
    assert.equal(await answerOf({ port: tcpPort!, host: '127.0.0.1' }), 'hello');
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address, family, internal } of others) {
      if (internal || family !== 'IPv4') continue;
      assert.equal(await answerOf({ port: tcpPort!, host: address }), null, address);
    }
    await assertFailsWith(listenOn({ tcpPort: tcpPort! }), 'EBUSY', /port/);
  });
});

/** What a server says; null if none is there. */
function answerOf(address: { path: string } | { port: number; host: string }): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    connect(address)
      .on('data', (chunk: Buffer) => {
        text += chunk;
      })
      .on('error', () => resolve(null))
      .on('close', () => resolve(text));
  });
}
