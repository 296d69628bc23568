import assert from 'node:assert/strict';
import { copyOrigin } from '../../../src/editor/copyVerdicts';

describe('sector editor: verdicts on metadata copies', () => {
  it('are said with the origin of a copy’s sectors', () => {
    const verdicts = {
      copies: [
        { index: 0, valid: true, sequence: 6 },
        { index: 1, valid: false, reason: 'CRC 0x1 instead of 0x2', sequence: null },
      ],
      winner: 0,
    };
    const verdictOf = (copy: number, known: typeof verdicts | null = verdicts) => {
      const origin = copyOrigin(copy, known);
      return origin.kind === 'metadata' ? [origin.valid, origin.verdict] : [];
    };
    assert.deepEqual(verdictOf(0), [true, 'valid (CRC matches), state 6 of the remap table, in use']);
    assert.deepEqual(verdictOf(1), [false, 'not valid: CRC 0x1 instead of 0x2']);
    assert.deepEqual(verdictOf(0, null), [null, '']);
  });
});
