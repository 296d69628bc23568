import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  mapperName,
  type ShellScriptStack,
  shellQuote,
  shellScript,
} from '../../../../src/engine/dmsetup/shellScript';
import { RemapError } from '../../../../src/engine/errors';
import { need } from '../../../support/needs';

const STACK: ShellScriptStack = {
  name: 'disk',
  main: { path: '/images/main.img', sectorCount: 204_800 },
  spare: { path: '/images/spare.img', sectorCount: 102_400 },
  flakey: null,
};

/** Stands in for losetup, dmsetup and modprobe: notes each call and its table, answers as they would. */
const STAND_IN = `#!/bin/bash
tool=\${0##*/}
{ printf '%s' "$tool"; printf ' %q' "$@"; echo; } >>"$CALLS"
if [[ $tool == dmsetup && $1 == create && $# == 2 ]]; then sed 's/^/  /' >>"$CALLS"; fi
if [[ -n \${FAIL_AT-} && "$tool $*" == $FAIL_AT ]]; then exit 1; fi
case "$tool $1" in
  'dmsetup info') [[ " \${EXISTING-} " == *" $2 "* ]] ;;
  'dmsetup targets') echo "linear v1.4.0"; echo "\${TARGETS-dm-remap-v4      v4.0.0}" ;;
  'losetup --find') if [[ $4 == *spare* ]]; then echo /dev/loop1; else echo /dev/loop0; fi ;;
  'losetup --noheadings') if [[ $5 == *spare* ]]; then echo /dev/loop1; else echo /dev/loop0; fi ;;
esac
`;

interface Run {
  readonly status: number | null;
  readonly stderr: string;
  readonly calls: string[];
}

