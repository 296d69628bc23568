import assert from 'node:assert/strict';
import type { DeviceEvent } from '../../../../src/engine/device/deviceContracts';
import { DeviceEvents } from '../../../../src/engine/device/deviceEvents';
import type { PoolEntry } from '../../../../src/engine/remap/poolEntry';
import { entry } from '../../../support/metadata/spares';

const remapped = (original: number): PoolEntry => ({ ...entry(original, 5000 + original), member: 0 });

describe('device events', () => {
  let told: DeviceEvent[];
  let events: DeviceEvents;
  const log = (): string[] => told.flatMap((event) => (event.kind === 'log' ? [event.text] : []));

  beforeEach(() => {
    told = [];
    events = new DeviceEvents('disk', (event) => told.push(event));
  });

  it('tell which sectors changed, and that the device did', () => {
    events.sectorsChanged([[7, 2]]);
    events.sectorsChanged();
    assert.deepEqual(told, [
      { kind: 'sectors', device: 'disk', sectors: [[7, 2]] },
      { kind: 'changed', device: 'disk' },
      { kind: 'sectors', device: 'disk' },
      { kind: 'changed', device: 'disk' },
    ]);
  });

  it('log each failing sector', () => {
    events.failed('read', [[7, 2]]);
    assert.deepEqual(log(), [
      'dm-remap: WARNING: I/O error detected on sector 7 (error=-5)',
      'dm-remap: WARNING: I/O error detected on sector 8 (error=-5)',
    ]);
  });

  it('log eight remaps of a commit one by one, and then how many there were', () => {
    events.remapped(Array.from({ length: 9 }, (_, i) => remapped(i)));
    assert.equal(log().length, 9);
    assert.equal(log()[0], 'dm-remap: Successfully remapped failed sector 0 -> 5000');
    assert.equal(log()[8], 'dm-remap: Remapped 9 sectors in one commit');
  });

  it('keep one reason for each cause, and drop those that a remap proves wrong', () => {
    events.spareFull([[7, 1]]);
    events.spareBroken([[7, 1]]);
    events.commitFailed(new Error('no room'));
    events.commitFailed('no power');
    events.spareLost(1, new Error('gone'));
    events.spareBehind(2);
    assert.deepEqual(
      events.reasons.map(({ text }) => text),
      [
        'the spare is full: sectors that fail from now on cannot be remapped',
        'the spare fails wherever it is written to: sectors that fail now cannot be remapped',
        'the remap table could not be written: no power',
        'spare 1 failed and is left out: gone',
        'spare 2 has no room left for the table of all remaps, which is on the other spares alone',
      ],
    );
    events.remapped([remapped(7)]);
    events.recover('full');
    assert.deepEqual(
      events.reasons.map(({ kind, text }) => [kind, text.slice(0, 7)]),
      [
        ['spare', 'spare 1'],
        ['spare', 'spare 2'],
      ],
    );
  });

  it('name what failed in the log', () => {
    events.spareSectorFailed(0, 1280);
    events.spareFull([[7, 1]]);
    events.spareLost(1, 'gone');
    assert.deepEqual(log(), [
      'dm-remap: WARNING: Spare sector 1280 failed, skipped',
      'dm-remap: ERROR: No spare sectors available for write-ahead remap of sector 7',
      'dm-remap: ERROR: Spare 1 failed and is left out: gone',
    ]);
  });
});
