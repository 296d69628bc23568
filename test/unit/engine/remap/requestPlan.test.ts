import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RemapTable } from '../../../../src/engine/remap/remapTable';
import {
  gatherPieces,
  joinRuns,
  planRequest,
  type SparePiece,
} from '../../../../src/engine/remap/requestPlan';

function piece(original: number, at: number, count = 1, member = 0): SparePiece {
  return { original, at, count, member };
}

/** A table that maps sectors of main to sectors of the first spare. */
function tableOf(remaps: ReadonlyMap<number, number>): RemapTable {
  const table = new RemapTable();
  for (const [original, spare] of remaps) {
    const entry = {
      original,
      spare,
      member: 0,
      timeNs: 0n,
      errorCount: 1,
      accessCount: 0,
      reason: 0,
      flags: 2,
    };
    table.publish(table.stage(entry));
  }
  return table;
}

describe('planRequest', () => {
  it('R1: splits a request exactly at its remapped sectors', () => {
    const remaps = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 12 });
    fc.assert(
      fc.property(remaps, fc.nat(40), fc.integer({ min: 1, max: 20 }), (originals, first, count) => {
        const map = new Map(originals.map((original, i) => [original, 1280 + i]));
        const plan = planRequest(tableOf(map), first, count);
        const served = new Map<number, number | 'main'>();
        for (const [at, length] of plan?.mainRuns ?? [[first, count]]) {
          for (let sector = at; sector < at + length; sector++) served.set(sector, 'main');
        }
        for (const { original, at, count: length } of plan?.pieces ?? []) {
          for (let i = 0; i < length; i++) served.set(original + i, at + i);
        }
        const expected = Array.from({ length: count }, (_, i) => [first + i, map.get(first + i) ?? 'main']);
        assert.deepEqual(
          [...served].sort((a, b) => a[0] - b[0]),
          expected,
        );
      }),
    );
  });
});

describe('gatherPieces', () => {
  it('makes one request of pieces that lie near each other on a spare, however they lie on the device', () => {
    const pieces = [piece(10, 1290), piece(20, 1280, 2), piece(30, 1285), piece(40, 2000)];
    assert.deepEqual(
      gatherPieces(pieces, 8).map(({ first, count, pieces: parts }) => [first, count, parts.length]),
      [
        [1280, 11, 3],
        [2000, 1, 1],
      ],
    );
  });

  it('joins nothing over a gap for writes, and nothing across spares', () => {
    const pieces = [piece(1, 1280), piece(2, 1281), piece(3, 1283), piece(4, 1282, 1, 1)];
    assert.deepEqual(
      gatherPieces(pieces, 0).map(({ member, first, count }) => [member, first, count]),
      [
        [0, 1280, 2],
        [0, 1283, 1],
        [1, 1282, 1],
      ],
    );
  });

  it('serves two pieces that lie on the same sector of a spare by two requests', () => {
    const requests = gatherPieces([piece(1, 1280), piece(5, 1280)], 64);
    assert.deepEqual(
      requests.map(({ first, count }) => [first, count]),
      [
        [1280, 1],
        [1280, 1],
      ],
    );
  });
});

describe('joinRuns', () => {
  it('joins runs of main over holes that are cheaper to read along, and names the holes', () => {
    assert.deepEqual(
      joinRuns(
        [
          [0, 10],
          [11, 5],
          [100, 1],
        ],
        64,
      ),
      [{ run: [0, 16], skip: [[10, 1]] }, { run: [100, 1] }],
    );
  });
});
