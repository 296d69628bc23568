import assert from 'node:assert/strict';
import { parseDustScript } from '../../../../src/engine/mapfile/dustScript';

const script = (text: string, options = {}) => [
  ...parseDustScript(Buffer.from(text), { path: 'a.sh', sectorCount: 1000, ...options }),
];

describe('tables in a script of dm-dust', () => {
  for (const [what, create] of [
    ['--table', "sudo dmsetup create dust1 --table '0 1000 dust /dev/vdb1 0 4096'"],
    [
      'a size by a command',
      'dmsetup create dust1 --table "0 $(blockdev --getsz /dev/vdb1) dust /dev/vdb1 0 4096"',
    ],
    ['a pipe', 'echo 0 1000 dust /dev/vdb1 0 4096 | dmsetup create dust1'],
    ['a here-document', 'dmsetup create dust1 <<EOF\n0 1000 dust /dev/vdb1 0 4096\nEOF'],
    ['a table alone', '0 1000 dust 254:1 0 4096'],
    ['a device named dust', 'dmsetup create dust --table "0 1000 dust /dev/vdb1 0 4096"'],
  ] as const) {
    it(`say how large blocks are: ${what}`, () => {
      assert.deepEqual(script(`${create}\ndmsetup message dust1 0 addbadblock 60\n`), [[480, 8]]);
      assert.deepEqual(script(`${create}\naddbadblock 60\n`, { blockSize: 512 }), [[480, 8]]);
    });
  }

  it('of two devices count each for its own messages', () => {
    const text = `dmsetup create a --table '0 1000 dust /dev/x 0 1024'
      dmsetup create b --table '0 1000 dust /dev/y 0 512'
      dmsetup message /dev/mapper/a 0 addbadblock 10
      dmsetup message b 0 addbadblock 10\n`;
    assert.deepEqual(script(text), [
      [10, 1],
      [20, 2],
    ]);
  });

  it('count blocks from the start of the device below, as the kernel does', () => {
    const create = (table: string) =>
      `dmsetup create d --table '${table}'\ndmsetup message d 0 addbadblock 20\n`;
    assert.deepEqual(script(create('0 500 dust /dev/x 64 4096')), [[96, 8]]);
    assert.deepEqual(script(create('8 500 dust /dev/x 64 4096')), [[104, 8]]);
    assert.throws(() => script(create('0 500 dust /dev/x 168 4096')), {
      details: { path: 'a.sh', line: 2 },
      message: /block 20 of 4096 bytes is outside/,
    });
  });

  it('with a variable for a number are refused, but for the size of a block that the caller gives', () => {
    const text = (offset: string, size: string) =>
      `dmsetup create d --table "0 1000 dust /dev/x ${offset} ${size}"\naddbadblock 10\n`;
    assert.throws(() => script(text('0', '$SIZE')), {
      details: { path: 'a.sh', line: 1 },
      message: /'\$SIZE' in the table of dm-dust/,
    });
    assert.throws(() => script(text('$OFFSET', '512'), { blockSize: 512 }), { message: /'\$OFFSET'/ });
    assert.deepEqual(script(text('0', '$SIZE'), { blockSize: 1024 }), [[20, 2]]);
    assert.throws(() => script(text('0', '700')), { code: 'EINVAL', message: /700 bytes/ });
  });

  it('are not seen in messages to a device named dust', () => {
    assert.deepEqual(script('sudo -u 0 dmsetup message dust 0 addbadblock 60 3\n'), [[60, 1]]);
  });
});
