import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DeviceRegistry } from '../../../src/devices/registry';
import { type DeviceSpec, type RemapDevice, RemapError } from '../../../src/engine';
import { need } from '../../support/needs';

const windowsOrMac = process.platform === 'win32' || process.platform === 'darwin';

/** A device with only the members that the registry reads. */
function assembled(spec: Partial<DeviceSpec> & { name: string; main: string }): RemapDevice {
  const full = {
    deviceFile: null,
    spares: ['/s.img'],
    flakey: null,
    markers: { sectors: [], text: '' },
    ...spec,
  };
  return { name: spec.name, spec: full } as unknown as RemapDevice;
}

describe('device registry', () => {
  let folder: string;
  let machineDevices: RemapDevice[];
  let registry: DeviceRegistry;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'));
    machineDevices = [];
    registry = new DeviceRegistry({ devices: () => machineDevices }, () => [folder]);
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function deviceFile(
    name: string,
    text = '{ "main": "main.img", "spare": "spare.img" }',
  ): Promise<string> {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
    await registry.load(path);
    return path;
  }

  function refuses(reference: unknown, code: string, says: RegExp): void {
    assert.throws(
      () => registry.find(reference),
      (error) => error instanceof RemapError && error.code === code && says.test(error.message),
    );
  }

  it('holds one entry for one file, however its path is spelled', async () => {
    const path = await deviceFile('disk.remap');
    const others = [
      join(folder, 'x', '..', 'disk.remap').replace('disk.remap', './/disk.remap'),
      ...(windowsOrMac ? [path.toUpperCase(), path.replaceAll('\\', '/')] : []),
    ];
    machineDevices = [assembled({ name: 'disk', main: '/main.img', deviceFile: others.at(-1)! })];
    for (const other of others) {
      await registry.load(other);
      assert.deepEqual([registry.paths(other), registry.find(other).deviceKey], [[path], path]);
      assert.equal(registry.entry(other)?.deviceKey, path);
    }
    const [entry, ...more] = registry.entries();
    assert.deepEqual([entry!.deviceKey, entry!.device, more], [path, machineDevices[0], []]);
    registry.forget(others[0]!);
    assert.equal(registry.entries()[0]!.content, undefined);
  });

  it('finds a device by name, path, URI, tree item and name of its main image', async () => {
    const path = await deviceFile('disk.remap');
    const references = [
      'disk',
      path,
      'disk.remap',
      pathToFileURL(path).href,
      { scheme: 'file', fsPath: path },
      { deviceKey: path },
      'main',
    ];
    for (const reference of references) assert.equal(registry.find(reference).deviceKey, path);
  });

  it('joins a device file and its assembled device', async () => {
    const path = await deviceFile('disk.remap');
    assert.equal(registry.find('disk').device, undefined);
    const device = assembled({ name: 'disk', deviceFile: path, main: join(folder, 'main.img') });
    machineDevices = [device];
    assert.deepEqual(
      registry.entries().map((entry) => [entry.name, entry.device]),
      [['disk', device]],
    );
  });

  it('lists devices without a file, by name', async () => {
    await deviceFile('b.remap');
    machineDevices = [assembled({ name: 'c', main: '/c.img' }), assembled({ name: 'a', main: '/a.img' })];
    assert.deepEqual(
      registry.entries().map((entry) => entry.name),
      ['a', 'b', 'c'],
    );
    assert.equal(registry.find('c').deviceKey, '/c.img');
  });

  it('knows a device by its key, as it lists it', async () => {
    const path = await deviceFile('disk.remap');
    await registry.load(path);
    machineDevices = [
      assembled({ name: 'disk', main: '/m.img', deviceFile: path }),
      assembled({ name: 'loose', main: '/loose.img' }),
    ];
    const listed = registry.entries();
    assert.equal(listed.length, 2);
    for (const entry of listed) assert.deepEqual(registry.entry(entry.deviceKey), entry);
    assert.equal(registry.entry('/other.img'), undefined);
  });

  it('asks which of two devices of one name is meant, unless one is assembled', async () => {
    await deviceFile('one/disk.remap');
    const second = await deviceFile('two/disk.remap');
    refuses('disk', 'EINVAL', /one.disk\.remap, .*two.disk\.remap/);
    machineDevices = [assembled({ name: 'disk', deviceFile: second, main: '/main.img' })];
    assert.equal(registry.find('disk').deviceKey, second);
  });

  it('says which devices are known when it finds none', async () => {
    refuses('disk', 'ENODEV', /no device "disk" \(no \.remap file was found\)/);
    await deviceFile('other.remap');
    refuses('disk', 'ENODEV', /no device "disk" \(known devices: other\)/);
    refuses({ fsPath: join(folder, 'x.remap') }, 'ENODEV', /x\.remap/);
  });

  it('refuses what names nothing', () => {
    for (const reference of [undefined, null, 5, '', {}, []])
      refuses(reference, 'EINVAL', /given by its name/);
  });

  it('reads no pipe, no device and nothing of more than 1 MiB, and says so in the list', async function () {
    need(this, 'posixPrograms');
    const [pipe, device, large] = [join(folder, 'a.remap'), join(folder, 'b.remap'), join(folder, 'c.remap')];
    execFileSync('mkfifo', [pipe]);
    await symlink('/dev/zero', device);
    await writeFile(large, ' '.repeat(1024 * 1024 + 1));
    const startedAt = Date.now();
    for (const path of [pipe, device, large]) await registry.load(path);
    assert.ok(Date.now() - startedAt < 1000);
    assert.deepEqual(
      registry.entries().map(({ problem }) => (problem as RemapError).code),
      ['EINVAL', 'EINVAL', 'EINVAL'],
    );
  });

  it('refuses a file of deeply nested brackets with a sentence', async () => {
    const path = await deviceFile('deep.remap', '['.repeat(1024 * 1024));
    await registry.load(path);
    assert.equal((registry.find('deep').problem as RemapError).code, 'EINVAL');
  });

  it('keeps a file that cannot be read, with the reason, until it can', async () => {
    const path = await deviceFile('disk.remap', '{ "main": ');
    const broken = registry.find('disk');
    assert.equal(broken.content, undefined);
    assert.match(String(broken.problem), /disk\.remap:1:\d+: syntax error/);
    await deviceFile('disk.remap');
    assert.equal(registry.find('disk').problem, undefined);
    registry.setProblem(path, new Error('busy'));
    assert.match(String(registry.find('disk').problem), /busy/);
    registry.forget(path);
    assert.deepEqual(registry.entries(), []);
  });
});
