import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NeedleMatcher, patternBytesOf } from '../../../src/editor/needleScan';
import { SearchMemory } from '../../../src/editor/searchMemory';
import type { Needle } from '../../../src/shared/protocol';

const BYTE_COUNT = 200_000;

/** What stands at these places of otherwise zeros, and what is asked for in turn. */
interface Disk {
  readonly needle: Needle;
  readonly places: readonly number[];
  readonly byteCount: number;
}

const text: Needle = { bytes: Buffer.from('Ab1'), mask: null, anyCase: true };
const needles: readonly (readonly [needle: Needle, forms: readonly string[]])[] = [
  [text, ['ab1', 'AB1', 'aB1', 'Ab1']],
  [{ bytes: Buffer.from('ab1'), mask: null, anyCase: false }, ['ab1']],
  [{ bytes: Buffer.from('a?1'), mask: Uint8Array.of(0xff, 0, 0xff), anyCase: false }, ['a\x001', 'ax1']],
  [{ bytes: Uint8Array.of(0, 0x60, 0), mask: Uint8Array.of(0xff, 0xf0, 0xff), anyCase: false }, ['\0a\0']],
];

describe('sector editor: looking for a needle', () => {
  const memory = SearchMemory.take(1000, BYTE_COUNT);
  const buffer = memory.buffer(0);

  /** All places by the search, each asked for from the one before on, or all before it. */
  function placesIn({ needle, byteCount }: Disk, direction: 'next' | 'previous', bounds: [number, number]) {
    const matcher = new NeedleMatcher(needle, memory);
    const scan = matcher.scan({ place: buffer.byteOffset, byteCount }, direction);
    const found: number[] = [];
    let [from, to] = bounds;
    for (let match = scan.find(from, to); match; match = scan.find(from, to)) {
      assert.equal(match.length, needle.bytes.length);
      assert.deepEqual(scan.find(from, to), match);
      found.push(match.at);
      if (direction === 'next') from = match.at + 1;
      else to = match.at;
    }
    return direction === 'next' ? found : found.reverse();
  }

  it('finds all that is there in its order, both ways, also across the pieces of a search backwards', () => {
    const edge = fc
      .integer({ min: -70, max: 3 })
      .chain((by) => fc.nat(3).map((piece) => piece * 65_536 + by));
    const input = fc.record({
      which: fc.nat(needles.length - 1),
      places: fc.uniqueArray(fc.oneof(edge, fc.nat(BYTE_COUNT)), { maxLength: 12 }),
      byteCount: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 131_000, max: BYTE_COUNT })),
      bounds: fc.tuple(fc.nat(300), fc.oneof(fc.constant(BYTE_COUNT), fc.nat(BYTE_COUNT))),
    });
    fc.assert(
      fc.property(input, ({ which, places, byteCount, bounds }) => {
        const [needle, forms] = needles[which]!;
        buffer.fill(0);
        const apart = places
          .filter((place) => place >= 0 && place + 3 <= BYTE_COUNT)
          .sort((a, b) => a - b)
          .filter((place, i, all) => i === 0 || place - all[i - 1]! > 5);
        for (const [i, place] of apart.entries()) buffer.set(Buffer.from(forms[i % forms.length]!), place);
        const [from, to] = bounds;
        const wanted = apart.filter((place) => place >= from && place < to && place + 3 <= byteCount);
        for (const direction of ['next', 'previous'] as const) {
          assert.deepEqual(placesIn({ needle, places, byteCount }, direction, bounds), wanted);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes a letter in any case, and nothing else for it', () => {
    for (let byte = 0; byte < 256; byte++) {
      const needle = { bytes: Uint8Array.of(byte, 1), mask: null, anyCase: true };
      // At each even place another byte, and after it the needle's 1.
      for (let other = 0; other < 256; other++) buffer.set([other, 1], 2 * other);
      const disk = { needle, places: [], byteCount: 512 };
      const found = placesIn(disk, 'next', [0, 512]).filter((place) => place % 2 === 0);
      const character = String.fromCharCode(byte);
      const cases = /[a-z]/i.test(character)
        ? [character.toUpperCase(), character.toLowerCase()]
        : [character];
      const places = cases.map((each) => 2 * each.charCodeAt(0));
      assert.deepEqual(found, places);
    }
  });

  it('says how many bytes of memory it keeps', () => {
    const other = SearchMemory.take(1000, 0);
    const needle = { bytes: Buffer.from('needle'), mask: null, anyCase: false };
    new NeedleMatcher(needle, other);
    assert.equal(other.keep(Uint8Array.of(0)), patternBytesOf(needle));
    other.release();
  });
});
