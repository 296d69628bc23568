import assert from 'node:assert/strict';
import { RemapError } from '../../../../src/engine/errors';
import { formatText, parseMapfile, parseText } from '../../../support/mapfile/mapfileText';

describe('reader of rescue maps', () => {
  it('reads position, status, pass and every kind of block', () => {
    const mapfile = parseText('0x2800 F 3\n0 512 ?\n0x200 0x100 *\n0x300 0x100 /\n02000 1 -\n1025 0xff +\n');
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

  /** Texts that ddrescuelog 1.27 accepts, and their blocks. */
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
      const map = parseText(text).blocks;
      const shown = [...map].map(
        ({ start, end, status }, i) => `${start}-${i === map.length - 1 ? map.exactEnd : end}${status}`,
      );
      assert.equal(shown.join(' '), blocks);
      assert.equal(formatText(parseText(formatText(parseText(text)))), formatText(parseText(text)));
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
    ['0x0 + 1\n0x10 0x100 +\n0x111 5 -\n', 3, /a gap between byte 272 and byte 273/],
    ['0x0 + 1\n0x10 0x100 +\n0x10F 5 -\n', 3, /an overlap between byte 271 and byte 272/],
    ['0x0 + 1\n0x0 0 +\n16 10 -\n', 3, /a gap between byte 0 and byte 16/],
    ['0x0 + 1\n0 0x7FFFFFFFFFFFFFFF +\n5 5 -\n', 3, /ends beyond 8 PiB/],
    ['0x0 + 1\n0x20000000000000 1 +\n', 2, /beyond 8 PiB/],
    ['0x20000000000000 + 1\n', 1, /status line/],
  ];
  for (const [text, line, problem] of refused) {
    it(`refuses ${JSON.stringify(text)} and names line ${line}`, () => {
      assert.throws(
        () => parseText(text),
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

  it('refuses bad bytes after the end that is given, and only bad ones', () => {
    const bytes = Buffer.from('0 + 1\n0 1000 -\n1000 25 +\n1025 1 -\n');
    assert.doesNotThrow(() => parseMapfile(bytes, { path: 'a', badEnd: 1026 }));
    assert.throws(() => parseMapfile(bytes, { path: 'a', badEnd: 1025 }), {
      details: { path: 'a', line: 4 },
      message: 'a, line 4: bytes are bad up to 1026, but the device ends at byte 1025',
    });
    const endless = Buffer.from('0 + 1\n0 0x7FFFFFFFFFFFFFFF -\n');
    assert.throws(() => parseMapfile(endless, { path: 'a', badEnd: 1025 }), /up to 9223372036854775807/);
  });
});
