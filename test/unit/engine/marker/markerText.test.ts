import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RemapError } from '../../../../src/engine/errors';
import {
  compareMarker,
  DEFAULT_MARKER_TEMPLATE,
  decodeMarker,
  encodeMarker,
  markerText,
} from '../../../../src/engine/marker/markerText';

const printable = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text));

function sectorOf(bytes: string | readonly number[]): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  return sector;
}

describe('marker text', () => {
  it("is the report's by default", () => {
    assert.equal(markerText(DEFAULT_MARKER_TEMPLATE, 1000), 'test_data_1000');
  });

  it('replaces every {sector}, and nothing else', () => {
    assert.equal(markerText('{sector}-$&-{sector}-{Sector}', 7), '7-$&-7-{Sector}');
  });

  it('fills a sector with zeros after the text', () => {
    const sector = encodeMarker('test_data_1000');
    assert.equal(sector.length, 512);
    assert.equal(Buffer.from(sector).toString('latin1'), `test_data_1000${'\0'.repeat(498)}`);
  });

  it('takes 512 bytes, not characters', () => {
    assert.equal(decodeMarker(encodeMarker('x'.repeat(512))), 'x'.repeat(512));
    assert.equal(encodeMarker('ä'.repeat(256)).length, 512);
    for (const text of ['x'.repeat(513), 'ä'.repeat(257), '', 'a\0b', 'a\nb', 'a\rb', '\ud800']) {
      assert.throws(
        () => encodeMarker(text),
        (error) => error instanceof RemapError && error.code === 'EINVAL',
        JSON.stringify(text.slice(0, 10)),
      );
    }
  });

  it('reads up to the first NUL or line break', () => {
    assert.equal(decodeMarker(sectorOf('test_data_1000\0rest')), 'test_data_1000');
    assert.equal(decodeMarker(sectorOf('test_data_1000\nrest')), 'test_data_1000');
    assert.equal(decodeMarker(new Uint8Array(512)), '');
  });

  it('shows what is no text safely', () => {
    assert.equal(decodeMarker(sectorOf([0x41, 0x07, 0x1b, 0x7f])), 'A\\x07\\x1B\\x7F');
    assert.equal(decodeMarker(sectorOf([0x41, 0xff, 0x42, 0x07])), 'A\\xFFB\\x07');
    assert.equal(decodeMarker(sectorOf('a\u202eb\ufeff')), 'a\\u{202E}b\\u{FEFF}');
    assert.equal(decodeMarker(sectorOf('größe 💾')), 'größe 💾');
  });

  it('finds a marker that ends with NUL, a line break or the sector', () => {
    assert.ok(compareMarker('abc', sectorOf('abc')));
    assert.ok(compareMarker('abc', sectorOf('abc\nold bytes')));
    assert.ok(compareMarker('abc', sectorOf('abc\r\nold bytes')));
    assert.ok(compareMarker('x'.repeat(512), encodeMarker('x'.repeat(512))));
  });

  it('finds neither a longer nor a shorter text', () => {
    assert.ok(!compareMarker('test_data_1000', sectorOf('test_data_10000')));
    assert.ok(!compareMarker('test_data_10000', sectorOf('test_data_1000')));
    assert.ok(!compareMarker('abc', new Uint8Array(512)));
    assert.ok(!compareMarker('x'.repeat(513), encodeMarker('x'.repeat(512))));
  });

  it('property: a text comes back from its sector, and no other text is found in it', () => {
    fc.assert(
      fc.property(printable, printable, (text, other) => {
        const sector = encodeMarker(text);
        assert.equal(decodeMarker(sector), text);
        assert.ok(compareMarker(text, sector));
        assert.equal(compareMarker(other, sector), other === text);
      }),
    );
  });

  it('property: any sector is shown without a character that a terminal or page would act on', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 512 }), (sector) => {
        assert.doesNotMatch(decodeMarker(sector), /[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
