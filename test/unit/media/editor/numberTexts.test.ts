import assert from 'node:assert/strict';
import {
  byteText,
  offsetDigits,
  offsetText,
  sectorPlace,
  sizeText,
} from '../../../../media/editor/numberTexts';

describe('sector editor: numbers in words', () => {
  it('names sectors, offsets, bytes and sizes', () => {
    assert.equal(sectorPlace(1000), 'byte 0x7D000');
    assert.equal(offsetDigits(100), 8);
    assert.equal(offsetDigits(2 ** 44), 11);
    assert.equal(offsetDigits(2 ** 44 + 1), 12);
    assert.equal(offsetText(0x7d000, 8), '0007D000');
    assert.equal(byteText(0x74), "0x74 't'");
    assert.equal(byteText(0x20), '0x20 space');
    assert.equal(byteText(0x00), '0x00');
    assert.equal(sizeText(100 << 20), '100 MiB');
    assert.equal(sizeText(1536), '1.5 KiB');
    assert.equal(sizeText(511), '511 bytes');
    assert.equal(sizeText(2 ** 44), '16 TiB');
  });
});
