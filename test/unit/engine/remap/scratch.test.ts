import assert from 'node:assert/strict';
import { giveScratchBack, MAX_SCRATCH_SECTORS, takeScratch } from '../../../../src/engine/remap/scratch';

describe('Scratch buffers', () => {
  it('are as long as asked for, and used again for whatever fits', () => {
    for (const sectorCount of [1, 3, 64, MAX_SCRATCH_SECTORS]) {
      const bytes = takeScratch(sectorCount);
      assert.equal(bytes.length, sectorCount * 512);
      giveScratchBack(bytes);
      assert.equal(takeScratch(sectorCount).buffer, bytes.buffer);
    }
  });

  it('are not kept when they are larger than any that is used again', () => {
    // A megabyte of these would leave no room for any other.
    for (let i = 0; i < 8; i++) giveScratchBack(takeScratch(2 * MAX_SCRATCH_SECTORS));
    const bytes = takeScratch(MAX_SCRATCH_SECTORS);
    giveScratchBack(bytes);
    assert.equal(takeScratch(MAX_SCRATCH_SECTORS).buffer, bytes.buffer);
  });
});
