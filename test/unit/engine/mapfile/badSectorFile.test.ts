import assert from 'node:assert/strict';
import { faultOfTag } from '../../../../src/engine/block/mediumFault';
import { detectFormat, parseBadSectors } from '../../../../src/engine/mapfile/badSectorFile';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('file of bad sectors', () => {
  const detected: readonly (readonly [text: string, format: string])[] = [
    ['0x00000000     +               1\n0x0 512 -\n', 'mapfile'],
    ['# Mapfile\n\n0+\n', 'mapfile'],
    ['0 ?', 'mapfile'],
    ['# c\n5\n', 'blocks'],
    ['  5 -5\n', 'blocks'],
    ['0 99 linear /dev/loop0 0\n', 'table'],
    ['# of a disk\n\tdisk: 0 5 error\n', 'table'],
    ['0 99 dust /dev/loop0 0 512\n', 'table'],
    ['0 99 dust /dev/loop0 0 512\naddbadblock 4\n', 'dust'],
    ['Bad-blocks on /dev/sda1:\n  8 for 8 sectors\n', 'mdadm'],
    ['  8 for 8 sectors\n', 'mdadm'],
    ['No bad-blocks list configured on /dev/sda1\n', 'mdadm'],
    ['No blocks in badblocklist\n', 'blocks'],
    ['', 'blocks'],
    ['\n# nothing\n', 'blocks'],
    ['#!/bin/sh\nset -e\ndmsetup message d 0 "addbadblock 4"\n5\n', 'dust'],
    ['addbadblock 4', 'dust'],
  ];
  for (const [text, format] of detected) {
    it(`${JSON.stringify(text)} is recognized as ${format}`, () =>
      assert.equal(detectFormat(bytes(text), 'a'), format));
  }

  for (const [text, line] of [
    ['hello world\n', 1],
    ['\n# c\n0x100\n', 3],
    ['12a\n', 1],
  ] as const) {
    it(`${JSON.stringify(text)} is refused with one sentence that has its first line`, () => {
      assert.throws(() => parseBadSectors(bytes(text), { path: 'a', sectorCount: 9 }), {
        code: 'EINVAL',
        details: { path: 'a', line },
        message: `a lists no bad sectors: it is neither a ddrescue mapfile, a list of badblocks, dm-dust or mdadm, nor a table of dmsetup; line ${line} is '${text.trim().split('\n').at(-1)}'`,
      });
    });
  }

  it('a file that is no text is refused', () => {
    assert.throws(() => parseBadSectors(bytes('\x7fELF\0\0\0'), { path: 'a', sectorCount: 9 }), {
      code: 'EINVAL',
      details: { path: 'a' },
      message: /^a lists no bad sectors: .*; it is no text$/,
    });
  });

  const read = (text: string, options = {}) =>
    [...parseBadSectors(bytes(text), { path: 'a', sectorCount: 20, ...options }).badSectors.tagged()].map(
      (run) => [run.first, run.sectorCount, faultOfTag(run.tag)],
    );

  it('gives the fault that is asked for to sectors whose fault it does not say', () => {
    const fault = { mode: 'dust', writeFailures: 1 } as const;
    const mapfile = '# Remap Inspector: fault 0x00000200 0x00000200 dust\n0 + 1\n0 1536 -\n';
    assert.deepEqual(read(mapfile, { fault }), [
      [0, 1, fault],
      [1, 1, { mode: 'dust' }],
      [2, 1, fault],
    ]);
    assert.deepEqual(read('3\n', { fault }), [[6, 2, fault]]);
    assert.deepEqual(read('3\n', { blockSize: 512 }), [[3, 1, { mode: 'error' }]]);
    assert.deepEqual(read('addbadblock 3\n', { fault: { mode: 'error' } }), [[3, 1, { mode: 'dust' }]]);
    assert.deepEqual(read('addbadblock 3\n', { blockSize: 1024 }), [[6, 2, { mode: 'dust' }]]);
    assert.deepEqual(read('No blocks in badblocklist\n'), []);
    assert.deepEqual(read('0 3 linear 7:0 0\n3 1 error\n', { fault }), [[3, 1, fault]]);
    assert.deepEqual(read('3 for 1 sectors\n', { fault }), [[3, 1, fault]]);
  });

  it('refuses sectors outside the device and names the line, in every format', () => {
    for (const text of [
      '\n# m\n0 + 1\n0 10241 -\n',
      '\n\n\n10\n',
      '\n\n\naddbadblock 20\n',
      '\n\n\n0 21 error',
      '\n\n\n20 for 1 sectors',
    ]) {
      assert.throws(() => read(text), { code: 'EINVAL', details: { path: 'a', line: 4 } });
    }
  });

  it('gives the layer of a table', () => {
    const { badSectors, flakey } = parseBadSectors(bytes('0 20 flakey 252:0 0 0 1 1 ERROR_READS\n'), {
      path: 'a',
      sectorCount: 20,
    });
    assert.deepEqual([[...badSectors], flakey], [[], '0 1 1 error_reads']);
  });
});
