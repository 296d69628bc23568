import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { faultOfTag, tagOfFault } from '../../../../src/engine/block/mediumFault';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { detectFormat, parseBadSectors, readBadSectors } from '../../../../src/engine/mapfile/badSectorFile';
import { formatBlockList, parseBlockList } from '../../../../src/engine/mapfile/blockList';
import { formatDustScript, parseDustScript } from '../../../../src/engine/mapfile/dustScript';
import { arbitraryBadSectors } from '../../../support/mapfile/arbitraries';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const list = (text: string, blockSize = 1024) =>
  parseBlockList(bytes(text), { path: 'a.bb', blockSize, sectorCount: 100 });
const script = (text: string) =>
  parseDustScript(bytes(text), { path: 'a.sh', blockSize: 512, sectorCount: 100 });
const textOf = (text: Iterable<string>) => [...text].join('');
const invalid = (line: number, message: RegExp) => ({
  code: 'EINVAL',
  details: { path: 'a.bb', line },
  message,
});
const invalidScript = (line: number, message: RegExp) => ({
  code: 'EINVAL',
  details: { path: 'a.sh', line },
  message,
});

describe('list of block numbers', () => {
  it('is read in the unit that is asked for, in any order', () => {
    assert.deepEqual(
      [...list('4\n0\n5\n')],
      [
        [0, 2],
        [8, 4],
      ],
    );
    assert.deepEqual(
      [...list('7\n4\n', 512)],
      [
        [4, 1],
        [7, 1],
      ],
    );
    assert.deepEqual([...list('3\n', 4096)], [[24, 8]]);
  });

  it('passes over lines without a number, and over text behind one', () => {
    const text =
      'Checking blocks 0 to 99\n\n  12 done\n-5\r\n13\r\nPass completed, 2 bad blocks found. (2/0/0 errors)\n';
    assert.deepEqual([...list(text, 512)], [[12, 2]]);
  });

  it('refuses a number that goes on, instead of taking its first digits', () => {
    assert.throws(() => list('1\n0x10\n'), invalid(2, /'0x10' is not a decimal block number/));
    assert.throws(() => list('12a\n'), invalid(1, /'12a'/));
  });

  it('refuses a block outside the device, however large, and a unit that is no sectors', () => {
    assert.deepEqual([...list('49\n')], [[98, 2]]);
    assert.throws(
      () => list('1\n\n50\n'),
      invalid(3, /block 50 of 1024 bytes is outside the device, which has 100 sectors/),
    );
    assert.throws(() => list('99999999999999999999\n'), invalid(1, /block 9223372036854775807 of/));
    assert.throws(() => list('11\n12\n', 4096), invalid(2, /block 12 of 4096 bytes is outside/));
    for (const blockSize of [0, 100, 513, -512, Number.NaN]) {
      assert.throws(() => list('1\n', blockSize), { code: 'EINVAL' });
      assert.throws(() => formatBlockList(new RangeSet(), blockSize), { code: 'EINVAL' });
    }
  });

  it('takes numbers of more than 32 bits', () => {
    const set = parseBlockList(bytes('4294967296\n'), { path: 'a', blockSize: 4096 });
    assert.deepEqual([...set], [[2 ** 35, 8]]);
  });

  it('is written with every block that holds a bad sector, once', () => {
    const set = RangeSet.from([
      [1, 1],
      [3, 2],
      [5, 1],
      [9, 4],
    ]);
    assert.equal(textOf(formatBlockList(set, 512)), '1\n3\n4\n5\n9\n10\n11\n12\n');
    assert.equal(textOf(formatBlockList(set, 1024)), '0\n1\n2\n4\n5\n6\n');
    assert.equal(textOf(formatBlockList(set, 4096)), '0\n1\n');
    assert.equal(textOf(formatBlockList(new RangeSet(), 512)), '');
  });

  it('comes back the same in sectors, and grown to whole blocks in others', () => {
    fc.assert(
      fc.property(arbitraryBadSectors(96), fc.constantFrom(512, 1024, 4096), (set, blockSize) => {
        const read = list(textOf(formatBlockList(set, blockSize)), blockSize);
        const sectorsABlock = blockSize / 512;
        const expected = new RangeSet();
        for (let sector = 0; sector < 96; sector++) {
          if (set.intersects(sector - (sector % sectorsABlock), sectorsABlock)) expected.add(sector, 1);
        }
        assert.deepEqual([...read], [...expected]);
      }),
    );
  });
});

