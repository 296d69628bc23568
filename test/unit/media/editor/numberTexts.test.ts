import assert from 'node:assert/strict';
import {
  byteText,
  columnText,
  offsetDigits,
  offsetText,
  sectorName,
  sectorNumbers,
  sizeText,
} from '../../../../media/editor/numberTexts';

describe('sector editor: numbers in words', () => {
  it('names sectors, offsets, bytes and sizes', () => {
    assert.equal(offsetDigits(100, 'hex'), 8);
    assert.equal(offsetDigits(2 ** 44, 'hex'), 11);
    assert.equal(offsetDigits(2 ** 44 + 1, 'hex'), 12);
    assert.equal(offsetText(0x7d000, 8, 'hex'), '0007D000');
    assert.equal(byteText(0x74), "0x74 't'");
    assert.equal(byteText(0x20), '0x20 space');
    assert.equal(byteText(0x00), '0x00');
    assert.equal(sizeText(100 << 20), '100 MiB');
    assert.equal(sizeText(1536), '1.5 KiB');
    assert.equal(sizeText(511), '511 bytes');
    assert.equal(sizeText(2 ** 44), '16 TiB');
  });

  it('name a row by its byte, or by its sector and the byte in it, as wide as the last one of the view', () => {
    assert.equal(offsetText(1000 * 512 + 16, 8, 'decimal'), '  512016');
    assert.equal(offsetText(1000 * 512 + 16, 12, 'sector'), '  1000 +  16');
    for (const form of ['hex', 'decimal', 'sector'] as const) {
      for (const byteCount of [0, 1, 512, 10 ** 9 + 1, 2 ** 44]) {
        const digits = offsetDigits(byteCount, form);
        assert.ok(digits >= 8);
        for (const at of [0, 496, Math.max(0, byteCount - 1)])
          assert.ok(byteCount === 0 || at >= byteCount || offsetText(at, digits, form).length === digits);
      }
    }
  });

  it('name the columns in the base of the offsets', () => {
    assert.deepEqual(
      (['hex', 'decimal', 'sector'] as const).map((form) => columnText(31, form)),
      ['1F', '31', '31'],
    );
  });

  it('counts in sectors of another size where one is chosen', () => {
    assert.equal(offsetText(4096 * 3 + 16, 12, 'sector', 4096), '    3 +   16');
    assert.equal(offsetText(1040, 8, 'sector', 520), ' 2 +   0');
    assert.equal(sectorName(8 * 512), 'Sector 8');
    assert.equal(sectorName(8 * 512, 4096), 'Sector 1 (of 4,096 bytes)');
    assert.equal(sectorName(9 * 512, 4096), 'Sector 1 + 512 (of 4,096 bytes)');
    assert.equal(sectorName(3 * 520, 520), 'Sector 3 (of 520 bytes)');
    assert.equal(sectorNumbers(8, 16, 4096), '1');
    assert.equal(sectorNumbers(8, 17), '8 – 16');
    assert.equal(sectorNumbers(0, 3, 520), '0 – 2');
  });
});
