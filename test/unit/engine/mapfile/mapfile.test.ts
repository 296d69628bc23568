import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tagOfFault } from '../../../../src/engine/block/mediumFault';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { RemapError } from '../../../../src/engine/errors';
import { createMapfile, formatMapfile, type Mapfile } from '../../../../src/engine/mapfile/mapfile';
import { parseMapfile } from '../../../../src/engine/mapfile/mapfileParser';
import { arbitraryMapfile } from '../../../support/mapfile/arbitraries';

const parse = (text: string) => parseMapfile(Buffer.from(text, 'latin1'), { path: 'a.map' });
const format = (mapfile: Mapfile) => [...formatMapfile(mapfile)].join('');

/** What GNU ddrescue 1.27 wrote for a domain that is no multiple of the sector. */
const FROM_DDRESCUE = `# Mapfile. Created by GNU ddrescue version 1.27
# Command line: ddrescue -s 300000 -i 1000 src.img d.img d.map
# Start time:   2026-11-22 17:09:06
# Current time: 2026-11-22 17:09:06
# Finished
# current_pos  current_status  current_pass
0x00040000     +               1
#      pos        size  status
0x00000000  0x000003E8  ?
0x000003E8  0x000493E0  +
0x000497C8  0x000B6838  ?
`;

/** What GNU ddrescuelog 1.27 made of a list on a disk of unknown size. */
const FROM_DDRESCUELOG = `# Mapfile. Created by GNU ddrescuelog version 1.27
# Command line: ddrescuelog -b512 -c-+ -
# Start time:   2026-11-22 17:09:06
# current_pos  current_status  current_pass
0x00000000     ?               1
#      pos        size  status
0x00000000  0x00010000  +
0x00010000  0x00000200  -
0x00010200  0x0007FE00  +
0x00090000  0x00000200  -
0x00090200  0x7FFFFFFFFFF6FDFF  +
`;