describe('shell script of a stack', () => {
  let folder: string;

  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'remap-script-'));
    need(this, 'bash');
    for (const tool of ['losetup', 'dmsetup', 'modprobe']) {
      writeFileSync(join(folder, tool), STAND_IN);
      chmodSync(join(folder, tool), 0o755);
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(stack: ShellScriptStack, args: string[] = [], env: Record<string, string> = {}): Run {
    const calls = join(folder, 'calls');
    rmSync(calls, { force: true });
    const result = spawnSync('bash', ['-s', '--', ...args], {
      input: shellScript(stack),
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}`, CALLS: calls, ...env },
    });
    const text = existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd() : '';
    return { status: result.status, stderr: result.stderr, calls: text.split('\n') };
  }

  it('builds dm-remap over two loop devices', () => {
    const { status, stderr, calls } = run(STACK);
    assert.equal(status, 0, stderr);
    assert.deepEqual(calls, [
      'dmsetup targets',
      'losetup --find --show -- /images/main.img',
      'losetup --find --show -- /images/spare.img',
      'dmsetup create disk --table 0\\ 204800\\ dm-remap-v4\\ /dev/loop0\\ /dev/loop1',
      'dmsetup status disk',
    ]);
  });

  it('puts flakey and failing sectors between, in the order of our stack', () => {
    const { status, stderr, calls } = run({
      ...STACK,
      flakey: '0 1 1 error_reads',
      main: {
        ...STACK.main,
        badSectors: [
          [2000, 2],
          [1000, 1],
          [2001, 2],
        ],
      },
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(calls, [
      'modprobe dm-flakey',
      'dmsetup targets',
      'losetup --find --show -- /images/main.img',
      'dmsetup create disk-main-medium',
      '  0 1000 linear /dev/loop0 0',
      '  1000 1 error',
      '  1001 999 linear /dev/loop0 1001',
      '  2000 3 error',
      '  2003 202797 linear /dev/loop0 2003',
      'losetup --find --show -- /images/spare.img',
      'dmsetup create disk-flakey --table 0\\ 204800\\ flakey\\ /dev/mapper/disk-main-medium\\ 0\\ 0\\ 1\\ 1\\ error_reads',
      'dmsetup create disk --table 0\\ 204800\\ dm-remap-v4\\ /dev/mapper/disk-flakey\\ /dev/loop1',
      'dmsetup status disk',
    ]);
  });

  const dusty = (enabled: boolean, quiet = false): ShellScriptStack => ({
    ...STACK,
    main: {
      ...STACK.main,
      badSectors: [[50, 1]],
      dust: {
        runs: [
          { sectors: [1280, 2], writeFailures: 0 },
          { sectors: [2000, 1], writeFailures: 3 },
        ],
        enabled,
        quiet,
      },
    },
  });

  it('uses dm-dust for sectors that heal when written, over those that never do, and enables it last', () => {
    const { status, stderr, calls } = run(dusty(true));
    assert.equal(status, 0, stderr);
    assert.deepEqual(calls, [
      'modprobe dm-dust',
      'dmsetup targets',
      'losetup --find --show -- /images/main.img',
      'dmsetup create disk-main-medium',
      '  0 50 linear /dev/loop0 0',
      '  50 1 error',
      '  51 204749 linear /dev/loop0 51',
      'dmsetup create disk-main-dust --table 0\\ 204800\\ dust\\ /dev/mapper/disk-main-medium\\ 0\\ 512',
      'dmsetup message disk-main-dust 0 addbadblock 1280',
      'dmsetup message disk-main-dust 0 addbadblock 1281',
      'dmsetup message disk-main-dust 0 addbadblock 2000 3',
      'dmsetup message disk-main-dust 0 enable',
      'losetup --find --show -- /images/spare.img',
      'dmsetup create disk --table 0\\ 204800\\ dm-remap-v4\\ /dev/mapper/disk-main-dust\\ /dev/loop1',
      'dmsetup status disk',
    ]);
  });

  it('leaves dm-dust disabled, or makes it quiet, where it is so', () => {
    const disabled = run(dusty(false)).calls;
    assert.ok(!disabled.some((call) => call.endsWith(' enable')), disabled.join('\n'));
    assert.ok(disabled.includes('dmsetup message disk-main-dust 0 addbadblock 1280'));
    const quiet = run(dusty(true, true)).calls;
    assert.ok(
      quiet.indexOf('dmsetup message disk-main-dust 0 quiet') <
        quiet.indexOf('dmsetup message disk-main-dust 0 addbadblock 1280'),
      quiet.join('\n'),
    );
  });

  it('holds more bad sectors than a call has room for arguments', () => {
    const runs = Array.from({ length: 150_000 }, (_, i) => ({
      sectors: [i, 1] as const,
      writeFailures: i % 2,
    }));
    const main = { ...STACK.main, dust: { runs, enabled: true, quiet: false } };
    const lines = shellScript({ ...STACK, main }).split('\n');
    assert.ok(lines.indexOf('149999 1 1') - lines.indexOf('0 1') === 149_999);
  });

  it('undoes dm-dust too when a message to it fails', () => {
    const { status, calls } = run(dusty(true), [], { FAIL_AT: 'dmsetup message *addbadblock 1281*' });
    assert.notEqual(status, 0);
    assert.deepEqual(calls.slice(-3), [
      'dmsetup remove --retry disk-main-dust',
      'dmsetup remove --retry disk-main-medium',
      'losetup --detach /dev/loop0',
    ]);
  });

  it('says at the top what it does not build, as one comment each whatever they hold', () => {
    const remarks = ['Left out: 3 sectors', 'x\ntouch /tmp/pwned\r\u2028\0y'];
    const script = shellScript({ ...STACK, remarks });
    const lines = script.split('\n');
    const set = lines.indexOf('set -euo pipefail');
    assert.ok(
      lines.slice(0, set).every((line) => line.startsWith('#')),
      script,
    );
    assert.ok(lines.indexOf('# Left out: 3 sectors') > 0);
    assert.ok(lines.indexOf('# x touch /tmp/pwned y') > 0);
    assert.equal(run({ ...STACK, remarks }).status, 0);
  });

  it('says at the top which paths are of Windows, and to be replaced', () => {
    const text = 'to be replaced by where the images are on the Linux machine';
    const windows = { ...STACK.main, path: 'C:\\disks\\main.img' };
    const share = { ...STACK.spare, path: '\\\\nas\\disks\\spare.img' };
    const script = shellScript({ ...STACK, main: windows, spare: share });
    assert.ok(script.includes(`# Paths of Windows, ${text}: ${windows.path} and ${share.path}\n`), script);
    assert.ok(!shellScript(STACK).includes(text));
  });

  it('loads the module where the target is missing, whichever it is called', () => {
    assert.ok(run(STACK, [], { TARGETS: 'none' }).calls.includes('modprobe dm-remap'));
    const older = run(STACK, [], { TARGETS: 'none', FAIL_AT: 'modprobe dm-remap' });
    assert.equal(older.status, 0, older.stderr);
    assert.ok(older.calls.includes('modprobe --all dm-remap-v4-stats dm-remap-v4-real'));
  });

  it('undoes what it has built when a step fails', () => {
    const { status, calls } = run({ ...STACK, flakey: '0 1 1' }, [], { FAIL_AT: 'dmsetup create disk *' });
    assert.notEqual(status, 0);
    assert.deepEqual(calls.slice(-4), [
      'dmsetup create disk --table 0\\ 204800\\ dm-remap-v4\\ /dev/mapper/disk-flakey\\ /dev/loop1',
      'dmsetup remove --retry disk-flakey',
      'losetup --detach /dev/loop0',
      'losetup --detach /dev/loop1',
    ]);
  });

  it('gives back the first loop device, once, when the second is not to be had', () => {
    const { status, calls } = run(STACK, [], { FAIL_AT: 'losetup --find *spare*' });
    assert.notEqual(status, 0);
    assert.deepEqual(calls.slice(-2), [
      'losetup --find --show -- /images/spare.img',
      'losetup --detach /dev/loop0',
    ]);
  });

  it('touches nothing when no loop device is to be had', () => {
    const { status, calls } = run(STACK, [], { FAIL_AT: 'losetup --find *' });
    assert.notEqual(status, 0);
    assert.equal(calls.at(-1), 'losetup --find --show -- /images/main.img');
  });

  it('removes what exists, from the top down', () => {
    const stack: ShellScriptStack = {
      ...STACK,
      flakey: '0 1 1',
      main: { ...STACK.main, badSectors: [[5, 1]] },
    };
    const { status, stderr, calls } = run(stack, ['remove'], { EXISTING: 'disk disk-main-medium' });
    assert.equal(status, 0, stderr);
    assert.deepEqual(calls.slice(-4), [
      'dmsetup remove --retry disk',
      'dmsetup remove --retry disk-main-medium',
      'losetup --detach /dev/loop0',
      'losetup --detach /dev/loop1',
    ]);
  });

  it('keeps any path and name harmless', () => {
    const path = '/tmp/a b\'c"$(touch x)`\n;\\/spare.img';
    const { status, stderr, calls } = run({
      ...STACK,
      name: "it's $HOME",
      spare: { ...STACK.spare, path },
    });
    assert.equal(status, 0, stderr);
    assert.ok(
      calls.some((call) => call.startsWith('losetup --find --show -- $')),
      calls.join('\n'),
    );
    assert.equal(calls.at(-1), 'dmsetup status it_s__HOME');
  });

  it('property: a quoted word reaches a command as it was', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (words) => {
        const result = spawnSync('bash', ['-c', `printf '%s\\0' ${words.map(shellQuote).join(' ')}`], {
          encoding: 'utf8',
        });
        assert.equal(result.stdout, words.map((word) => `${word}\0`).join(''));
      }),
      { numRuns: 20 },
    );
  });

  it('property: bash takes every script', () => {
    const path = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !value.includes('\0'));
    const image = fc.record({
      path,
      sectorCount: fc.constant(4096),
      badSectors: fc.array(fc.tuple(fc.nat(4000), fc.integer({ min: 1, max: 96 }))),
      dust: fc.record({
        runs: fc.array(
          fc.record({ sectors: fc.tuple(fc.nat(4000), fc.constant(1)), writeFailures: fc.nat(255) }),
        ),
        enabled: fc.boolean(),
        quiet: fc.boolean(),
      }),
    });
    const flakey = fc.constantFrom(null, '0 1 1', '0 1 5 corrupt_bio_byte 32 r 1 0');
    fc.assert(
      fc.property(fc.string(), image, image, flakey, path, (name, main, spare, behaviour, remark) => {
        const result = spawnSync('bash', ['-n'], {
          input: shellScript({ name, main, spare, flakey: behaviour, remarks: [remark] }),
          encoding: 'utf8',
        });
        assert.equal(result.stderr, '');
        assert.equal(result.status, 0);
      }),
      { numRuns: 30 },
    );
  });

  it('names a mapping as dm takes it', () => {
    assert.equal(mapperName('disk_1.a+b-c'), 'disk_1.a+b-c');
    assert.equal(mapperName('--help'), '_help');
    assert.equal(mapperName('ä/💾'), '___');
    assert.equal(mapperName(''), 'remap');
    assert.equal(mapperName('x'.repeat(200)).length, 100);
  });

  it('refuses bad sectors outside an image, NUL in a path and a flakey layer that is code', () => {
    const refused: ShellScriptStack[] = [
      { ...STACK, main: { ...STACK.main, badSectors: [[204_799, 2]] } },
      {
        ...STACK,
        spare: {
          ...STACK.spare,
          dust: { runs: [{ sectors: [102_400, 1], writeFailures: 0 }], enabled: true, quiet: false },
        },
      },
      { ...STACK, main: { ...STACK.main, path: '/a\0b' } },
      { ...STACK, flakey: '0 1 1 $(reboot)' },
      { ...STACK, flakey: '0 1 1\n0 1 error' },
    ];
    for (const stack of refused) {
      assert.throws(
        () => shellScript(stack),
        (error) => error instanceof RemapError && error.code === 'EINVAL',
      );
    }
  });
});
