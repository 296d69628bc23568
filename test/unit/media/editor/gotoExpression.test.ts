import assert from 'node:assert/strict';
import { parseGoto } from '../../../../media/editor/gotoExpression';

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
