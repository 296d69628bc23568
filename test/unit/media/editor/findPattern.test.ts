import assert from 'node:assert/strict';
import { parseHex, parsePattern } from '../../../../media/editor/findPattern';

describe('sector editor: find', () => {
  const hex = (text: string) => parseHex(text) && Buffer.from(parseHex(text)!).toString('hex');
  for (const text of [
    'de ad be ef',
    'DEADBEEF',
    '0xde, 0xad, 0xbe, 0xef',
    '\\xde\\xad\\xbe\\xef',
    'de:ad:be:ef',
  ]) {
    it(`reads “${text}”`, () => assert.equal(hex(text), 'deadbeef'));
  }
  it('takes one digit for a byte', () => assert.equal(hex('0 1 0xA'), '00010a'));
  for (const text of ['abc', 'xyz', 'de a dbe', '12 g4']) {
    it(`refuses “${text}”`, () => assert.equal(parseHex(text), null));
  }
  it('encodes text as UTF-8', () => {
    assert.deepEqual(parsePattern('é', 'text'), { pattern: Uint8Array.of(0xc3, 0xa9) });
  });
  it('says what is missing', () => {
    for (const result of [parsePattern('', 'text'), parsePattern(' ', 'hex'), parsePattern('x', 'hex')]) {
      assert.ok('message' in result);
    }
  });
});
