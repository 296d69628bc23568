import assert from 'node:assert/strict';
import { countNotText, formatBytes } from '../../../src/editor/clipboardText';
import { CopiedBytes } from '../../../src/editor/copiedBytes';

describe('sector editor: what was copied', () => {
  it('comes back to the byte, though its text can not carry it', () => {
    const copied = new CopiedBytes();
    const bytes = Uint8Array.from({ length: 512 }, (_, i) => i & 0xff);
    for (const format of ['text', 'hex', 'c', 'base64'] as const) {
      const text = formatBytes(bytes, format);
      copied.note(text, format, bytes);
      assert.deepEqual(copied.bytesOf(text, false), bytes);
      assert.deepEqual(copied.bytesOf(text.replaceAll('\n', '\r\n'), false), bytes);
      assert.deepEqual(copied.bytesOf(text, true), format === 'text' ? bytes : null);
    }
  });

  it('is not taken for another text, nor changed by who copied it', () => {
    const copied = new CopiedBytes();
    assert.equal(copied.bytesOf('', false), null);
    const bytes = Uint8Array.of(1, 2);
    copied.note('a', 'text', bytes);
    bytes[0] = 9;
    assert.deepEqual(copied.bytesOf('a', true), Uint8Array.of(1, 2));
    assert.equal(copied.bytesOf('b', true), null);
  });

  it('says how many bytes are no text', () => {
    const count = (...bytes: number[]) => countNotText(Uint8Array.of(...bytes));
    assert.equal(count(0x61, 0, 0xc3, 0xa9), 0);
    assert.equal(count(0xff, 0x61, 0xc3), 2);
    assert.equal(count(0xef, 0xbb, 0xbf, 0x61), 0);
    assert.equal(count(0xef, 0xbf, 0xbd, 0xfe), 1);
  });
});
