import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { DeviceResults } from '../../../src/cli/deviceCommands';
import { commandLine, finished, type RunningServe, whenReady } from '../../support/cli/commandLine';
import { RawClient } from '../../support/export/rawClient';

const [READ, WRITE, FLUSH] = [0, 1, 3];
const EIO = 5;

describe('serve', () => {
  const cli = commandLine();
  const running: RunningServe[] = [];

  beforeEach(async () => {
    await cli.createDisk();
  });

  afterEach(async () => {
    for (const serve of running.splice(0)) if (serve.child.exitCode === null) await serve.end();
  });

  async function serve(args: readonly string[] = ['disk.remap'], deviceCount = 1): Promise<RunningServe> {
    const started = await whenReady(cli.start(['serve', ...args, '--json']), deviceCount);
    running.push(started);
    return started;
  }

  async function clientOf({ ready: [first] }: RunningServe, name = 'disk'): Promise<RawClient> {
    const client = new RawClient({ path: first!.socket! });
    await client.open(name, { structured: false });
    return client;
  }

  /** Writes and flushes a sector as a file system does; the errors of both. */
  async function write(client: RawClient, sector: number, fill: number): Promise<number[]> {
    client.request({ command: WRITE, offset: sector * 512, length: 512, payload: Buffer.alloc(512, fill) });
    const { errno } = await client.simpleReply();
    client.request({ command: FLUSH });
    return [errno, (await client.simpleReply()).errno];
  }

  async function read(client: RawClient, sector: number): Promise<number> {
    client.request({ command: READ, offset: sector * 512, length: 512 });
    const { errno } = await client.simpleReply();
    return errno === 0 ? (await client.take(512))[0]! : -errno;
  }

  it('tells in a line of JSON that it is ready, and at Ctrl+C flushes and closes', async () => {
    const started = await serve();
    const [ready] = started.ready;
    assert.deepEqual(Object.keys(ready!), ['device', 'uri', 'socket']);
    assert.equal(ready!.device, 'disk');
    assert.equal(
      ready!.uri,
      `nbd+unix:///disk?socket=${encodeURIComponent(ready!.socket!).replaceAll('%2F', '/')}`,
    );
    assert.equal(statSync(ready!.socket!).mode & 0o777, 0o600);
    const client = await clientOf(started);
    assert.deepEqual(await write(client, 40, 0xaa), [0, 0]);
    const { code } = await started.end();
    assert.equal(code, 0);
    assert.deepEqual(
      readdirSync(cli.path()).filter((name) => /lock|remap-nbd/.test(name)),
      [],
    );
    assert.deepEqual(readdirSync(cli.path('remap-inspector')), []);
    const after = await cli.json<DeviceResults['read']>('read', 'disk.remap', '40');
    assert.equal(Buffer.from(after.base64, 'base64')[0], 0xaa);
  });

  it('is reached by every other verb: faults come and go under a client', async () => {
    const started = await serve();
    const client = await clientOf(started);
    await write(client, 1000, 0x11);
    await cli.ok('inject', 'disk.remap', '--sectors', '1000');
    assert.equal(await read(client, 1000), -EIO);
    assert.deepEqual(await write(client, 1000, 0x22), [0, 0]);
    assert.equal(await read(client, 1000), 0x22);
    const { total, remaps } = await cli.json<DeviceResults['listRemaps']>('list', 'disk.remap');
    assert.deepEqual([total, remaps[0]!.original], [1, 1000]);
    await cli.ok('inject', 'disk.remap', '--flakey', '0 1 1 error_reads');
    assert.equal(await read(client, 5), -EIO);
    assert.doesNotMatch(
      readFileSync(cli.path('disk.remap'), 'utf8'),
      /flakey/,
      'the layer goes with the serve',
    );
    const cleared = await cli.json<DeviceResults['clearErrors']>('clear', 'disk.remap');
    assert.deepEqual([cleared.flakey, cleared.badSectors], [null, 0]);
    assert.equal(await read(client, 5), 0);
    const counted = (await cli.ok('status', 'disk.remap')).split(' ');
    assert.ok(Number(counted[6]) >= 4, 'the reads of the client are counted');
    assert.equal(counted[10], '1');
    assert.equal((await cli.run(['check', 'disk.remap'])).code, 0);
    assert.equal((await cli.run(['scan', 'disk.remap'])).code, 0);
    assert.equal((await cli.run(['write', 'disk.remap', '9'], { input: Buffer.alloc(512, 0x33) })).code, 0);
    assert.equal(await read(client, 9), 0x33);
    for (const verb of ['table', 'repair', 'relocate', 'script', 'markers write', 'markers verify']) {
      await cli.ok(...verb.split(' '), 'disk.remap');
    }
    await assert.doesNotReject(cli.ok('read', 'disk.remap', '1280', '--from', 'spare'));
  });

  it('suspends, resumes, reloads and reboots the device under a client', async () => {
    const started = await serve();
    const client = await clientOf(started);
    const suspended = await cli.json<DeviceResults['suspend']>('suspend', 'disk.remap');
    assert.equal(suspended.state, 'suspended');
    let isAnswered = false;
    const waiting = write(client, 7, 0x44).then((result) => {
      isAnswered = true;
      return result;
    });
    await cli.ok('status', 'disk.remap');
    assert.equal(isAnswered, false);
    await cli.ok('resume', 'disk.remap');
    assert.deepEqual(await waiting, [0, 0]);
    await cli.ok('reload', 'disk.remap', '--wait', '0');
    assert.equal(await read(client, 7), 0x44);
    const { before, after } = await cli.json<DeviceResults['reboot']>('reboot');
    assert.deepEqual([before.length, after.length], [1, 1]);
    assert.equal(await read(client, 7), 0x44);
  });

  it('cuts the power: clients are gone, and what was flushed is there', async () => {
    const started = await serve();
    const client = await clientOf(started);
    assert.deepEqual(await write(client, 7, 0x55), [0, 0]);
    await cli.ok('reboot', 'disk.remap', '--power-loss', '--seed', '1');
    await client.closed();
    const again = await clientOf(started);
    assert.equal(await read(again, 7), 0x55);
  });

  it('ends while the device is suspended, too', async () => {
    const started = await serve();
    await cli.ok('suspend', 'disk.remap');
    assert.equal((await started.end()).code, 0);
  });

  it('cancels what other verbs wait for when it ends', async () => {
    const started = await serve();
    const scan = finished(cli.start(['scan', 'disk.remap', '--rate', '1']));
    while (!/^[1-9]/.test((await cli.ok('status', 'disk.remap')).split(' ')[6]!));
    assert.equal((await started.end()).code, 0);
    const { code, stderr } = await scan;
    assert.equal(code, 3);
    assert.match(stderr, /^ECANCELED: /);
  });

  it('serves several devices, and the reboot takes them all', async () => {
    await cli.createDisk('other');
    const started = await serve(['disk.remap', 'other.remap'], 2);
    assert.deepEqual(
      started.ready.map(({ device }) => device),
      ['disk', 'other'],
    );
    assert.equal(started.ready[0]!.socket, started.ready[1]!.socket);
    const other = await clientOf(started, 'other');
    await write(other, 3, 0x66);
    const images = await clientOf(started, 'other/main');
    assert.equal(await read(images, 3), 0x66);
    const { after } = await cli.json<DeviceResults['reboot']>('reboot');
    assert.deepEqual(
      after.map(({ name }) => name),
      ['disk', 'other'],
    );
    assert.equal(await read(other, 3), 0x66);
  });

  it('says that a reboot finds two machines in a folder', async () => {
    await cli.createDisk('other');
    await serve(['disk.remap']);
    await serve(['other.remap']);
    const { code, stderr } = await cli.run(['reboot']);
    assert.equal(code, 3);
    assert.match(stderr, /^EINVAL: several serves have devices of this folder: name one of/);
    await cli.ok('reboot', 'other.remap');
  });

  it('says that a device did not come back from a reboot', async () => {
    const started = await serve();
    const text = readFileSync(cli.path('disk.remap'), 'utf8');
    writeFileSync(cli.path('disk.remap'), '{');
    assert.match(await cli.ok('reboot', 'disk.remap'), /^disk is not assembled any more\n$/);
    assert.match((await cli.run(['status', 'disk.remap'])).stderr, /^ENODEV: \S+ is not assembled any more/);
    writeFileSync(cli.path('disk.remap'), text);
    assert.match((await started.end()).stderr, /\nEINVAL: \S+disk.remap:1:2: /);
  });

  it('is read-only when asked, and takes no lock', async () => {
    const started = await serve(['disk.remap', '--read-only']);
    assert.deepEqual(
      readdirSync(cli.path()).filter((name) => name.endsWith('.lock')),
      [],
    );
    const { flags } = await new RawClient({ path: started.ready[0]!.socket! }).open('disk');
    assert.equal(flags & 2, 2);
    const { code, stderr } = await cli.run(['write', 'disk.remap', '0'], { input: Buffer.alloc(512) });
    assert.equal(code, 3);
    assert.match(stderr, /^EROFS: /);
    await cli.ok('status', 'disk.remap');
  });

  it('listens where it is told', async () => {
    const path = cli.path('own.sock');
    const onSocket = await serve(['disk.remap', '--socket', 'own.sock']);
    assert.equal(onSocket.ready[0]!.socket, path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    await onSocket.end();
    assert.equal(existsSync(path), false);
    const onPort = await serve(['disk.remap', '--tcp', '0']);
    const [, port] = /^nbd:\/\/127\.0\.0\.1:(\d+)\/disk$/.exec(onPort.ready[0]!.uri)!;
    assert.equal(onPort.ready[0]!.socket, null);
    await new RawClient({ port: Number(port) }).open('disk');
  });

  const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['disk.remap', '--tcp', '70000'], /there is no port 70000/],
    [['disk.remap', '--tcp', 'any'], /--tcp takes a number/],
    [['disk.remap', '--tcp', '0', '--socket', 's'], /--socket and --tcp exclude each other/],
    [['disk.remap', './disk.remap'], /disk.remap is given twice/],
    [['disk.img'], /"disk.img" is no .remap file/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses ${args.join(' ')} with exit code 2`, async () => {
      const { code, stderr } = await cli.run(['serve', ...args]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    });
  }

  it('leaves a device that another serve has', async () => {
    const started = await serve();
    for (const options of [[], ['--read-only']]) {
      const { code, stderr } = await cli.run(['serve', 'disk.remap', ...options]);
      assert.equal(code, 3);
      assert.match(
        stderr,
        new RegExp(`^EBUSY: another serve, process ${started.child.pid}, has \\S+disk.remap: end it first\n`),
      );
    }
    await cli.ok('status', 'disk.remap');
  });

  it('takes back all when one of its devices is refused', async () => {
    await cli.createDisk('other');
    rmSync(cli.path('other-spare.img'));
    const { code, stderr } = await cli.run(['serve', 'disk.remap', 'other.remap']);
    assert.equal(code, 3);
    assert.match(stderr, /ENOENT: \S*other-spare.img/);
    assert.deepEqual(
      readdirSync(cli.path()).filter((name) => /lock|sock|remap-nbd/.test(name)),
      [],
    );
  });

  it('goes on when the reader of its lines has gone', async () => {
    const started = await serve();
    started.child.stdout!.destroy();
    started.child.stderr!.destroy();
    await cli.ok('suspend', 'disk.remap');
    await cli.ok('resume', 'disk.remap');
    started.child.kill('SIGTERM');
    assert.deepEqual(await once(started.child, 'exit'), [0, null]);
  });

  it('killed, leaves its device free', async () => {
    const started = await serve();
    started.child.kill('SIGKILL');
    await once(started.child, 'exit');
    await cli.ok('status', 'disk.remap');
    await cli.ok('markers', 'write', 'disk.remap');
    await (await serve()).end();
  });
});
