import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { ExportedDisk } from '../../src/contract/commandResults';
import { commands, uiCommands } from '../../src/manifest';
import { RawClient } from '../support/export/rawClient';
import { driver } from '../support/extension/driver';
import { loaded, shownSector } from '../support/extension/editor';
import { dialogRefused } from '../support/extension/notifications';
import { call, Folder, fails, until } from '../support/extension/remap';
import { expand, rowOf, showOpened } from '../support/extension/sideBar';

const run = promisify(execFile);
const folder = new Folder('exports');
const deviceFile = folder.file('shared.remap');
const item = { treeReference: true, deviceKey: deviceFile };
const NBDCOPY = '/usr/bin/nbdcopy';

interface Exported {
  readonly uri: string;
  readonly socket: string;
}

describe('a device that is exported over NBD', () => {
  const clients: RawClient[] = [];

  beforeEach(async () => {
    await folder.create();
    await call(commands.createDevice, { path: deviceFile, mainSectors: 4096, spareSectors: 2048 });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.vanish();
    await folder.remove();
  });

  async function open(socket: string): Promise<RawClient> {
    const client = new RawClient({ path: socket });
    clients.push(client);
    await client.open('', { structured: false });
    return client;
  }

  async function write(client: RawClient, sector: number, byte: number): Promise<void> {
    const payload = Buffer.alloc(512, byte);
    client.request({ command: 1, offset: sector * 512, length: 512, cookie: 1n, payload });
    assert.equal((await client.take(16)).readUInt32BE(4), 0);
  }

  const list = () => call<ExportedDisk[]>(commands.listExports, 'shared');

  it('is used by a client, whose write to a bad sector is remapped', async () => {
    const { uri, socket } = await call<Exported>(commands.export, 'shared');
    assert.deepEqual(await call(commands.export, 'shared', { readOnly: false }), { uri, socket });
    await call(commands.injectErrors, 'shared', { sectors: [[7, 1]] });
    await write(await open(socket), 7, 0xab);
    const { remaps } = await call<{ remaps: { original: number }[] }>(commands.listRemaps, 'shared', {});
    assert.deepEqual(
      remaps.map(({ original }) => original),
      [7],
    );
    const [shown] = await list();
    assert.deepEqual([shown!.clients, shown!.writes, shown!.errors], [1, 1, 0]);
  });

  it('is refused in another way, with wrong options, and when nothing is assembled', async () => {
    await call(commands.export, 'shared');
    await fails(/^EBUSY: shared is exported already/, commands.export, 'shared', { readOnly: true });
    await fails(/^EINVAL: /, commands.export, 'shared', { tcp: 'yes' });
    await call(commands.remove, 'shared');
    await fails(/^ENODEV: /, commands.export, 'shared');
  });

  it('is copied by nbdcopy as a command reads it', async function () {
    if (!existsSync(NBDCOPY)) this.skip();
    const { uri, socket } = await call<Exported>(commands.export, 'shared', { from: 'device' });
    await write(await open(socket), 100, 0x5a);
    await run(NBDCOPY, [uri, folder.file('copy.raw')]);
    const copied = await readFile(folder.file('copy.raw'));
    assert.deepEqual(copied.subarray(100 * 512, 101 * 512), Buffer.alloc(512, 0x5a));
    assert.equal(copied.length, 4096 * 512);
  });

  it('keeps its clients in a reload, and loses them when it is removed from code, which asks nothing', async () => {
    const { socket } = await call<Exported>(commands.export, 'shared');
    const client = await open(socket);
    await call(commands.reloadModule, 'shared', { wait: 0 });
    await write(client, 3, 1);
    await call(commands.remove, 'shared');
    await client.closed();
    await until('the socket is gone', () => !existsSync(socket));
    assert.deepEqual(await call(commands.listExports), []);
  });

  it('is in the tree with its clients, and its address is copied', async function () {
    driver.require(this);
    await call('workbench.view.extension.remap');
    const { uri, socket } = await call<Exported>(commands.export, 'shared');
    const client = await open(socket);
    await write(client, 5, 1);
    await showOpened('shared', deviceFile);
    await driver.workbench.waitFor(rowOf('NBD Export: 1 client,'));
    await expand('NBD Export');
    await driver.workbench.waitFor(rowOf('Writes, 1, now'));
    await driver.screenshot('exports-tree');
    await call(uiCommands.copyExportUri, { ...item, exportUri: uri });
    assert.equal(await vscode.env.clipboard.readText(), uri);
    client.vanish();
    await driver.workbench.waitFor(rowOf('NBD Export: 0 clients'));
  });

  it('shows in the editor what a client writes, as it comes', async function () {
    driver.require(this);
    const { socket } = await call<Exported>(commands.export, 'shared');
    await call(commands.openSectors, 'shared', { sector: 0 });
    await loaded(0);
    const client = await open(socket);
    for (let byte = 1; byte <= 200; byte++) await write(client, 0, byte);
    await until('the last write is shown', async () => (await shownSector(0)).hex.startsWith('C8C8C8'));
    await call('workbench.action.closeAllEditors');
  });

  it('asks a person before a suspend or a removal interrupts clients', async function () {
    driver.require(this);
    const { socket } = await call<Exported>(commands.export, 'shared');
    const client = await open(socket);
    for (const command of [commands.suspend, commands.remove, commands.unexport]) {
      await call(command, item);
      await dialogRefused();
      await call('notifications.clearAll');
    }
    await write(client, 9, 1);
  });
});
