import assert from 'node:assert/strict';
import { CalmEvents } from '../../../src/devices/calmEvents';
import type { MachineEvent } from '../../../src/engine';

const sectors = (first: number): MachineEvent => ({ kind: 'sectors', device: 'disk', sectors: [[first, 1]] });
const changed: MachineEvent = { kind: 'changed', device: 'disk' };
const created: MachineEvent = { kind: 'created', device: 'disk' };

describe('calm events', () => {
  let sent: MachineEvent[];
  let events: CalmEvents;

  beforeEach(() => {
    sent = [];
    events = new CalmEvents((event) => sent.push(event));
  });

  it('are held for a moment, and a burst is sent as one', async () => {
    for (let i = 0; i < 1000; i++) {
      events.take(sectors(i));
      events.take(changed);
    }
    assert.deepEqual(sent, []);
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.deepEqual(sent, [{ kind: 'sectors', device: 'disk' }, changed]);
  });

  it('say which sectors changed when it was one event', () => {
    events.take(sectors(7));
    events.flush();
    assert.deepEqual(sent, [sectors(7)]);
  });

  it('are told apart by device, and sent before what happened after them', () => {
    events.take(sectors(7));
    events.take({ kind: 'changed', device: 'other' });
    events.take(created);
    assert.deepEqual(sent, [sectors(7), { kind: 'changed', device: 'other' }, created]);
    events.flush();
    assert.equal(sent.length, 3);
  });
});
