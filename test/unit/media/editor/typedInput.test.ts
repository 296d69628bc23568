import assert from 'node:assert/strict';
import { parseHex, parsePattern } from '../../../../media/editor/findPattern';
import { parseGoto } from '../../../../media/editor/gotoExpression';
import { parseSavedState } from '../../../../media/editor/savedState';

const SIZE = 204_800 * 512;
const CURSOR = 1000 * 512 + 5;

/** Where an input leads: a sector, `byte N`, or the complaint. */
function lead(input: string, byteCount = SIZE): string {
  const result = parseGoto(input, byteCount, CURSOR);
  if (!result.ok) return result.message;
  return result.unit === 'byte' ? `byte ${result.byteOffset}` : `${result.byteOffset / 512}`;
}

describe('sector editor: go to', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1000', '1000'],
    [' 0x3E8 ', '1000'],
    ['0X3e8', '1000'],
    ['1,000', '1000'],
    ['1_000', '1000'],
    ['1000+8', '1008'],
    ['1000 - 0x8', '992'],
    ['2*256+1', '513'],
    ['1+2*256', '513'],
    ['+8', '1008'],
    ['-1', '999'],
    ['+2*8', '1016'],
    ['sector 7', '7'],
    ['byte 0x7D000', 'byte 512000'],
    ['byte 200', 'byte 200'],
    ['b 16', 'byte 16'],
    ['byte +3', `byte ${CURSOR + 3}`],
    ['start', '0'],
    ['end', '204799'],
    ['byte end', `byte ${SIZE - 1}`],
    ['byte last', `byte ${SIZE - 1}`],
    ['204799', '204799'],
  ];
  for (const [input, expected] of cases) {
    it(`reads “${input}”`, () => assert.equal(lead(input), expected));
  }

  for (const input of [
    '204800',
    '99999999999999999999',
    '-1001',
    '0x',
    '12x',
    '1 2',
    '+',
    '1+',
    '*3',
    'byte',
    '--1',
  ]) {
    it(`complains about “${input}”`, () => assert.equal(parseGoto(input, SIZE, CURSOR).ok, false));
  }

  it('says where the end is', () => assert.equal(lead('204800'), 'The last sector is 204799.'));
  it('says that there is nothing to go to', () => assert.match(lead('0', 0), /empty/));
  it('reaches the last sector of 16 TiB', () => assert.equal(lead('end', 2 ** 44), String(2 ** 35 - 1)));
});

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

describe('sector editor: saved state', () => {
  const state = { view: 'spare', topByte: 0, cursor: 5, anchor: 5, column: 'hex', inspectorOpen: true };
  it('takes what it wrote', () => assert.deepEqual(parseSavedState(state), state));
  it('ignores what it did not write', () => {
    for (const [key, value] of [
      ['view', 'attic'],
      ['topByte', -1],
      ['cursor', Number.NaN],
      ['anchor', '5'],
      ['column', 'octal'],
      ['inspectorOpen', 1],
    ] as const) {
      assert.equal(parseSavedState({ ...state, [key]: value }), null, key);
    }
    assert.equal(parseSavedState(undefined), null);
  });
});
