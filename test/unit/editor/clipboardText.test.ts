import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseHex } from '../../../media/editor/findPattern';
import { formatBytes } from '../../../src/editor/clipboardText';

describe('sector editor: copy', () => {
  it('gives hex that can be pasted again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        assert.deepEqual(parseHex(formatBytes(bytes, 'hex')), bytes);
        assert.deepEqual(new Uint8Array(Buffer.from(formatBytes(bytes, 'base64'), 'base64')), bytes);
      }),
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
