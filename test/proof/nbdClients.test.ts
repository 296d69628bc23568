import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { SectorRange } from '../../src/engine/errors';
import { exportRig } from '../support/export/exportRig';
import { mustRun, runProgram } from '../support/export/program';
import { needJudge } from '../support/judges';
import { tempFolder } from '../support/tempFolder';

const SECTORS = 32_768;
const BYTES = SECTORS * 512;

/** Bytes none of which is zero, so that a sector that was lost can be told. */
function pattern(seed: number): Buffer {
  const bytes = Buffer.alloc(BYTES);
  for (let i = 0; i < BYTES; i++) bytes[i] = 1 + ((i * 31 + (i >> 9) * 7 + seed) % 255);
  return bytes;
}

/** The programs that people use with NBD, as they are used: what they see of the server is what it promises. */
describe('the clients of others', function () {
  this.timeout(120_000);
  const rig = exportRig({ mainSectors: SECTORS });
  const { path } = tempFolder();

  const uri = (name?: string): string => rig.current.server.uriOf(name);

  async function fill(bytes: Buffer): Promise<void> {
    for (let at = 0; at < SECTORS; at += 8192) {
      await rig.current.device.write(at, bytes.subarray(at * 512, (at + 8192) * 512));
    }
  }

  const injected: readonly SectorRange[] = [
    [100, 1],
    [1003, 2],
    [8191, 2],
    [30_000, 9],
  ];

  describe('nbdinfo', () => {
    before(function () {
      needJudge(this, 'nbdinfo');
    });

    it('sees what the export is', async () => {
      const { exports } = JSON.parse(await mustRun('nbdinfo', ['--json', uri()])) as {
        exports: Record<string, unknown>[];
      };
      const [info] = exports;
      const expected = {
        'export-name': 'disk',
        'export-size': BYTES,
        contexts: ['base:allocation', 'x-remap:state'],
        is_read_only: false,
        can_cache: true,
        can_df: true,
        can_fast_zero: true,
        can_flush: true,
        can_fua: true,
        can_multi_conn: true,
        can_trim: true,
        can_zero: true,
        block_size_minimum: 512,
        block_size_preferred: 4096,
        block_size_maximum: 33_554_432,
      };
      const seen = Object.keys(expected).map((key) => [key, info![key]]);
      assert.deepEqual(Object.fromEntries(seen), expected);
    });

    it('lists the exports', async () => {
      const { exports } = JSON.parse(await mustRun('nbdinfo', ['--list', '--json', uri()])) as {
        exports: { 'export-name': string; is_read_only: boolean }[];
      };
      assert.deepEqual(
        exports.map((each) => [each['export-name'], each.is_read_only]),
        [
          ['disk', false],
          ['disk/main', true],
          ['disk/spare', true],
        ],
      );
    });

    it('sees the size, and what can be done', async () => {
      assert.equal((await mustRun('nbdinfo', ['--size', uri()])).trim(), String(BYTES));
      assert.equal((await runProgram('nbdinfo', ['--can', 'fua', uri()])).code, 0);
      assert.equal((await runProgram('nbdinfo', ['--is', 'read-only', uri()])).code, 2);
      assert.equal((await runProgram('nbdinfo', ['--is', 'read-only', uri('disk/main')])).code, 0);
    });

    it('sees holes and data', async () => {
      await rig.current.device.write(1024, Buffer.alloc(4096, 1));
      const map = JSON.parse(await mustRun('nbdinfo', ['--map', '--json', uri()])) as object[];
      assert.deepEqual(map, [
        { offset: 0, length: 524_288, type: 3, description: 'hole,zero' },
        { offset: 524_288, length: 4096, type: 0, description: 'data' },
        { offset: 528_384, length: BYTES - 528_384, type: 3, description: 'hole,zero' },
      ]);
    });

    it('sees remapped and bad sectors', async () => {
      await rig.current.device.injectErrors({ sectors: [[100, 1]] });
      await rig.current.device.write(100, Buffer.alloc(512, 1));
      await rig.current.device.injectErrors({ sectors: [[200, 2]] });
      const text = await mustRun('nbdinfo', ['--map=x-remap:state', '--json', uri()]);
      const map = (JSON.parse(text) as { offset: number; length: number; type: number }[]).map(
        ({ offset, length, type }) => [offset / 512, length / 512, type],
      );
      assert.deepEqual(map, [
        [0, 100, 0],
        [100, 1, 1],
        [101, 99, 0],
        [200, 2, 2],
        [202, SECTORS - 202, 0],
      ]);
      const totals = JSON.parse(
        await mustRun('nbdinfo', ['--map=x-remap:state', '--totals', '--json', uri('disk/spare')]),
      ) as { type: number }[];
      assert.deepEqual(totals.map(({ type }) => type).sort(), [0, 1, 8]);
    });
  });

  describe('nbdcopy', () => {
    before(function () {
      needJudge(this, 'nbdcopy');
    });

    it('copies there and back, over several connections', async () => {
      const bytes = pattern(1);
      bytes.fill(0, 1_000_000, 3_000_000);
      writeFileSync(path('in'), bytes);
      await mustRun('nbdcopy', ['--flush', path('in'), uri()]);
      await mustRun('nbdcopy', [uri(), path('out')]);
      assert.ok(readFileSync(path('out')).equals(bytes));
      assert.ok(readFileSync(rig.current.device.spec.main).equals(bytes), 'flushed to the image');
    });

    it('copies an image read-only, and ends at a bad sector', async () => {
      await fill(pattern(2));
      await mustRun('nbdcopy', [uri('disk/main'), path('main')]);
      assert.ok(readFileSync(path('main')).equals(pattern(2)));
      assert.notEqual((await runProgram('nbdcopy', [path('main'), uri('disk/main')])).code, 0);
      await rig.current.device.injectErrors({ sectors: [[100, 1]] });
      const { code, stderr } = await runProgram('nbdcopy', [uri(), path('out')]);
      assert.equal(code, 1);
      assert.match(stderr, /Input\/output error/);
    });
  });

  describe('libnbd, by a script', () => {
    before(function () {
      needJudge(this, '/usr/bin/python3');
    });

    it('is told the exact sectors that fail, and has the data around them', async () => {
      const bytes = pattern(6);
      await fill(bytes);
      await rig.current.device.injectErrors({ sectors: [[8, 1]] });
      const script = `
import nbd, sys, json
h = nbd.NBD()
h.connect_uri(sys.argv[1])
told = []
def chunk(data, offset, status, err):
    told.append([status, offset, len(data), data[:4].hex()])
try:
    h.pread_structured(8192, 0, chunk)
except nbd.Error as error:
    told.append(error.errno)
print(json.dumps(told))
h.shutdown()
`;
      const told = JSON.parse(await mustRun('/usr/bin/python3', ['-', uri()], script)) as unknown[];
      const [data, failed] = [1, 3];
      assert.deepEqual(told, [
        [data, 0, 4096, bytes.toString('hex', 0, 4)],
        [failed, 4096, 0, ''],
        [data, 4608, 3584, bytes.toString('hex', 4608, 4612)],
        'EIO',
      ]);
    });
  });

  describe('nbd-client', () => {
    before(function () {
      needJudge(this, 'nbd-client');
    });

    it('lists the exports', async () => {
      const { stdout } = await runProgram('nbd-client', ['-l', '-unix', rig.current.socketPath]);
      assert.match(stdout, /^disk\b.*\ndisk\/main\b.*\ndisk\/spare\b/m);
    });
  });

  describe('qemu-img', () => {
    before(function () {
      needJudge(this, 'qemu-img');
    });

    const img = (...args: string[]): Promise<string> => mustRun('qemu-img', args);

    it('sees the size and the map', async () => {
      await rig.current.device.write(1024, Buffer.alloc(4096, 1));
      const info = JSON.parse(await img('info', '--output=json', '-f', 'raw', uri())) as object;
      assert.equal((info as { 'virtual-size': number })['virtual-size'], BYTES);
      const map = JSON.parse(await img('map', '--output=json', '-f', 'raw', uri())) as {
        start: number;
        length: number;
        data: boolean;
      }[];
      assert.deepEqual(
        map.map(({ start, length, data }) => [start, length, data]),
        [
          [0, 524_288, false],
          [524_288, 4096, true],
          [528_384, BYTES - 528_384, false],
        ],
      );
    });

    it('sees remapped sectors by the private context', async () => {
      await rig.current.device.injectErrors({ sectors: [[104, 8]] });
      await rig.current.device.write(104, Buffer.alloc(4096, 1));
      const options = `driver=nbd,server.type=unix,server.path=${rig.current.socketPath},x-dirty-bitmap=x-remap:state`;
      const map = JSON.parse(await img('map', '--output=json', '--image-opts', options)) as {
        start: number;
        length: number;
        data: boolean;
      }[];
      assert.deepEqual(
        map.filter(({ data }) => !data).map(({ start, length }) => [start, length]),
        [[104 * 512, 4096]],
      );
    });

    it('converts there and back, and compares', async () => {
      writeFileSync(path('in'), pattern(3));
      await img('convert', '-n', '-f', 'raw', '-O', 'raw', path('in'), uri());
      await img('convert', '-f', 'raw', '-O', 'raw', uri(), path('out'));
      assert.ok(readFileSync(path('out')).equals(pattern(3)));
      await img('compare', '-f', 'raw', '-F', 'raw', path('in'), uri());
      await rig.current.device.write(77, Buffer.alloc(512));
      assert.equal(
        (await runProgram('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', path('in'), uri()])).code,
        1,
      );
    });

    it('writes and flushes in a mix', async () => {
      await img(
        'bench',
        '-f',
        'raw',
        '-c',
        '200',
        '-d',
        '4',
        '-s',
        '4096',
        '-w',
        '--flush-interval=5',
        uri(),
      );
      const { writes, flushes } = rig.current.server.figures()[0]!;
      assert.equal(writes, 200);
      assert.ok(flushes >= 39, String(flushes));
    });

    it('salvages all but exactly the bad sectors', async () => {
      const bytes = pattern(4);
      await fill(bytes);
      await rig.current.device.injectErrors({ sectors: injected });
      await img('convert', '--salvage', '-f', 'raw', '-O', 'raw', uri(), path('salvaged'));
      for (const [first, count] of injected) bytes.fill(0, first * 512, (first + count) * 512);
      assert.ok(readFileSync(path('salvaged')).equals(bytes));
    });

    it('does not convert over bad sectors otherwise', async () => {
      await fill(pattern(4));
      await rig.current.device.injectErrors({ sectors: [[8191, 1]] });
      const { code } = await runProgram('qemu-img', [
        'convert',
        '-f',
        'raw',
        '-O',
        'raw',
        uri(),
        path('out'),
      ]);
      assert.equal(code, 1);
    });
  });

  describe('qemu-io', () => {
    before(function () {
      needJudge(this, 'qemu-io');
    });

    it('writes with FUA, writes zeros, discards, and reads back what it must', async () => {
      const commands = [
        'write -P 7 0 65536',
        'read -P 7 0 65536',
        'write -f -P 8 512 1024',
        'read -P 8 512 1024',
        'write -z 4096 8192',
        'read -P 0 4096 8192',
        'write -z -u 16384 4096',
        'discard 32768 16384',
        'read -P 0 32768 16384',
        'read -P 7 49152 16384',
        'flush',
      ];
      const { code, stdout, stderr } = await runProgram('qemu-io', [
        '-f',
        'raw',
        uri(),
        ...commands.flatMap((command) => ['-c', command]),
      ]);
      assert.equal(code, 0, stdout + stderr);
      assert.doesNotMatch(stdout, /failed|error/i);
    });

    it('writes to a bad sector, which is remapped then', async () => {
      await rig.current.device.injectErrors({ sectors: [[8, 1]] });
      await mustRun('qemu-io', ['-f', 'raw', uri(), '-c', 'write -P 5 4096 512', '-c', 'read -P 5 4096 512']);
      assert.equal(rig.current.device.info().remaps, 1);
    });

    it('may not open an image for writing', async () => {
      const { stdout, stderr } = await runProgram('qemu-io', [
        '-f',
        'raw',
        uri('disk/main'),
        '-c',
        'write 0 512',
      ]);
      assert.match(stdout + stderr, /Permission denied/);
    });
  });

  describe('fio', () => {
    before(function () {
      needJudge(this, 'fio');
    });

    const fio = (...args: string[]): Promise<string> =>
      mustRun('fio', [
        '--name=job',
        '--ioengine=nbd',
        `--uri=${uri()}`,
        '--size=8m',
        '--verify_state_save=0',
        ...args,
      ]);

    it('verifies what it wrote, with requests of many sizes in flight', async () => {
      await rig.current.device.injectErrors({ sectors: injected });
      await fio(
        '--rw=randwrite',
        '--bsrange=512-64k',
        '--bs_unaligned=0',
        '--iodepth=16',
        '--verify=crc32c',
        '--fsync=20',
      );
    });

    it('trims and writes', async () => {
      await fio('--rw=randtrimwrite', '--bs=4k', '--iodepth=8');
    });

    it('counts the reads that fail', async () => {
      await rig.current.device.injectErrors({ sectors: [[8, 1]] });
      const report = await fio('--rw=read', '--bs=4k', '--continue_on_error=read');
      assert.match(report, /errors *: total=1/);
    });
  });

  describe('nbdfuse with ddrescue', () => {
    before(function () {
      needJudge(this, 'nbdfuse');
      needJudge(this, 'ddrescue');
    });

    it('finds exactly the bad sectors', async () => {
      const bytes = pattern(5);
      await fill(bytes);
      await rig.current.device.injectErrors({ sectors: injected });
      mkdirSync(path('mount'));
      const fuse = spawn('nbdfuse', [path('mount/disk'), uri()], { stdio: 'ignore' });
      const gone = once(fuse, 'exit');
      try {
        while ((statSync(path('mount/disk'), { throwIfNoEntry: false })?.size ?? 0) === 0) {
          assert.equal(fuse.exitCode, null, 'nbdfuse ended');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        await mustRun('ddrescue', ['-d', '-b512', path('mount/disk'), path('rescued'), path('rescued.map')]);
      } finally {
        await runProgram('fusermount3', ['-u', path('mount')]);
        await gone;
      }
      const listed = await mustRun('ddrescuelog', ['-b512', '-l-', path('rescued.map')]);
      const expected = injected.flatMap(([first, count]) =>
        Array.from({ length: count }, (_, i) => first + i),
      );
      assert.deepEqual(listed.trim().split('\n').map(Number), expected);
      for (const [first, count] of injected) bytes.fill(0, first * 512, (first + count) * 512);
      assert.ok(readFileSync(path('rescued')).equals(bytes));
    });
  });
});
