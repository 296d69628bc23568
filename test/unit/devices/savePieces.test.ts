import assert from 'node:assert/strict';
import fc from 'fast-check';
import { piecesOf } from '../../../src/devices/savePieces';

describe('pieces of what is saved', () => {
  it('have every byte once, and none of a sector that can not be read', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 3000 }),
        fc.uniqueArray(fc.nat(8), { maxLength: 4 }),
        (offset, length, bad) => {
          const bytes = Uint8Array.from({ length }, (_, i) => (offset + i) & 0xff);
          const runs = bad.sort((a, b) => a - b).map((sector) => [sector, 1] as const);
          let at = 0;
          for (const piece of piecesOf(bytes, offset, runs, String)) {
            const count = 'bytes' in piece ? piece.bytes.length : piece.byteCount;
            assert.ok(count > 0);
            for (let i = at; i < at + count; i++) {
              assert.equal('lost' in piece, bad.includes(Math.floor((offset + i) / 512)));
            }
            if ('bytes' in piece) assert.deepEqual(piece.bytes, bytes.subarray(at, at + count));
            else assert.equal(piece.lost, `${Math.floor((offset + at) / 512)}`);
            at += count;
          }
          assert.equal(at, length);
        },
      ),
    );
  });
});