describe('script of dm-dust messages', () => {
  it('is read in all the forms that people write', () => {
    const text = `#!/bin/sh
      set -e
      dmsetup create dust1 --table '0 100 dust /dev/vdb1 0 512'   # addbadblock 99
      dmsetup message dust1 0 addbadblock 60
      sudo dmsetup message dust1 0 "addbadblock 61 3"; dmsetup message dust1 0 AddBadBlock 63
      dmsetup message enable 0 addbadblock 1 && dmsetup message enable 0 removebadblock 1
      addbadblock 62
      dmsetup message dust1 0 enable\n`;
    assert.deepEqual(
      [...script(text).tagged()].map(({ first, sectorCount, tag }) => [first, sectorCount, faultOfTag(tag)]),
      [
        [60, 1, { mode: 'dust' }],
        [61, 1, { mode: 'dust', writeFailures: 3 }],
        [62, 2, { mode: 'dust' }],
      ],
    );
  });

  it('clears, and keeps the first of two additions, as the target does', () => {
    const set = script('addbadblock 5\nclearbadblocks\naddbadblock 6 2\naddbadblock 6 9\nremovebadblock 7\n');
    assert.deepEqual(
      [...set.tagged()],
      [{ first: 6, sectorCount: 1, tag: tagOfFault({ mode: 'dust', writeFailures: 2 }) }],
    );
  });

  it('names the line of what it can not understand', () => {
    assert.throws(() => script('\naddbadblock $i\n'), invalidScript(2, /'\$i' is not a decimal number/));
    assert.throws(() => script('addbadblock\n'), invalidScript(1, /needs a block/));
    assert.throws(() => script('addbadblock 1 2 3\n'), invalidScript(1, /needs a block/));
    assert.throws(() => script('removebadblock 1 2\n'), invalidScript(1, /removebadblock needs a block$/));
    assert.throws(() => script('addbadblock 1 256\n'), invalidScript(1, /at most 255/));
    assert.throws(() => script('addbadblock 100\n'), invalidScript(1, /outside the device/));
    assert.throws(() => script('addbadblock -1\n'), invalidScript(1, /not a decimal/));
  });

  it('comes back the same when it is written from dust sectors', () => {
    fc.assert(
      fc.property(arbitraryBadSectors(96), (set) => {
        const read = script(textOf(formatDustScript(set, 'dust1')));
        const expected = RangeSet.from(
          [...set.tagged()].map(({ first, sectorCount, tag }) => {
            const fault = faultOfTag(tag);
            return [
              first,
              sectorCount,
              fault.mode === 'dust' ? tag : tagOfFault({ mode: 'dust', writeFailures: 255 }),
            ];
          }),
        );
        assert.deepEqual([...read.tagged()], [...expected.tagged()]);
      }),
    );
  });

  it('is written as the commands that make the blocks bad', () => {
    const set = RangeSet.from([
      [4, 2, tagOfFault({ mode: 'dust' })],
      [9, 1, tagOfFault({ mode: 'dust', writeFailures: 7 })],
      [10, 1],
    ]);
    assert.equal(
      textOf(formatDustScript(set, 'd')),
      'dmsetup message d 0 addbadblock 4\ndmsetup message d 0 addbadblock 5\n' +
        'dmsetup message d 0 addbadblock 9 7\ndmsetup message d 0 addbadblock 10 255\n',
    );
  });
});

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
