import assert from 'node:assert/strict';
import fc from 'fast-check';
import { crc32le, crcThroughZeros } from '../../../../src/engine/metadata/crc';

describe('crc32le', () => {
  it('has the check value of the kernel function', () => {
    assert.equal(crc32le(Buffer.from('123456789')), 0x2dfd2d88);
  });

  it('is taken through zeros as if they were summed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(600), (bytes, zeros) => {
        assert.equal(crcThroughZeros(zeros)(crc32le(bytes)), crc32le(bytes, new Uint8Array(zeros)));
      }),
    );
  });

  it('takes parts as one run, whatever the cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
        assert.equal(crc32le(bytes.subarray(0, cut), bytes.subarray(cut)), crc32le(bytes));
      }),
    );
  });
});
