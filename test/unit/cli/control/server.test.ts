import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, linkSync, readdirSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { Serve } from '../../../../src/cli/control/client';
import type { ControlRequest } from '../../../../src/cli/control/messages';
import { controlPlace } from '../../../../src/cli/control/place';
import { type Answer, ControlServer } from '../../../../src/cli/control/server';
import type { Task } from '../../../../src/contract/task';
import { RemapError } from '../../../../src/engine';
import { runtimeFolder } from '../../../support/cli/runtimeFolder';

const DEVICE = '/devices/disk.remap';
const REQUEST: ControlRequest = { command: 'status', deviceFile: DEVICE, options: { dialect: 'head' } };

describe('The control socket of a serve', () => {
  const folder = runtimeFolder();
  let server: ControlServer | undefined;
  const idle: Task = { signal: new AbortController().signal, report: () => undefined };

  afterEach(() => server?.close());

  async function serving(answer: Answer): Promise<ControlServer> {
    server = new ControlServer(answer);
    await server.listen(DEVICE);
    return server;
  }

  /** Sends text to the socket and gives all lines that come back, without the greeting. */
  async function sent(text: string | Buffer): Promise<unknown[]> {
    const socket = connect(controlPlace(DEVICE).socket);
    let reply = '';
    socket.setEncoding('utf8').on('data', (data: string) => {
      reply += data;
    });
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return reply
      .split('\n')
      .slice(1, -1)
      .map((line) => JSON.parse(line));
  }

  it('is in a folder that only this user may enter, with mode 0600, and goes with the serve', async () => {
    const running = await serving(async () => null);
    const place = controlPlace(DEVICE);
    assert.equal(statSync(place.folder!).mode & 0o777, 0o700);
    assert.equal(statSync(place.socket).mode & 0o777, 0o600);
    assert.ok(place.socket.startsWith(folder.path()));
    await running.close();
    assert.equal(existsSync(place.socket), false);
    assert.equal(await Serve.find(DEVICE), undefined);
  });

  it('answers with the result, after what it tells of the progress', async () => {
    const told: unknown[] = [];
    await serving(async (request, { report }) => {
      report('half', 0.5);
      return { request };
    });
    const serve = await Serve.find(DEVICE);
    assert.equal(serve!.pid, process.pid);
    const task: Task = { ...idle, report: (...args) => told.push(args) };
    assert.deepEqual(await serve!.ask(REQUEST, task), { request: REQUEST });
    assert.deepEqual(told, [['half', 0.5]]);
  });

  it('answers with the error, and its code', async () => {
    await serving(async () => {
      throw new RemapError('ENOSPC', 'the spare is full');
    });
    const serve = await Serve.find(DEVICE);
    await assert.rejects(serve!.ask(REQUEST, idle), { code: 'ENOSPC', message: 'the spare is full' });
  });

  it('cancels the work when the caller goes away or cancels', async () => {
    const reasons: unknown[] = [];
    await serving(
      (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reasons.push((signal.reason as RemapError).code);
            reject(signal.reason);
          });
        }),
    );
    const cancel = new AbortController();
    const serve = await Serve.find(DEVICE);
    const asked = serve!.ask(REQUEST, { ...idle, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 50);
    await assert.rejects(asked, { code: 'ECANCELED' });
    while (reasons.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(reasons, ['ECANCELED']);
  });

  it('is not asked for anything by a caller that cancelled before', async () => {
    let asked = 0;
    await serving(async () => ++asked);
    const serve = await Serve.find(DEVICE);
    await assert.rejects(serve!.ask(REQUEST, { ...idle, signal: AbortSignal.abort() }), {
      code: 'ECANCELED',
    });
    assert.equal(asked, 0);
  });

  it('lets no work go on when the serve ends', async () => {
    const running = await serving(
      (_request, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const serve = await Serve.find(DEVICE);
    const asked = serve!.ask(REQUEST, idle);
    const refused = assert.rejects(asked, { code: 'ECANCELED', message: 'the serve ends' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await running.close();
    await refused;
  });

  it('refuses what is no request, and stays', async () => {
    await serving(async () => 'done');
    const wrong = [
      'hello',
      '[]',
      '{}',
      '{"command":"status"}',
      '{"command":"constructor","deviceFile":"/x"}',
      '{"command":"__proto__","deviceFile":"/x"}',
      '{"command":"status","deviceFile":7}',
      '"\ufffd',
    ];
    for (const line of wrong) {
      const replies = (await sent(`${line}\n`)) as { kind: string; code: string }[];
      assert.deepEqual(
        replies.map(({ kind, code }) => [kind, code]),
        [['error', 'EINVAL']],
        line,
      );
    }
    const [reply, ...others] = await sent(`${JSON.stringify(REQUEST)}\n${JSON.stringify(REQUEST)}\n`);
    assert.deepEqual(
      [reply, others],
      [{ kind: 'result', result: 'done' }, []],
      'one request on each connection',
    );
  });

  it('keeps no more than a request may have, of one connection and of all', async () => {
    await serving(async () => 'done');
    const before = process.memoryUsage().arrayBuffers;
    const sockets: Socket[] = [];
    for (let i = 0; i < 4; i++) {
      const socket = connect(controlPlace(DEVICE).socket);
      socket.on('error', () => undefined).resume();
      sockets.push(socket);
      await once(socket, 'connect');
    }
    const piece = Buffer.alloc(2 ** 20, 0x20);
    for (const socket of sockets) {
      for (let i = 0; i < 100 && !socket.destroyed; i++) {
        await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
      }
    }
    const held = process.memoryUsage().arrayBuffers - before;
    assert.ok(held < 300 * 2 ** 20, `${held} bytes are kept`);
    for (const socket of sockets) socket.destroy();
    assert.deepEqual(await sent(`${JSON.stringify(REQUEST)}\n`), [{ kind: 'result', result: 'done' }]);
  });

  it('takes the place of one that was killed, and leaves a living one', async () => {
    const { folder, socket } = controlPlace(DEVICE);
    const place = folder!;
    await (await serving(async () => 'first')).close();
    const killed = createServer().listen(`${socket}.killed`);
    await once(killed, 'listening');
    linkSync(`${socket}.killed`, socket);
    await new Promise((resolve) => killed.close(resolve));
    await serving(async () => 'second');
    assert.equal(await (await Serve.find(DEVICE))!.ask(REQUEST, idle), 'second');
    await assert.rejects(new ControlServer(async () => 'third').listen(DEVICE), {
      code: 'EBUSY',
      message: `another serve, process ${process.pid}, has ${DEVICE}: end it first`,
    });
    assert.deepEqual(readdirSync(place).length, 1);
  });

  it('is not looked for in a folder that others may enter', async () => {
    await serving(async () => 'done');
    chmodSync(controlPlace(DEVICE).folder!, 0o755);
    await assert.rejects(Serve.find(DEVICE), { code: 'EACCES' });
    await assert.rejects(new ControlServer(async () => null).listen('/other.remap'), { code: 'EACCES' });
    chmodSync(controlPlace(DEVICE).folder!, 0o700);
  });

  it('is not taken for one of this release when it greets in another way', async () => {
    await (await serving(async () => null)).close();
    for (const greeting of ['{"kind":"serve","version":2,"pid":1}\n', 'SSH-2.0\n', '']) {
      const other = createServer((socket) => socket.end(greeting)).listen(controlPlace(DEVICE).socket);
      await once(other, 'listening');
      await assert.rejects(Serve.find(DEVICE), { code: greeting === '' ? 'EBUSY' : 'EINVAL' });
      await new Promise((resolve) => other.close(resolve));
    }
  });
});
