import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatBytes } from '../../../src/editor/clipboardText';
import { readPasted } from '../../../src/shared/pasted/pastedBytes';

describe('sector editor: copy', () => {
  it('gives hex, C and xxd that can be pasted again to the byte, and Base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), (bytes, offset) => {
        for (const format of ['hex', 'c', 'xxd'] as const) {
          assert.deepEqual(readPasted(formatBytes(bytes, format, offset)), { bytes }, format);
        }
        assert.deepEqual(new Uint8Array(Buffer.from(formatBytes(bytes, 'base64'), 'base64')), bytes);
      }),
    );
  });

  it('gives lines of xxd at the offsets of the view', () => {
    const bytes = Buffer.from('test_data_1000 of sector');
    assert.equal(
      formatBytes(bytes, 'xxd', 0x1f0),
      '000001f0: 7465 7374 5f64 6174 615f 3130 3030 206f  test_data_1000 o\n' +
        '00000200: 6620 7365 6374 6f72                      f sector\n',
    );
  });

  it('gives text and C', () => {
    const bytes = Buffer.from('test_data_1000');
    assert.equal(formatBytes(bytes, 'text'), 'test_data_1000');
    assert.equal(
      formatBytes(bytes.subarray(0, 2), 'c'),
      'const unsigned char bytes[2] = {\n  0x74, 0x65,\n};\n',
    );
  });
});
