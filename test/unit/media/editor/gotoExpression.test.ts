import assert from 'node:assert/strict';
import { parseGoto } from '../../../../media/editor/gotoExpression';

const SIZE = 204_800 * 512;
const CURSOR = 1000 * 512 + 5;

/** The byte offset that an input leads to, or the complaint. */
function lead(input: string, byteCount = SIZE): number | string {
  const result = parseGoto(input, byteCount, CURSOR);
  if (!result.ok) return result.message;
  return 'target' in result ? JSON.stringify(result.target) : result.byteOffset;
}

describe('sector editor: go to', () => {
  const cases: readonly (readonly [input: string, byteOffset: number])[] = [
    ['1000', 1000 * 512],
    [' 0x3E8 ', 1000 * 512],
    ['0X3e8', 1000 * 512],
    ['1,000', 1000 * 512],
    ['1_000', 1000 * 512],
    ['1000+8', 1008 * 512],
    ['1000 - 0x8', 992 * 512],
    ['2*256+1', 513 * 512],
    ['1+2*256', 513 * 512],
    ['+8', 1008 * 512],
    ['-1', 999 * 512],
    ['+2*8', 1016 * 512],
    ['sector 7', 7 * 512],
    ['byte 0x7D000', 512000],
    ['byte 200', 200],
    ['b 16', 16],
    ['byte +3', CURSOR + 3],
    ['start', 0 * 512],
    ['end', 204799 * 512],
    ['byte end', SIZE - 1],
    ['byte last', SIZE - 1],
    ['204799', 204799 * 512],
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
  it('says that there is nothing to go to', () => assert.match(String(lead('0', 0)), /empty/));
  it('reaches the last sector of 16 TiB', () => assert.equal(lead('end', 2 ** 44), 2 ** 44 - 512));

  it('takes bookmarks by name, markers and remap entries by number', () => {
    assert.equal(lead(' Bookmark  boot sector '), '{"kind":"bookmark","name":"boot sector"}');
    assert.equal(lead('marker 3'), '{"kind":"marker","number":3}');
    assert.equal(lead('remap 12'), '{"kind":"remap","number":12}');
    for (const wrong of ['marker', 'marker 0', 'marker -1', 'marker x', 'marker 9007199254740993'])
      assert.equal(lead(wrong), 'Type a number after it: “marker 1” is the first one.', wrong);
    assert.equal(lead('bookmark '), 'Type the bookmark’s name after it.');
  });

  it('counts in sectors of the size that is chosen', () => {
    assert.deepEqual(parseGoto('3', 2 ** 20, 0, 4096), { ok: true, byteOffset: 3 * 4096 });
    assert.deepEqual(parseGoto('+1', 2 ** 20, 5000, 4096), { ok: true, byteOffset: 2 * 4096 });
    assert.deepEqual(parseGoto('end', 5200, 0, 520), { ok: true, byteOffset: 9 * 520 });
    assert.deepEqual(parseGoto('byte 7', 2 ** 20, 0, 2048), { ok: true, byteOffset: 7 });
  });
});
