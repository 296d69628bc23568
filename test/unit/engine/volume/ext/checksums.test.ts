import assert from 'node:assert/strict';
import { CRC32C_START, crc16, crc32c, crc32cOfU32 } from '../../../../../src/engine/volume/ext/checksums';

/** The text that catalogues of checksums give each one's value for. */
const TEXT = Buffer.from('123456789');

describe('the checksums of ext', () => {
  it('are those of the catalogues', () => {
    assert.equal((crc32c(CRC32C_START, TEXT) ^ 0xffffffff) >>> 0, 0xe3069283);
    assert.equal(crc16(0, TEXT), 0xbb3d);
    assert.equal(crc16(0xffff, TEXT), 0x4b37);
  });

  it('are the same over parts as over the whole', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, at) => (at * 37) & 0xff);
    const whole = crc32c(CRC32C_START, bytes);
    for (let middle = 0; middle <= bytes.length; middle++)
      assert.equal(crc32c(crc32c(CRC32C_START, bytes, 0, middle), bytes, middle), whole);
  });

  it('of a number are those of its four bytes', () => {
    for (const value of [0, 1, 0x80000000, 0xffffffff, 0x12345678]) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      assert.equal(crc32cOfU32(7, value), crc32c(7, bytes));
    }
  });
});
