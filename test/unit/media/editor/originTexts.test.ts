import assert from 'node:assert/strict';
import { originIcon, originText } from '../../../../media/editor/originTexts';

describe('sector editor: origins in words', () => {
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

  it('have an icon each, where they are more than bytes in their own place', () => {
    assert.equal(originIcon({ kind: 'plain' }), null);
    assert.equal(originIcon({ kind: 'main', sector: 5 }), null);
    assert.equal(originIcon({ kind: 'spare', sector: 1300, view: 'spare' }), 'arrow-swap');
    const copy = { kind: 'metadata', copy: 0, verdict: '' } as const;
    assert.deepEqual(
      [true, false, null].map((valid) => originIcon({ ...copy, valid })),
      ['pass', 'warning', 'database'],
    );
  });
});
