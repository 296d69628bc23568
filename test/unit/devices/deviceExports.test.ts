import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ExportOptions } from '../../../src/contract/commandArguments';
import type { ExportedDisk } from '../../../src/contract/commandResults';
import { DeviceExports } from '../../../src/devices/deviceExports';
import { createImages, type DeviceSpec, Machine, type RemapDevice } from '../../../src/engine';
import { RawClient } from '../../support/export/rawClient';
import { needing } from '../../support/needs';
import { tempFolder } from '../../support/tempFolder';

const WHOLE: ExportOptions = { tcp: false, readOnly: false, from: 'device' };

describe('DeviceExports', () => {
  const { path } = tempFolder();
  let machine: Machine;
  let device: RemapDevice;
  let exports: DeviceExports;
  let told: string[];
  let clients: RawClient[];

  beforeEach(async () => {
    machine = new Machine();
    const [main, spare] = [path('main.img'), path('spare.img')];
    await createImages({ main, mainSectors: 4096, spare, spareSectors: 4096 });
    device = await machine.create(specOf(main, spare));
    told = [];
    clients = [];
    exports = new DeviceExports(machine, (name) => told.push(name));
  });

  afterEach(async () => {
    for (const client of clients) client.vanish();
    await exports.close();
    await machine.close().catch(() => undefined);
  });

  function specOf(main: string, spare: string): DeviceSpec {
    const markers = { sectors: [1], text: 'x' };
    return { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
  }

  async function open({ socket, uri }: ExportedDisk): Promise<{ client: RawClient; flags: number }> {
    const client = new RawClient(socket === null ? { port: Number(new URL(uri).port) } : { path: socket });
    clients.push(client);
    const { flags } = await client.open('');
    return { client, flags };
  }

  /** Whether the folder of its socket is; where there are no such sockets it has none. */
  const isThere = ({ socket }: ExportedDisk) => socket !== null && existsSync(dirname(socket));

  it(
    'listens at a socket that only its user can open, in a folder of its own',
    needing('unixSockets', async () => {
      const { socket, uri, readOnly } = await exports.export(device, WHOLE);
      assert.equal(statSync(socket!).mode & 0o777, 0o600);
      assert.equal(statSync(dirname(socket!)).mode & 0o777, 0o700);
      assert.equal(uri, `nbd+unix:///disk?socket=${socket}`);
      assert.ok(!readOnly);
      assert.deepEqual(told, ['disk']);
    }),
  );

  it('answers the export that there is, and refuses another way to export the same', async () => {
    const [one, two] = await Promise.all([exports.export(device, WHOLE), exports.export(device, WHOLE)]);
    assert.equal(one.uri, two.uri);
    await assert.rejects(exports.export(device, { ...WHOLE, readOnly: true }), /is exported already, at nbd/);
    const main = await exports.export(device, { ...WHOLE, from: 'main' });
    assert.deepEqual([main.name, main.readOnly], ['disk/main', true]);
    assert.equal(exports.list('disk').length, 2);
  });

  it('listens at the loopback address when asked to', async () => {
    const { socket, uri } = await exports.export(device, { ...WHOLE, tcp: true });
    assert.equal(socket, null);
    assert.match(uri, /^nbd:\/\/127\.0\.0\.1:\d+\/disk$/);
  });

  it('tells clients that a read-only export is one', async () => {
    const { flags } = await open(await exports.export(device, { ...WHOLE, readOnly: true }));
    assert.equal(flags & 2, 2);
    assert.ok(exports.list()[0]!.readOnly);
  });

  it('exports a read-only device read-only', async () => {
    const { main, spares } = device.spec;
    await machine.remove('disk');
    const opened = await machine.create({ ...specOf(main, spares[0]!), readOnly: 'asked for' });
    const exported = await exports.export(opened, WHOLE);
    assert.ok(exported.readOnly);
    assert.equal((await open(exported)).flags & 2, 2);
  });

  it('counts the clients that have a device open', async () => {
    const exported = await exports.export(device, WHOLE);
    const { client } = await open(exported);
    assert.equal(exports.clientsOf(device), 1);
    client.vanish();
    while (exports.clientsOf(device) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(told.length >= 3);
  });

  it('ends with the removal of its device, and disconnects the clients', async () => {
    const exported = await exports.export(device, WHOLE);
    const { client } = await open(exported);
    await machine.remove('disk');
    await client.closed();
    while (exports.list().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    while (isThere(exported)) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('stays while its device is reloaded', async () => {
    const exported = await exports.export(device, WHOLE);
    const { client } = await open(exported);
    await machine.reload(undefined, { waitMs: 0 });
    assert.deepEqual(
      exports.of(machine.device('disk')!).map(({ clients }) => clients),
      [1],
    );
    client.request({ command: 0, offset: 0, length: 512, cookie: 7n });
    assert.ok((await client.take(20)).length > 0);
  });

  it('shows none for a device of another machine that has the name', async () => {
    await exports.export(device, WHOLE);
    const other = Object.create(device, { name: { value: 'disk' } }) as RemapDevice;
    assert.deepEqual(exports.of(other), []);
    assert.equal(exports.clientsOf(other), 0);
  });

  it('ends all exports of a device when asked to, and all of all devices at the end', async () => {
    const first = await exports.export(device, WHOLE);
    assert.equal((await exports.unexport('disk')).length, 1);
    assert.ok(!isThere(first));
    const again = await exports.export(device, WHOLE);
    await exports.close();
    assert.ok(!isThere(again));
    assert.deepEqual(exports.list(), []);
  });
});
