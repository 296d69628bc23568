import assert from 'node:assert/strict';
import {
  byteInWords,
  byteSize,
  offsetDigits,
  offsetText,
  originText,
  sectorTitle,
} from '../../../../media/editor/byteTexts';
import { INITIAL_CURSOR, placedAt } from '../../../../media/editor/cursor';
import { describe as describePlace } from '../../../../media/editor/editorStatus';

describe('sector editor: words', () => {
  it('names sectors, offsets, bytes and sizes', () => {
    assert.equal(sectorTitle(1000), 'Sector 1000 · byte 0x7D000');
    assert.equal(offsetDigits(100), 8);
    assert.equal(offsetDigits(2 ** 44), 11);
    assert.equal(offsetDigits(2 ** 44 + 1), 12);
    assert.equal(offsetText(0x7d000, 8), '0007D000');
    assert.equal(byteInWords(0x74), "0x74 't'");
    assert.equal(byteInWords(0x20), '0x20 space');
    assert.equal(byteInWords(0x00), '0x00');
    assert.equal(byteSize(100 << 20), '100 MiB');
    assert.equal(byteSize(1536), '1.5 KiB');
    assert.equal(byteSize(511), '511 bytes');
    assert.equal(byteSize(2 ** 44), '16 TiB');
  });

  it('says where the bytes of each sector of a run come from', () => {
    assert.equal(
      originText({ kind: 'spare', sector: 1300, view: 'spare' }, 2),
      'remapped: from spare sector 1302',
    );
    assert.equal(
      originText({ kind: 'spare', sector: 7, view: 'spare1' }, 0),
      'remapped: from spare 2 sector 7',
    );
    assert.equal(originText({ kind: 'replacement', sector: 1000 }, 1), 'holds device sector 1001');
    const copy = { kind: 'metadata', copy: 3, valid: true, verdict: 'valid' } as const;
    assert.equal(originText(copy, 100), 'metadata copy 3, valid');
  });

  it('says all of a place in one line', () => {
    const cursor = placedAt(INITIAL_CURSOR, 0x7d005);
    const sector = {
      state: 'ready',
      bytes: new Uint8Array(512),
      origin: { kind: 'spare', sector: 1300, view: 'spare' },
      originIndex: 0,
      unreadable: null,
      unsaved: [],
    } as const;
    assert.equal(
      describePlace(cursor, sector, 0x65),
      "Sector 1000 + 5 · byte 0x7D005 · 0x65 'e' · remapped: from spare sector 1300",
    );
    assert.match(describePlace(cursor, { ...sector, unreadable: 'EIO' }, null), /unreadable/);
  });
});
