import assert from 'node:assert/strict';
import { type FindMode, parsePattern } from '../../../../media/editor/findPattern';

describe('sector editor: find', () => {
  const hex = (text: string) => needlesOf(text, 'hex').join();
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
    it(`refuses “${text}”`, () => assert.ok('message' in parsePattern(text, 'hex', true)));
  }
  const needlesOf = (input: string, mode: FindMode, matchCase = true) => {
    const result = parsePattern(input, mode, matchCase);
    assert.ok('wanted' in result, `${input} is refused`);
    return result.wanted.needles.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
  };

  it('looks for text in every encoding', () => {
    assert.deepEqual(needlesOf('é', 'text'), ['c3a9', 'e900', '00e9', 'e9']);
    assert.deepEqual(needlesOf('ab', 'text'), ['6162', '61006200', '00610062']);
    assert.deepEqual(needlesOf('名', 'text'), ['e5908d', '0d54', '540d']);
  });

  it('takes ? for any digit', () => {
    const result = parsePattern('5A ?? 8?', 'hex', true);
    assert.deepEqual(result, {
      wanted: {
        needles: [
          { bytes: Uint8Array.of(0x5a, 0, 0x80), mask: Uint8Array.of(0xff, 0, 0xf0), anyCase: false },
        ],
        expression: null,
      },
    });
  });

  it('looks for a number in both byte orders, of the smallest usual type that holds it, or of the one that is named', () => {
    assert.deepEqual(needlesOf('4096', 'number'), ['00100000', '00001000']);
    assert.deepEqual(needlesOf('0x1000 u64 be', 'number'), ['0000000000001000']);
    assert.deepEqual(needlesOf('-2 i16', 'number'), ['feff', 'fffe']);
    assert.deepEqual(needlesOf('0x123456789a', 'number'), ['9a78563412000000', '000000123456789a']);
    assert.deepEqual(needlesOf('1.5 f32 le', 'number'), ['0000c03f']);
    assert.deepEqual(needlesOf('-0x2', 'number'), ['feffffff', 'fffffffe']);
  });

  it('says what is wrong', () => {
    const inputs: [string, FindMode][] = [
      ['', 'text'],
      [' ', 'hex'],
      ['x', 'hex'],
      ['?? ??', 'hex'],
      ['', 'number'],
      ['300 u8', 'number'],
      ['-1 u8', 'number'],
      ['1.5 u8', 'number'],
      ['1 u8 u16', 'number'],
      ['1 le be', 'number'],
      ['one', 'number'],
      ['0x10000000000000000', 'number'],
      ['', 'regex'],
    ];
    for (const [input, mode] of inputs) {
      const result = parsePattern(input, mode, true);
      assert.ok('message' in result && result.message !== '', `${mode} ${input}`);
    }
  });
});
