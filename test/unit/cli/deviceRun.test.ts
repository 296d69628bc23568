import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { DeviceResults } from '../../../src/cli/deviceCommands';
import { createImages, Machine } from '../../../src/engine';
import { commandLine } from '../../support/cli/commandLine';

describe('A verb about one device', () => {
  const cli = commandLine();

  beforeEach(async () => {
    assert.equal((await cli.createDisk()).code, 0);
  });

  it('status has the 31 fields in both dialects, and the five formats of dmremap-status', async () => {
    const line = await cli.ok('status', 'disk.remap');
    assert.equal(line.trim().split(' ').length, 31);
    assert.equal(line.split(' ')[16], String(2 ** 32 - 46_000));
    assert.equal((await cli.ok('status', 'disk.remap', '--dialect', 'head')).split(' ')[16], '2000');
    assert.equal(await cli.json('status', 'disk.remap'), line.trim());
    const format = (name: string) => cli.ok('status', 'disk.remap', '--format', name);
    assert.equal(await format('raw'), line);
    assert.match(await format('human'), /^┌─+┐\n│ +dm-remap Status/);
    assert.equal(JSON.parse(await format('json')).device.version, 'v4.0-phase1.4');
    assert.match(await format('csv'), /^# timestamp,device,[\w,]+\n[^\n]+\n$/);
    assert.match(await format('compact'), /^v4.0-phase1.4: health=100% /);
  });

  it('table and script print what dmsetup and a shell take', async () => {
    const table = await cli.ok('table', 'disk.remap');
    assert.match(table, /^0 48000 dm-remap-v4 \S+disk.img \S+disk-spare.img\n$/);
    assert.equal(`${await cli.json('table', 'disk.remap')}\n`, table);
    const script = await cli.ok('script', 'disk.remap');
    assert.match(script, /^#!\/bin\/bash\n/);
    assert.equal(await cli.json('script', 'disk.remap'), script);
  });

  it('write, read and list go through the stack: a bad sector is remapped', async () => {
    const injected = await cli.json<DeviceResults['injectErrors']>(
      'inject',
      'disk.remap',
      '--sectors',
      '1000-1001',
    );
    assert.deepEqual([injected.badSectors, injected.injection.sectors], [2, 2]);
    const bytes = Buffer.alloc(512, 0xa5);
    const { code, stdout } = await cli.run(['write', 'disk.remap', '1000'], { input: bytes });
    assert.deepEqual([code, stdout], [0, 'Written; remapped: 1000\n']);
    const read = await cli.json<DeviceResults['read']>('read', 'disk.remap', '1000');
    assert.deepEqual(read, { base64: bytes.toString('base64'), failed: [], notRescued: [] });
    assert.match(await cli.ok('read', 'disk.remap', '0x3e8'), /^Sector 1000\n000007d000 {2}a5 a5 /);
    const list = await cli.json<DeviceResults['listRemaps']>('list', 'disk.remap');
    assert.deepEqual([list.total, list.remaps[0]!.original, list.remaps[0]!.spare], [1, 1000, 1280]);
    assert.match(await cli.ok('list', 'disk.remap'), /^1 remap\n\nOriginal +Spare/);
    assert.deepEqual(await cli.json('list', 'disk.remap', '--offset', '1', '--limit', '5'), {
      total: 1,
      remaps: [],
    });
    assert.deepEqual(await cli.json('read', 'disk.remap', '1280', '--from', 'spare'), {
      base64: bytes.toString('base64'),
      failed: [],
      notRescued: [],
    });
  });

  it('read fails with EIO for sectors that can’t be read, and prints the others', async () => {
    await cli.ok('inject', 'disk.remap', '--sectors', '5');
    const raw = await cli.run(['read', 'disk.remap', '4', '3', '--raw']);
    assert.deepEqual(
      [raw.code, raw.stdout.length, raw.stderr],
      [3, 3 * 512, "EIO: sectors that can't be read: 5\n"],
    );
    const json = await cli.run(['read', 'disk.remap', '4', '3', '--json']);
    assert.deepEqual([json.code, JSON.parse(json.stdout).failed], [3, [[5, 1]]]);
  });

  it('write refuses what is no whole sector, nothing, or outside the device', async () => {
    const refused: readonly (readonly [string, number, RegExp])[] = [
      ['0', 100, /^EINVAL: .*512/],
      ['0', 0, /^EINVAL: standard input is empty/],
      ['48000', 512, /^EINVAL: .*48000/],
    ];
    for (const [sector, size, message] of refused) {
      const { code, stdout, stderr } = await cli.run(['write', 'disk.remap', sector], {
        input: Buffer.alloc(size),
      });
      assert.deepEqual([code, stdout], [3, '']);
      assert.match(stderr, message);
    }
  });

  it('inject takes modes, files, images and flakey layers, and clear heals it all', async () => {
    writeFileSync(cli.path('list'), '3\n');
    mkdirSync(cli.path('sub'));
    assert.match(
      await cli.ok('inject', 'disk.remap', '--sectors', '7', '--mode', 'dust'),
      /1 sector injected, 1 bad/,
    );
    const listed = await cli.json<DeviceResults['injectErrors']>(
      'inject',
      'disk.remap',
      '--mapfile',
      'sub/../list',
      '--block-size',
      '4096',
    );
    assert.equal(listed.badSectors, 9);
    await cli.ok('inject', 'disk.remap', '--sectors', '1999', '--on', 'spare');
    assert.equal(
      await cli.ok('clear', 'disk.remap', '--sectors', '1999', '--on', 'spare'),
      'disk: 9 bad sectors\n',
    );
    const flakey = await cli.json<DeviceResults['injectErrors']>(
      'inject',
      'disk.remap',
      '--flakey',
      '0 1 1 error_reads',
    );
    assert.equal(flakey.flakey, '0 1 1 error_reads');
    assert.equal((await cli.run(['read', 'disk.remap', '0'])).code, 3, 'the next command has the layer, too');
    const cleared = await cli.json<DeviceResults['clearErrors']>('clear', 'disk.remap');
    assert.deepEqual([cleared.badSectors, cleared.flakey, cleared.kept], [0, null, []]);
    assert.equal((await cli.run(['read', 'disk.remap', '0'])).code, 0);
    assert.doesNotMatch(readFileSync(cli.path('disk.remap'), 'utf8'), /flakey/);
  });

  it('keeps everything else in the device file when it keeps a flakey layer', async () => {
    const text = '{\n  // of the first disk\n  "main": "disk.img",\n  "spare": "disk-spare.img"\n}\n';
    writeFileSync(cli.path('disk.remap'), text);
    await cli.ok('inject', 'disk.remap', '--flakey', '5 1');
    await cli.ok('inject', 'disk.remap', '--sectors', '7');
    assert.match(readFileSync(cli.path('disk.remap'), 'utf8'), /\/\/ of the first disk[\s\S]*"flakey": "5 1/);
    await cli.ok('clear', 'disk.remap');
    assert.equal(readFileSync(cli.path('disk.remap'), 'utf8'), text);
  });

  it('markers write and verify: a lost one gives exit code 1', async () => {
    assert.deepEqual(await cli.json('markers', 'write', 'disk.remap'), { written: 5, remapped: [] });
    assert.match(await cli.ok('markers', 'verify', 'disk.remap'), /Result: 5\/5 sectors verified/);
    const other = await cli.run(['markers', 'verify', 'disk.remap', '--sectors', '1000,4000', '--json']);
    assert.equal(other.code, 1);
    assert.equal(JSON.parse(other.stdout).verified, 1);
    await cli.ok('markers', 'write', 'disk.remap', '--sectors', '4000', '--text', 'own {sector}');
    await cli.ok('markers', 'verify', 'disk.remap', '--sectors', '4000', '--text', 'own {sector}');
  });

  it('check finds a damaged copy, in the spare by itself too, and repair mends it', async () => {
    assert.match(await cli.ok('check', 'disk.remap'), /Copy 0 is in use/);
    const spare = await open(cli.path('disk-spare.img'), 'r+');
    await spare.write(Buffer.alloc(64, 0xff), 0, 64, 256 * 512);
    await spare.close();
    for (const target of ['disk.remap', 'disk-spare.img']) {
      const { code, stdout } = await cli.run(['check', target, '--json']);
      assert.equal(code, 1);
      const { copies } = JSON.parse(stdout) as DeviceResults['checkMetadata'];
      assert.deepEqual(
        copies.map(({ valid }) => valid),
        [true, false, true, true, true],
      );
    }
    const repaired = await cli.json<DeviceResults['repairMetadata']>('repair', 'disk.remap');
    assert.ok(repaired.copies.every(({ valid }) => valid));
    assert.equal((await cli.run(['check', 'disk.remap'])).code, 0);
  });

  it('check judges every spare of a pool, also while a serve has it', async () => {
    const machine = new Machine();
    const main = cli.path('disk.img');
    const spares = [cli.path('disk-spare.img')];
    const second = cli.path('second.img');
    await createImages({
      main: cli.path('unused.img'),
      mainSectors: 48_000,
      spare: second,
      spareSectors: 2000,
    });
    await machine.create({
      ...{ name: 'disk', deviceFile: null, main, spares, flakey: null },
      markers: { sectors: [], text: 'x' },
    });
    await machine.addSpare('disk', second);
    await machine.close();
    writeFileSync(
      cli.path('disk.remap'),
      JSON.stringify({ main: 'disk.img', spare: ['disk-spare.img', 'second.img'] }),
    );
    assert.match(
      await cli.ok('check', 'disk.remap'),
      /^Spare 0, .*disk-spare\.img\n[\s\S]*\nSpare 1, .*second\.img\n/,
    );
    const file = await open(second, 'r+');
    await file.write(Buffer.alloc(64, 0xff), 0, 64, 256 * 512);
    await file.close();
    const validOf = async (): Promise<unknown> => {
      const { code, stdout } = await cli.run(['check', 'disk.remap', '--json']);
      const { copies, members } = JSON.parse(stdout) as DeviceResults['checkMetadata'];
      return [code, copies, ...members!.map(({ report }) => report!.copies)].map((found) =>
        Array.isArray(found) ? found.filter(({ valid }) => valid).length : found,
      );
    };
    assert.deepEqual(await validOf(), [1, 5, 5, 4]);
    const serve = cli.start(['serve', 'disk.remap', '--json']);
    await once(serve.stdout!, 'data');
    assert.deepEqual(await validOf(), [0, 5, 5, 5], 'opening the device mends the copy (R7)');
    serve.kill('SIGINT');
    await once(serve, 'exit');
    rmSync(second);
    const missing = await cli.run(['check', 'disk.remap']);
    assert.equal(missing.code, 1);
    assert.match(missing.stdout, /\n {2}The metadata can't be read: .*second\.img/);
  });

  it('scan finds bad sectors: exit code 1', async () => {
    assert.match(await cli.ok('scan', 'disk.remap'), /Failing +none\n/);
    await cli.ok('inject', 'disk.remap', '--sectors', '30000-30002');
    const { code, stdout } = await cli.run(['scan', 'disk.remap', '--rate', '1000', '--json']);
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout).failing, [[30_000, 3]]);
  });

  it('relocate and reload answer as the commands do', async () => {
    assert.deepEqual(await cli.json('relocate', 'disk.remap'), { relocated: 0, lost: [], left: [] });
    assert.match(await cli.ok('relocate', 'disk.remap'), /Relocated +0 remaps/);
    const { before, after } = await cli.json<DeviceResults['reloadModule']>(
      'reload',
      'disk.remap',
      '--wait',
      '0',
    );
    assert.deepEqual([before.length, after.length, after[0]!.state], [1, 1, 'active']);
    assert.equal(
      await cli.ok('reload', 'disk.remap', '--wait', '0'),
      'disk: active, 0 remaps\nNothing is lost\n',
    );
  });

  it('suspend and resume need a serve', async () => {
    for (const verb of ['suspend', 'resume']) {
      const { code, stderr } = await cli.run([verb, 'disk.remap']);
      assert.equal(code, 3);
      assert.match(stderr, /^ENODEV: no serve has the device "disk"/);
    }
  });

  it('one that looks changes no byte and makes no file', async () => {
    await cli.ok('inject', 'disk.remap', '--sectors', '1000');
    const names = ['disk.img', 'disk-spare.img', 'disk.img.map', 'disk.remap'];
    const before = names.map((name) => readFileSync(cli.path(name)));
    const looks = ['status', 'table', 'list', 'check', 'script'];
    for (const verb of looks) await cli.run([verb, 'disk.remap']);
    await cli.run(['read', 'disk.remap', '990', '20']);
    await cli.run(['markers', 'verify', 'disk.remap']);
    for (const [i, name] of names.entries()) assert.ok(before[i]!.equals(readFileSync(cli.path(name))), name);
    assert.equal(existsSync(cli.path('remap-inspector')), false);
  });

  it('is refused while another process has the images, also to look', async () => {
    const machine = new Machine();
    const spec = {
      name: 'disk',
      deviceFile: null,
      main: cli.path('disk.img'),
      spares: [cli.path('disk-spare.img')],
    };
    await machine.create({ ...spec, flakey: null, markers: { sectors: [], text: '' } });
    try {
      for (const verb of ['status', 'repair']) {
        const { code, stderr } = await cli.run([verb, 'disk.remap']);
        assert.equal(code, 3);
        assert.match(stderr, new RegExp(`^EBUSY: .*disk.img is in use by process ${process.pid}`));
      }
    } finally {
      await machine.close();
    }
    assert.equal((await cli.run(['status', 'disk.remap'])).code, 0);
  });

  it('tells what is wrong with the file: exit code 3 and one line with the code', async () => {
    writeFileSync(cli.path('broken.remap'), '{ "main": 1 }');
    symlinkSync('disk.remap', cli.path('link.remap'));
    assert.equal((await cli.run(['status', 'link.remap'])).code, 0);
    const failing: readonly (readonly [string, RegExp])[] = [
      ['missing.remap', /^ENOENT: \S*missing.remap: does not exist\n$/],
      ['broken.remap', /^EINVAL: \S*broken.remap:1:3: .*"spare" is missing|"main" must be/],
    ];
    for (const [file, message] of failing) {
      const { code, stdout, stderr } = await cli.run(['status', file]);
      assert.deepEqual([code, stdout], [3, '']);
      assert.match(stderr, message);
      assert.equal(stderr.split('\n').length, 2);
    }
    rmSync(cli.path('disk-spare.img'));
    assert.match((await cli.run(['status', 'disk.remap'])).stderr, /^ENOENT: .*disk-spare.img/);
    assert.match((await cli.run(['check', 'missing.img'])).stderr, /^ENOENT: .*missing.img/);
  });
});
