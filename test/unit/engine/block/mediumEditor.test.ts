import assert from 'node:assert/strict';
import { MediumEditor } from '../../../../src/engine/block/mediumEditor';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { DUST_TAG, ERROR_TAG } from '../../../../src/engine/block/mediumFault';
import {
  injectedState,
  READABLE,
  stateOfStatus,
  withFault,
} from '../../../../src/engine/block/mediumSectors';
import { tagOfStatus } from '../../../../src/engine/block/notRescued';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { MemoryDevice } from '../../../support/block/memoryDevice';

/** Sector 10 was found bad, 11 was never tried, 12 can be read but was made bad here. */
function medium(): MediumErrors {
  return new MediumErrors(new MemoryDevice(100), {
    badSectors: RangeSet.from([
      [10, 1, ERROR_TAG],
      [12, 1, DUST_TAG],
    ]),
    notRescued: RangeSet.from([[11, 1, tagOfStatus('?')]]),
    injected: RangeSet.from([[12, 1, READABLE]]),
  });
}

function statesOf({ states }: MediumEditor): (readonly [number, number, number])[] {
  return [...states.tagged()].map(({ first, sectorCount, tag }) => [first, sectorCount, tag]);
}

describe('MediumEditor', () => {
  it('injects a fault over what was found, and leaves the medium as it is', () => {
    const layer = medium();
    const editor = new MediumEditor(layer);
    editor.inject([[9, 4]], { mode: 'dust' });
    assert.deepEqual(statesOf(editor), [
      [9, 1, injectedState(READABLE, DUST_TAG)],
      [10, 1, injectedState(stateOfStatus('-'), DUST_TAG)],
      [11, 1, injectedState(stateOfStatus('?'), DUST_TAG)],
    ]);
    assert.deepEqual([...layer.badSectors].length, 2);
  });

  it('changes only what is not so already', () => {
    const editor = new MediumEditor(medium());
    editor.inject([[12, 1]], { mode: 'dust' });
    editor.removeBad([[30, 5]]);
    assert.deepEqual(statesOf(editor), []);
    editor.inject([[12, 1]], { mode: 'error' });
    editor.inject([[12, 1]], { mode: 'dust' });
    assert.deepEqual(statesOf(editor), [[12, 1, injectedState(READABLE, DUST_TAG)]]);
    const healthy = new MediumEditor(new MediumErrors(new MemoryDevice(100)));
    healthy.clearAll();
    assert.deepEqual(statesOf(healthy), []);
  });

  it('takes the last of several faults, those of a list with their own', () => {
    const editor = new MediumEditor(medium());
    editor.inject([[20, 3]], { mode: 'error' });
    editor.injectAll(RangeSet.from([[21, 1, DUST_TAG]]));
    assert.deepEqual(statesOf(editor), [
      [20, 1, injectedState(READABLE, ERROR_TAG)],
      [21, 1, injectedState(READABLE, DUST_TAG)],
      [22, 1, injectedState(READABLE, ERROR_TAG)],
    ]);
  });

  it('clears all sectors, or takes back what was injected', () => {
    const all = new MediumEditor(medium());
    all.clearAll();
    assert.deepEqual(statesOf(all), [[0, 100, READABLE]]);
    const layer = medium();
    layer.inject([[10, 2]], { mode: 'dust' });
    layer.enabled = false;
    const injected = new MediumEditor(layer);
    injected.clearInjected();
    assert.deepEqual(statesOf(injected), [
      [10, 1, withFault(stateOfStatus('-'), ERROR_TAG)],
      [11, 1, stateOfStatus('?')],
      [12, 1, READABLE],
    ]);
    assert.deepEqual([all.enabled, injected.enabled], [true, true]);
  });

  it('takes bad sectors for good ones, but not for rescued ones', () => {
    const layer = medium();
    layer.inject([[11, 1]], { mode: 'error' });
    const editor = new MediumEditor(layer);
    editor.removeBad(layer.badSectors);
    assert.deepEqual(statesOf(editor), [
      [10, 1, READABLE],
      [11, 1, stateOfStatus('?')],
      [12, 1, READABLE],
    ]);
  });

  it('refuses sectors outside the device, and then has changed nothing (R12)', () => {
    const editor = new MediumEditor(medium());
    const outside = [
      [1, 1],
      [99, 2],
    ] as const;
    assert.throws(() => editor.inject(outside, { mode: 'error' }), { code: 'EINVAL' });
    assert.throws(() => editor.injectAll(RangeSet.from(outside)), { code: 'EINVAL' });
    editor.injectAll(new RangeSet());
    assert.deepEqual(statesOf(editor), []);
  });

  it('clears a part, whatever was found or injected there', () => {
    const layer = medium();
    const editor = new MediumEditor(layer);
    editor.clear([[11, 5]]);
    layer.apply(editor);
    assert.deepEqual([...layer.badSectors], [[10, 1]]);
    assert.equal(layer.notRescued.sectorCount, 0);
    assert.throws(() => new MediumEditor(layer).clear([[99, 2]]), { code: 'EINVAL' });
  });
});
