import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type TextEncoding, textCells } from '../../../../media/editor/textCells';
import { encodeText } from '../../../../src/shared/encodedText';

const cells = (bytes: Uint8Array | readonly number[], encoding: TextEncoding) =>
  textCells(Uint8Array.from(bytes), 0, bytes.length, encoding);

/** Text whose every character has a cell: no control characters, marks or surrogates by themselves. */
const visibleText = fc
  .string({ unit: 'binary', maxLength: 60 })
  .map((text) => [...text].filter((each) => /^[\p{L}\p{N}\p{P}\p{S}\p{Zs}]$/u.test(each)).join(''));

describe('sector editor: text column', () => {
  it('shows any visible text of UTF-8 and UTF-16, each character once, at its first byte', () => {
    const judges = {
      utf8: (text: string) => Buffer.from(text, 'utf8'),
      utf16le: (text: string) => Buffer.from(text, 'utf16le'),
      utf16be: (text: string) => Buffer.from(text, 'utf16le').swap16(),
    } as const;
    for (const [encoding, encode] of Object.entries(judges)) {
      fc.assert(
        fc.property(visibleText, (text) => {
          const bytes = encode(text);
          const shown = cells(bytes, encoding as TextEncoding);
          assert.equal(shown.join(''), text);
          assert.ok(!shown.includes(null));
          let at = 0;
          for (const character of text) {
            assert.equal(shown[at], character);
            at += encode(character).length;
          }
        }),
      );
    }
  });

  it('shows what is no text of the encoding as such', () => {
    assert.deepEqual(cells([0x41, 0x0a, 0x7f, 0xe9], 'ascii'), ['A', null, null, null]);
    assert.deepEqual(cells([0x41, 0x0a, 0x85, 0xe9, 0xad], 'latin1'), ['A', null, null, 'é', null]);
    const bad: Record<string, number[]> = {
      'alone, a further byte': [0x80],
      'a lead byte without the rest': [0xe2, 0x82],
      'longer than need be': [0xc0, 0xaf],
      'longer than need be, of three': [0xe0, 0x80, 0xaf],
      'a surrogate': [0xed, 0xa0, 0x80],
      'beyond Unicode': [0xf4, 0x90, 0x80, 0x80],
      'no lead byte': [0xff, 0x80],
      'turns the text around it': [0xe2, 0x80, 0xae],
      'takes no room of its own': [0xcc, 0x81],
    };
    for (const [why, bytes] of Object.entries(bad)) {
      assert.deepEqual(cells(bytes, 'utf8'), Array(bytes.length).fill(null), why);
    }
    assert.deepEqual(cells([0xc3, 0xa9, 0xa9], 'utf8'), ['é', '', null]);
    assert.deepEqual(cells([0x3d, 0xd8, 0x41, 0x00, 0x00, 0xde], 'utf16le'), [
      null,
      null,
      'A',
      '',
      null,
      null,
    ]);
    assert.deepEqual(cells([0x00, 0x41, 0x00], 'utf16be'), ['A', '', null]);
  });

  it('reads a row as a part of its sector: what began in the row before goes on', () => {
    const sector = Uint8Array.from(Buffer.from('aaa€bbb', 'utf8'));
    assert.deepEqual(textCells(sector, 0, 4, 'utf8'), ['a', 'a', 'a', '€']);
    assert.deepEqual(textCells(sector, 4, 8, 'utf8'), ['', '', 'b', 'b']);
  });

  it('writes what is typed in the same encoding', () => {
    const hex = (text: string, encoding: TextEncoding) => {
      const bytes = encodeText(text, encoding);
      return bytes && Buffer.from(bytes).toString('hex');
    };
    assert.equal(hex('é', 'ascii'), 'c3a9');
    assert.equal(hex('é', 'utf8'), 'c3a9');
    assert.equal(hex('é', 'latin1'), 'e9');
    assert.equal(hex('é€', 'latin1'), null);
    assert.equal(hex('A😀', 'utf16le'), '41003dd800de');
    assert.equal(hex('A😀', 'utf16be'), '0041d83dde00');
  });
});