describe('ddrescue mapfile', function () {
  this.timeout(60_000);

  for (const [name, text] of [
    ['ddrescue', FROM_DDRESCUE],
    ['ddrescuelog', FROM_DDRESCUELOG],
  ] as const) {
    it(`gives back the bytes that ${name} wrote`, () => assert.equal(format(parse(text)), text));
  }

  it('reads position, status, pass and every kind of block', () => {
    const mapfile = parse('0x2800 F 3\n0 512 ?\n0x200 0x100 *\n0x300 0x100 /\n02000 1 -\n1025 0xff +\n');
    assert.equal(mapfile.currentPosition, 0x2800);
    assert.equal(mapfile.currentStatus, 'F');
    assert.equal(mapfile.currentPass, 3);
    assert.deepEqual(
      [...mapfile.blocks],
      [
        { start: 0, end: 512, status: '?' },
        { start: 512, end: 768, status: '*' },
        { start: 768, end: 1024, status: '/' },
        { start: 1024, end: 1025, status: '-' },
        { start: 1025, end: 1280, status: '+' },
      ],
    );
  });

  it('creates a map of which everything was read', () => {
    assert.equal(
      format(createMapfile(1024)),
      '# Mapfile. Created by Remap Inspector\n# current_pos  current_status  current_pass\n' +
        '0x00000000     +               1\n#      pos        size  status\n0x00000000  0x00000400  +\n',
    );
  });

  it('keeps the comments above the status line byte for byte, and no others', () => {
    const text = `# \xe9t\xe9 ${'x'.repeat(300)}\n  # indented\n0 + 1\n# below\n0 16 + # behind\n`;
    const lines = format(parse(text)).split('\n');
    assert.deepEqual(lines.slice(0, 2), [`# \xe9t\xe9 ${'x'.repeat(300)}`, '  # indented']);
    assert.equal(lines.filter((line) => line.includes('below') || line.includes('behind')).length, 0);
  });

  it('joins neighbours of one status when it writes', () => {
    assert.match(
      format(parse('0 + 1\n0 16 -\n16 16 -\n32 16 +\n48 16 +\n')),
      /status\n0x0{8} {2}0x00000020 {2}-\n.*\+\n$/,
    );
  });

  /** Each was put before ddrescuelog 1.27 and accepted. */
  const accepted: readonly (readonly [text: string, blocks: string])[] = [
    ['', ''],
    ['# only\n\n', ''],
    ['0x0 + 1\n', ''],
    ['0x0 + 1\n0x0 0x100 +', '0-256+'],
    ['0x0+1\n0x0 0x100+\n', '0-256+'],
    ['0x0 + x\n0x0 0x100 +junk\n', '0-256+'],
    ['0x0 + 1\r\n0x0 0x100 +\r\n0x100 1 -\r\n', '0-256+ 256-257-'],
    ['\t0x0 + 1\n\v 0x0\f0x100 \t+   \n', '0-256+'],
    ['0x0 + 1\n0x0 0x100 + # c\n  # c2\n   \n0x100 1 -', '0-256+ 256-257-'],
    ['0x0 + 1\n0x10 0x100 +\n0x110 5 -\n', '16-272+ 272-277-'],
    ['0x0 + 1\n0x0 010 +\n8 1 -\n', '0-8+ 8-9-'],
    ['0x0 + 1\n+0x0 +0X10 +\n', '0-16+'],
    ['0x0 + 1\n0x0 0 +\n', ''],
    ['0x0 + 1\n0x0 0 +\n0 10 -\n', '0-10-'],
    ['0x0 + 2147483647\n0 1 +\n', '0-1+'],
    ['0x0 + 1\n0x0 0x7FFFFFFFFFFFFFFF +\n', '0-9223372036854775807+'],
    ['0x0 + 1\n0x1 0x8FFFFFFFFFFFFFFF -\n', '1-9223372036854775807-'],
    ['0x0 + 1\n0x1 99999999999999999999999 -\n', '1-9223372036854775807-'],
    ['0x0 + 1\n0 9007199254740993 -\n', '0-9007199254740993-'],
  ];
  for (const [text, blocks] of accepted) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const map = parse(text).blocks;
      const shown = [...map].map(
        ({ start, end, status }, i) => `${start}-${i === map.length - 1 ? map.exactEnd : end}${status}`,
      );
      assert.equal(shown.join(' '), blocks);
      assert.equal(format(parse(format(parse(text)))), format(parse(text)));
    });
  }

  const refused: readonly (readonly [text: string, line: number, problem: RegExp])[] = [
    ['0x0 X 1\n', 1, /status line/],
    ['-5 + 1\n', 1, /status line/],
    ['\n# c\n0x0\n', 3, /status line/],
    ['0x0 + 0\n', 1, /pass/],
    ['0x0 + -1\n', 1, /pass/],
    ['0x0 + 2147483648\n', 1, /pass/],
    ['0x0 + 1\ngarbage\n', 2, /block/],
    ['0x0 + 1\n0x0 0x100\n', 2, /block/],
    ['0x0 + 1\n0x0 0x100 F\n', 2, /block/],
    ['0x0 + 1\n0x0 0x100 #+\n', 2, /block/],
    ['0x0 + 1\n0x0 -1 +\n', 2, /block/],
    ['0x0 + 1\n08 1 -\n', 2, /block/],
    ['0x0 + 1\n0x0 0x100 +\n0x100 0 +\n', 3, /empty/],
    ['0x0 + 1\n0x10 0x100 +\n0x111 5 -\n', 3, /starts at byte 273, but .* ends at byte 272/],
    ['0x0 + 1\n0x10 0x100 +\n0x10F 5 -\n', 3, /starts at byte 271, but .* ends at byte 272/],
    ['0x0 + 1\n0x0 0 +\n16 10 -\n', 3, /starts at byte 16, but .* ends at byte 0/],
    ['0x0 + 1\n0 0x7FFFFFFFFFFFFFFF +\n5 5 -\n', 3, /ends beyond 8 PiB/],
    ['0x0 + 1\n0x20000000000000 1 +\n', 2, /beyond 8 PiB/],
    ['0x20000000000000 + 1\n', 1, /status line/],
  ];
  for (const [text, line, problem] of refused) {
    it(`refuses ${JSON.stringify(text)} and names line ${line}`, () => {
      assert.throws(
        () => parse(text),
        (error) => {
          assert.ok(error instanceof RemapError, String(error));
          assert.equal(error.code, 'EINVAL');
          assert.deepEqual(error.details, { path: 'a.map', line });
          assert.ok(error.message.startsWith(`a.map, line ${line}: `), error.message);
          assert.match(error.message, problem);
          return true;
        },
      );
    });
  }

  it('refuses bad bytes behind the end that the reader names, and only bad ones', () => {
    const bytes = Buffer.from('0 + 1\n0 1000 -\n1000 25 +\n1025 1 -\n');
    assert.doesNotThrow(() => parseMapfile(bytes, { path: 'a', badEnd: 1026 }));
    assert.throws(() => parseMapfile(bytes, { path: 'a', badEnd: 1025 }), {
      details: { path: 'a', line: 4 },
      message: 'a, line 4: bytes are bad up to 1026, but the device ends at byte 1025',
    });
    const endless = Buffer.from('0 + 1\n0 0x7FFFFFFFFFFFFFFF -\n');
    assert.throws(() => parseMapfile(endless, { path: 'a', badEnd: 1025 }), /up to 9223372036854775807/);
  });

  describe('comments of our own', () => {
    const faults = RangeSet.from([
      [3, 2, tagOfFault({ mode: 'dust' })],
      [5, 1, tagOfFault({ mode: 'dust', writeFailures: 255 })],
      [2 ** 35, 1, tagOfFault({ mode: 'error', readFailures: 4 })],
    ]);
    const mapfile = { ...createMapfile(2 ** 45), faults, enabled: false, quiet: true };

    it('say how sectors fail, and survive being read and written', () => {
      const text = format(mapfile);
      assert.deepEqual(text.split('\n').slice(1, 5), [
        '# Remap Inspector: medium disabled quiet',
        '# Remap Inspector: fault 0x00000600 0x00000400 dust',
        '# Remap Inspector: fault 0x00000A00 0x00000200 dust 255',
        '# Remap Inspector: fault 0x100000000000 0x00000200 error 4',
      ]);
      const read = parse(text);
      assert.deepEqual([...read.faults.tagged()], [...faults.tagged()]);
      assert.deepEqual([read.enabled, read.quiet], [false, true]);
      assert.equal(format(read), text);
    });

    const damaged = [
      'medium broken',
      'fault',
      'other 5',
      'fault 0x100 0x200 dust',
      'fault 0x200 0x100 dust',
      'fault 0x200 0x0 dust',
      'fault 0x200 0x200 sand',
      'fault 0x200 0x200 dust 256',
      'fault 0x200 0x200 dust -1',
      'fault 0x200 0x200 dust 1 1',
      'fault 512 512 dust',
      'fault 0xFFFFFFFFFFFFFFFF 0x200 dust',
    ];
    for (const text of damaged) {
      it(`are refused when damaged: ${text}`, () => {
        assert.throws(() => parse(`# x\n# Remap Inspector: ${text}\n0 + 1\n`), {
          code: 'EINVAL',
          details: { path: 'a.map', line: 2 },
        });
      });
    }
  });

  it('comes back the same from its text, whatever it says', () => {
    fc.assert(
      fc.property(arbitraryMapfile, (mapfile) => {
        const read = parse(format(mapfile));
        assert.deepEqual([...read.blocks], [...mapfile.blocks]);
        assert.equal(read.blocks.exactEnd, mapfile.blocks.exactEnd);
        assert.deepEqual([...read.faults.tagged()], [...mapfile.faults.tagged()]);
        for (const name of [
          'header',
          'currentPosition',
          'currentStatus',
          'currentPass',
          'enabled',
          'quiet',
        ] as const) {
          assert.deepEqual(read[name], mapfile[name], name);
        }
        assert.equal(format(read), format(mapfile));
      }),
      { numRuns: 500 },
    );
  });
});
