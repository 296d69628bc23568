import assert from 'node:assert/strict';
import { NO_EXTRAS } from '../../../../src/engine/metadata/codec/extras';
import { freshStructure, structureChecksum, v4Header } from '../../../../src/engine/metadata/codec/v4';
import type { RemapEntry } from '../../../../src/engine/metadata/entry';
import { MetadataState } from '../../../../src/engine/metadata/metadataState';
import { changeStructure } from '../../../../src/engine/metadata/stateChange';
import { entry } from '../../../support/metadata/spares';

function freshState(): MetadataState {
  const sizes = { mainSectorCount: 10_000, spareSectorCount: 5000 };
  return MetadataState.of(freshStructure({ ...sizes, sequence: 2n, timestamp: 0n }));
}

/** The state after a commit of entries at these slots, which lie below the count. */
function nextState(
  base: MetadataState,
  slots: readonly number[],
  value: RemapEntry = entry(1, 1280),
): MetadataState {
  return changeStructure(base, {
    sequence: base.sequence + 1n,
    timestamp: 0n,
    entryCount: 2048,
    changed: slots.map((slot) => ({ slot, entry: value })),
    nextSpare: 1280,
    spareSectorCount: 5000,
    extras: NO_EXTRAS,
    health: {},
  });
}

describe('MetadataState', () => {
  const base = nextState(freshState(), []);

  it('is sealed when it is made of another one, which stays as it was', () => {
    const before = base.bytes.slice();
    const state = nextState(base, [3, 700, 2047]);
    assert.equal(v4Header.get(state.bytes, 'metadata_checksum'), structureChecksum(state.bytes));
    assert.equal(state.sequence, base.sequence + 1n);
    assert.deepEqual(base.bytes, before);
  });

  it('is written whole where nothing is known', () => {
    assert.deepEqual(base.runsBeyond(undefined), [[0, 165]]);
  });

  it('needs no write where it is already', () => {
    assert.deepEqual(base.runsBeyond(base), []);
  });

  it('is written in the sectors that differ, near ones as one run', () => {
    // Slots 0, 300 and 2047 lie in sectors 0, 24 and 160; the header is in sector 0.
    assert.deepEqual(nextState(base, [0]).runsBeyond(base), [[0, 1]]);
    assert.deepEqual(nextState(base, [300]).runsBeyond(base), [[0, 25]]);
    assert.deepEqual(nextState(base, [2047]).runsBeyond(base), [
      [0, 1],
      [160, 1],
    ]);
  });

  it('leaves out sectors that were changed and changed back', () => {
    const changed = nextState(base, [2047]);
    const back = nextState(changed, [2047], entry(2, 1281));
    const same = nextState(back, [2047], entry(2, 1281));
    assert.deepEqual(same.runsBeyond(back), [[0, 1]]);
    assert.deepEqual(back.runsBeyond(base), [
      [0, 1],
      [160, 1],
    ]);
  });

  it('knows the sectors it has in common with a state that was read like it', () => {
    const read = MetadataState.of(nextState(base, [2047]).bytes.slice(), base);
    assert.deepEqual(base.runsBeyond(read), [
      [0, 1],
      [160, 1],
    ]);
    assert.deepEqual(base.runsBeyond(MetadataState.of(base.bytes.slice())), [[0, 165]]);
  });
});
