import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeScript } from '../../../../src/engine/metadata/codec/scriptFormat';
import {
  freshStructure,
  STRUCTURE_BYTES,
  sealStructure,
  v4Header,
} from '../../../../src/engine/metadata/codec/v4';
import { type CopyVerdict, chooseWinner, validateCopy } from '../../../../src/engine/metadata/validate';
import { FIXTURE_TIME, MAIN_SECTORS, SPARE_SECTORS } from '../../../support/metadata/spares';

const NOW = FIXTURE_TIME / 1000;

function fresh(change: (structure: Uint8Array) => void = () => {}, seal = true): Uint8Array {
  const structure = freshStructure({
    mainSectorCount: MAIN_SECTORS,
    spareSectorCount: SPARE_SECTORS,
    sequence: 5n,
    timestamp: BigInt(NOW),
  });
  change(structure);
  if (seal) sealStructure(structure);
  return structure;
}

function reasonOf(verdict: CopyVerdict): string {
  return verdict.valid ? 'valid' : verdict.reason;
}

describe('validateCopy', () => {
  const cases: [what: string, structure: Uint8Array, reason: string, detail: RegExp][] = [
    ['a fresh structure', fresh(), 'valid', /^/],
    ['zeros', new Uint8Array(STRUCTURE_BYTES), 'magic', /all zeros/],
    [
      'another magic',
      fresh((s) => v4Header.put(s, 'magic', 0x444d524d)),
      'magic',
      /0x444d524d, not 0x444d5234/,
    ],
    ['version 5', fresh((s) => v4Header.put(s, 'version', 5)), 'version', /version is 5, not 4/],
    [
      'a flipped bit in the last byte',
      fresh((s) => (s[STRUCTURE_BYTES - 1]! ^= 1), false),
      'checksum',
      /call for/,
    ],
    ['a flipped bit in copy_index', fresh((s) => (s[28]! ^= 1), false), 'checksum', /checksum is 0x/],
    ['any byte after the structure', fresh((s) => (s[STRUCTURE_BYTES] = 0xa5), false), 'valid', /^/],
    ['2,048 remaps', fresh((s) => v4Header.put(s, 'active_remaps', 2048)), 'valid', /^/],
    [
      '2,049 remaps',
      fresh((s) => v4Header.put(s, 'active_remaps', 2049)),
      'count',
      /2049 remaps, more than 2048/,
    ],
    ['health 101', fresh((s) => v4Header.put(s, 'health.health_score', 101)), 'health score', /is 101/],
    ['a day ahead', fresh((s) => v4Header.put(s, 'timestamp', BigInt(NOW + 86_400))), 'valid', /^/],
    [
      'a day and a second ahead',
      fresh((s) => v4Header.put(s, 'timestamp', BigInt(NOW + 86_401))),
      'timestamp',
      /86401/,
    ],
    ['any structure_size', fresh((s) => v4Header.put(s, 'structure_size', 7)), 'valid', /^/],
    ['any copy_index', fresh((s) => v4Header.put(s, 'copy_index', 99)), 'valid', /^/],
    ['the largest sequence', fresh((s) => v4Header.put(s, 'sequence_number', 2n ** 64n - 1n)), 'valid', /^/],
    ['too few bytes', fresh().subarray(0, 512), 'unreadable', /only 512 of its 84288/],
    [
      "the scripts' sector",
      fresh(
        (s) =>
          s.set(
            encodeScript({
              mainPath: '/dev/loop17',
              sparePath: '/dev/loop18',
              mainSectorCount: 1,
              spareSectorCount: 1,
              timestamp: NOW,
            }),
          ),
        false,
      ),
      'script',
      /paths/,
    ],
  ];
  for (const [what, structure, reason, detail] of cases) {
    it(`${what}: ${reason}`, () => {
      const verdict = validateCopy(structure, FIXTURE_TIME);
      assert.equal(reasonOf(verdict), reason);
      if (!verdict.valid) assert.match(verdict.detail, detail);
    });
  }

  it('tells a seal that holds from one that is broken', () => {
    const sealed = validateCopy(
      fresh((s) => v4Header.put(s, 'active_remaps', 9999)),
      FIXTURE_TIME,
    );
    const torn = validateCopy(
      fresh((s) => v4Header.put(s, 'active_remaps', 9999), false),
      FIXTURE_TIME,
    );
    assert.deepEqual(
      [sealed, torn].map((verdict) => !verdict.valid && verdict.sealed === true),
      [true, false],
    );
    assert.equal(torn.stamp?.sequence, 5n);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(STRUCTURE_BYTES - 1), fc.nat(255))),
        fc.boolean(),
        (changes, seal) => {
          const structure = fresh((s) => {
            for (const [at, value] of changes) s[at] = value;
          }, seal);
          assert.equal(typeof validateCopy(structure, FIXTURE_TIME).valid, 'boolean');
        },
      ),
    );
  });
});

describe('chooseWinner', () => {
  const table: [copies: ([sequence: number, timestamp: number] | null)[], winner: number | null][] = [
    [
      [
        [5, 100],
        [7, 50],
        [7, 60],
        [7, 60],
        [6, 999],
      ],
      2,
    ],
    [
      [
        [2, 1],
        [2, 1],
        [2, 1],
        [2, 1],
        [2, 1],
      ],
      0,
    ],
    [[null, null, null, null, [1, 1]], 4],
    [[null, null, null, null, null], null],
    [[[0, 0], [0, 0], null, null, null], null],
    [[[0, 0], [0, 1], null, null, null], 1],
    [[[1, 0], [0, 9], null, null, null], 0],
    [[[9, 5], null, [9, 6], null, [10, 0]], 4],
  ];
  for (const [copies, winner] of table) {
    it(`${JSON.stringify(copies)}: ${winner}`, () => {
      const stamps = copies
        .map((copy) => copy?.map(BigInt))
        .map((copy) => (copy ? { sequence: copy[0]!, timestamp: copy[1]! } : undefined));
      assert.equal(chooseWinner(stamps), winner);
    });
  }

  it('compares all 64 bits', () => {
    const stamps = [
      { sequence: 2n ** 64n - 1n, timestamp: 1n },
      { sequence: 2n ** 53n, timestamp: 2n },
    ];
    assert.equal(chooseWinner(stamps), 0);
  });
});
