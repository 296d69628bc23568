import assert from 'node:assert/strict';
import { ACTIVE, DISPUTED } from '../../../../src/engine/metadata/entry';
import { mergeForeign } from '../../../../src/engine/remap/foreignEntries';
import type { PoolEntry } from '../../../../src/engine/remap/poolEntry';
import { poolEntry } from '../../../support/remap/poolRig';

const KNOWN = [poolEntry(100, 1280, 0), poolEntry(200, 1281, 0), poolEntry(300, 1280, 1)];

/** Original, member, spare sector, and whether it is disputed. */
const shown = (entries: readonly PoolEntry[]) =>
  entries.map(({ original, member, spare, flags }) => [
    original,
    member,
    spare,
    ...(flags & DISPUTED ? ['disputed'] : []),
  ]);

describe('mergeForeign (R16)', () => {
  it('takes what another program did to sectors of the spare that it knew, and to sectors without a remap', () => {
    const entries = [poolEntry(100, 1280), poolEntry(200, 1290), poolEntry(400, 1291)];
    const merged = mergeForeign(KNOWN, [{ member: 0, entries }]);
    assert.deepEqual(shown(merged.entries), [
      [100, 0, 1280],
      [200, 0, 1290],
      [300, 1, 1280],
      [400, 0, 1291],
    ]);
    const [{ taken, disputed }] = merged.changes as [(typeof merged.changes)[0]];
    assert.deepEqual(
      [shown(taken), shown(disputed)],
      [
        [
          [200, 0, 1290],
          [400, 0, 1291],
        ],
        [],
      ],
    );
  });

  it('lets the last of several for one sector count', () => {
    const entries = [poolEntry(400, 1290), poolEntry(400, 1291)];
    const merged = mergeForeign([], [{ member: 1, entries }]);
    assert.deepEqual(shown(merged.entries), [[400, 1, 1291]]);
  });

  it('disputes a sector whose data live on another spare, and keeps where they are', () => {
    const merged = mergeForeign(KNOWN, [{ member: 0, entries: [poolEntry(300, 1300)] }]);
    assert.deepEqual(shown(merged.entries).at(-1), [300, 1, 1280, 'disputed']);
    assert.deepEqual(shown(merged.changes[0]!.disputed), [[300, 1, 1280, 'disputed']]);
    assert.equal(merged.entries.at(-1)!.flags, ACTIVE | DISPUTED);
  });

  it('disputes a sector whose place such a remap took', () => {
    const merged = mergeForeign(KNOWN, [{ member: 0, entries: [poolEntry(300, 1281)] }]);
    assert.deepEqual(shown(merged.entries), [
      [100, 0, 1280],
      [200, 0, 1281, 'disputed'],
      [300, 1, 1280, 'disputed'],
    ]);
  });

  it('disputes a sector that two spares were given to', () => {
    const merged = mergeForeign(KNOWN, [
      { member: 0, entries: [poolEntry(400, 1290)] },
      { member: 1, entries: [poolEntry(400, 1290)] },
    ]);
    assert.deepEqual(shown(merged.entries).at(-1), [400, 0, 1290, 'disputed']);
  });
});
