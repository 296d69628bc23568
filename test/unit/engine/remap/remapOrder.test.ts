import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ACTIVE } from '../../../../src/engine/metadata/entry';
import { type RemapFilter, type RemapOrder, selectRemaps } from '../../../../src/engine/remap/remapOrder';
import { RemapTable } from '../../../../src/engine/remap/remapTable';

interface Given {
  readonly original: number;
  readonly spare: number;
  readonly member: number;
  readonly timeMs: number;
  readonly errors: number;
}

function tableOf(entries: readonly Given[]): RemapTable {
  const table = new RemapTable();
  for (const { timeMs, errors, ...entry } of entries) {
    const timeNs = BigInt(timeMs) * 1_000_000n;
    table.stage({ ...entry, timeNs, errorCount: errors, flags: ACTIVE, accessCount: 0, reason: 0 });
  }
  table.publishAll();
  return table;
}

async function select(
  entries: readonly Given[],
  order: RemapOrder,
  isDescending = false,
  filter: RemapFilter = {},
): Promise<number[]> {
  return [...(await selectRemaps(tableOf(entries), { order, isDescending, filter }))];
}

const ENTRIES: readonly Given[] = [
  { original: 10, spare: 1303, member: 0, timeMs: 5000, errors: 1 },
  { original: 20, spare: 1302, member: 1, timeMs: 3000, errors: 7 },
  { original: 30, spare: 1301, member: 0, timeMs: 0, errors: 1 },
  { original: 40, spare: 1300, member: 1, timeMs: 4000, errors: 2 },
];

describe('the order of remaps', () => {
  it('is by each of their facts, up or down; what is equal comes by original sector', async () => {
    assert.deepEqual(await select(ENTRIES, 'original', true), [40, 30, 20, 10]);
    assert.deepEqual(await select(ENTRIES, 'spare'), [40, 30, 20, 10]);
    assert.deepEqual(await select(ENTRIES, 'time', true), [10, 40, 20, 30]);
    assert.deepEqual(await select(ENTRIES, 'errors', true), [20, 40, 10, 30]);
    assert.deepEqual(await select(ENTRIES, 'member'), [10, 30, 20, 40]);
    assert.deepEqual(await select([], 'time'), []);
  });

  it('holds what a filter lets through', async () => {
    const cases: [RemapFilter, number[]][] = [
      [{ originals: [[15, 20]] }, [20, 30]],
      [
        {
          originals: [
            [10, 1],
            [40, 1],
          ],
        },
        [10, 40],
      ],
      [{ spares: [[1300, 2]] }, [30, 40]],
      [{ since: 4000 }, [10, 40]],
      [{ until: 4000 }, [20]],
      [{ minErrors: 2 }, [20, 40]],
      [{ minErrors: 2, maxErrors: 2 }, [40]],
      [{ member: 1, minErrors: 3 }, [20]],
      [{ member: 4 }, []],
    ];
    for (const [filter, expected] of cases)
      assert.deepEqual(await select(ENTRIES, 'original', false, filter), expected, JSON.stringify(filter));
  });

  it('property: is that of a stable sort of the table, however many entries there are', async () => {
    const entry = fc.record({
      original: fc.nat(1e9),
      spare: fc.nat(1e6),
      member: fc.nat(3),
      timeMs: fc.nat(50),
      errors: fc.nat(9),
    });
    const entries = fc.uniqueArray(entry, {
      selector: ({ original }) => original,
      maxLength: 9000,
      size: 'max',
    });
    const order = fc.constantFrom<RemapOrder>('original', 'spare', 'time', 'errors', 'member');
    await fc.assert(
      fc.asyncProperty(entries, order, fc.boolean(), async (list, by, isDescending) => {
        const key = (each: Given) => (by === 'time' ? each.timeMs : each[by]);
        const sign = isDescending ? -1 : 1;
        const expected = [...list].sort((a, b) => sign * (key(a) - key(b)) || a.original - b.original);
        assert.deepEqual(
          await select(list, by, isDescending),
          expected.map(({ original }) => original),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('of a hundred thousand leaves the event loop free, and takes entries that come meanwhile', async () => {
    const table = tableOf(
      Array.from({ length: 100_000 }, (_, i) => ({
        original: i * 2,
        spare: 1280 + ((i * 7919) % 100_000),
        member: 0,
        timeMs: i,
        errors: 1,
      })),
    );
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const selection = selectRemaps(table, { order: 'spare', isDescending: false, filter: {} });
    table.publish(
      table.stage({
        original: 199_999,
        spare: 5,
        member: 0,
        timeNs: 0n,
        errorCount: 1,
        flags: ACTIVE,
        accessCount: 0,
        reason: 0,
      }),
    );
    const originals = await selection;
    clearInterval(timer);
    assert.equal(originals.length, 100_001);
    assert.equal(originals[0], 199_999);
    assert.ok(turns > 1);
  });
});
