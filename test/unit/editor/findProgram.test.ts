import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findFunctions, LOOKS_BEYOND } from '../../../src/editor/findProgram';

const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const memory = new Uint8Array(shared.buffer);
const { exact, masked } = findFunctions(shared);

const BYTES_AT = 0;
const MASK_AT = 256;
/** Bytes from here on are searched; what is before and beyond them is like them, so that a step too far is seen. */
const SEARCHED_AT = 1024;

interface Pattern {
  readonly bytes: readonly number[];
  readonly mask: readonly number[];
}

function put({ bytes, mask }: Pattern): void {
  memory.set(bytes, BYTES_AT);
  memory.set(mask, MASK_AT);
}

/** By comparing at every place. */
function expected({ bytes, mask }: Pattern, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes.every((byte, i) => ((memory[at + i]! ^ byte) & mask[i]!) === 0)) return at;
  }
  return -1;
}

describe('sector editor: the program that finds bytes', () => {
  const pattern = (maskByte: fc.Arbitrary<number>): fc.Arbitrary<Pattern> =>
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: 3 }), maskByte), { minLength: 1, maxLength: 40 })
      .map((pairs) => ({
        bytes: pairs.map(([byte, mask]) => byte & mask),
        mask: pairs.map(([, mask]) => mask),
      }));
  const place = fc.record({
    seed: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 200 }),
    lead: fc.nat(80),
    placeCount: fc.nat(300),
    copies: fc.uniqueArray(fc.nat(420), { maxLength: 3 }),
    anchors: fc.tuple(fc.nat(39), fc.nat(39)),
  });

  for (const [name, find, maskByte] of [
    ['as they are', exact, fc.constant(0xff)],
    ['by a mask', masked, fc.constantFrom(0xff, 0xff, 0xfe, 0x01, 0x00)],
  ] as const) {
    it(`finds bytes ${name} as comparing at every place does, at all edges of its steps`, () => {
      fc.assert(
        fc.property(pattern(maskByte), place, (wanted, { seed, lead, placeCount, copies, anchors }) => {
          for (let i = 0; i < 600; i++) memory[SEARCHED_AT - 100 + i] = seed[i % seed.length]!;
          for (const copy of copies) memory.set(wanted.bytes, SEARCHED_AT + copy);
          put(wanted);
          const { length } = wanted.bytes;
          const [first, second] = anchors.map((anchor) => anchor % length) as [number, number];
          const from = SEARCHED_AT + lead;
          const end = from + placeCount;
          const found = find(from, end, first, second, BYTES_AT, MASK_AT, length);
          assert.equal(found, expected(wanted, from, end));
        }),
        { numRuns: 4000 },
      );
    });
  }

  it('finds each of 200 places alone, and none at or beyond the end', () => {
    const wanted = { bytes: [1, 2, 3], mask: [0xff, 0xff, 0xff] };
    put(wanted);
    for (let offset = 0; offset < 200; offset++) {
      memory.fill(0, SEARCHED_AT, SEARCHED_AT + 400);
      const at = SEARCHED_AT + offset;
      memory.set(wanted.bytes, at);
      for (const find of [exact, masked]) {
        assert.equal(find(SEARCHED_AT, SEARCHED_AT + 200, 0, 2, BYTES_AT, MASK_AT, 3), at);
        assert.equal(find(SEARCHED_AT, at, 0, 2, BYTES_AT, MASK_AT, 3), -1);
        assert.equal(find(at, at + 1, 2, 0, BYTES_AT, MASK_AT, 3), at);
        assert.equal(find(at + 1, SEARCHED_AT + 200, 1, 1, BYTES_AT, MASK_AT, 3), -1);
      }
    }
  });

  it('reads no further beyond the last bytes than it says', () => {
    put({ bytes: [7, 8], mask: [0xff, 0xff] });
    memory.fill(0, SEARCHED_AT);
    const end = memory.length - LOOKS_BEYOND;
    memory.set([7, 8], end - 2);
    for (let from = end - 300; from < end - 1; from++) {
      assert.equal(exact(from, end - 1, 0, 1, BYTES_AT, MASK_AT, 2), end - 2);
    }
  });
});
