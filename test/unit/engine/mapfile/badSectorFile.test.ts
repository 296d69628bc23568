import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultOfTag } from '../../../../src/engine/block/mediumFault';
import { detectFormat, parseBadSectors, readBadSectors } from '../../../../src/engine/mapfile/badSectorFile';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('file of bad sectors', () => {
  const detected: readonly (readonly [text: string, format: string])[] = [
    ['0x00000000     +               1\n0x0 512 -\n', 'mapfile'],
    ['# Mapfile\n\n0+\n', 'mapfile'],
    ['0 ?', 'mapfile'],
    ['# c\n5\n', 'blocks'],
    ['  5 -5\n', 'blocks'],
    ['Checking blocks 0 to 99\n5\n', 'blocks'],
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

  for (const text of ['hello world\n', '0x100\n', '\x7fELF\0\0\0', '12a\n']) {
    it(`${JSON.stringify(text)} is refused with one sentence`, () => {
      assert.throws(() => parseBadSectors(bytes(text), { path: 'a', sectorCount: 9 }), {
        code: 'EINVAL',
        details: { path: 'a' },
        message:
          'a lists no bad sectors: it is neither a ddrescue mapfile nor a list of badblocks or dm-dust',
      });
    });
  }

  const read = (text: string, options = {}) =>
    [...parseBadSectors(bytes(text), { path: 'a', sectorCount: 20, ...options }).tagged()].map((run) => [
      run.first,
      run.sectorCount,
      faultOfTag(run.tag),
    ]);

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
  });

  it('refuses sectors outside the device and names the line, in every format', () => {
    for (const text of ['\n# m\n0 + 1\n0 10241 -\n', '\n\n\n10\n', '\n\n\naddbadblock 20\n']) {
      assert.throws(() => read(text), { code: 'EINVAL', details: { path: 'a', line: 4 } });
    }
  });

  it('is read from disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'remap-list-'));
    try {
      const path = join(folder, 'bad.txt');
      await writeFile(path, '3\n4\n');
      assert.deepEqual([...(await readBadSectors(path, { sectorCount: 20 }))], [[6, 4]]);
      await assert.rejects(readBadSectors(`${path}.none`, { sectorCount: 20 }), { code: 'ENOENT' });
      await assert.rejects(readBadSectors(folder, { sectorCount: 20 }), { code: 'EINVAL' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
