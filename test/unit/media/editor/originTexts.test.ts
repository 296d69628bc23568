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

  it('tells a bad sector from one that was not rescued, and says why and what is shown', () => {
    const why = 'not trimmed';
    assert.deepEqual(
      (
        [{ kind: 'bad' }, { kind: 'listed' }, { kind: 'notRescued', why }, { kind: 'filling', why }] as const
      ).map((origin) => [originText(origin, 0), originIcon(origin)]),
      [
        ['bad sector', 'error'],
        ['bad by the mapfile: these are the bytes in its place', 'error'],
        ['not rescued: not trimmed', 'question'],
        ['not rescued: not trimmed, these bytes are filling', 'question'],
      ],
    );
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
