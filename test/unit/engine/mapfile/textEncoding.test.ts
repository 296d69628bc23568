import assert from 'node:assert/strict';
import { parseBadSectors } from '../../../../src/engine/mapfile/badSectorFile';
import { textBytes } from '../../../../src/engine/mapfile/textEncoding';
import { parseMapfile } from '../../../support/mapfile/mapfileText';

const MAP = '0x0 + 1\n0x0 0x200 -\n0x200 0x200 +\n';
const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);

describe('encoding of a map or list', () => {
  it('a byte order mark of UTF-8 is read over, in maps and lists', () => {
    assert.equal(
      Buffer.from(textBytes(Buffer.concat([utf8Mark, Buffer.from('5\n')]), 'a')).toString(),
      '5\n',
    );
    const mapfile = parseMapfile(Buffer.concat([utf8Mark, Buffer.from(MAP)]), { path: 'a' });
    assert.deepEqual([...mapfile.blocks][0], { start: 0, end: 512, status: '-' });
    parseBadSectors(Buffer.concat([utf8Mark, Buffer.from('5\n')]), { path: 'a', sectorCount: 20 });
  });

  const littleEndian = (text: string) => Buffer.from(text, 'utf16le');
  const bigEndian = (text: string) => littleEndian(text).swap16();
  for (const [what, bytes] of [
    ['little-endian', littleEndian(`\ufeff${MAP}`)],
    ['big-endian', bigEndian(`\ufeff${MAP}`)],
    ['little-endian without a mark', littleEndian(MAP)],
    ['big-endian without a mark', bigEndian(MAP)],
  ] as const) {
    it(`UTF-16, ${what}, is refused with a sentence that says so`, () => {
      const refusal = {
        code: 'EINVAL',
        details: { path: 'a', encoding: 'UTF-16' },
        message: /^a is UTF-16 text/,
      };
      assert.throws(() => parseMapfile(bytes, { path: 'a' }), refusal);
      assert.throws(() => parseBadSectors(bytes, { path: 'a', sectorCount: 20 }), refusal);
    });
  }

  it('other texts stay as they are', () => {
    for (const text of ['', '5', '\xff', '\xef\xbb', '5\n6\n', '\0\0\0\0']) {
      const bytes = Buffer.from(text, 'latin1');
      assert.equal(textBytes(bytes, 'a'), bytes);
    }
  });
});
