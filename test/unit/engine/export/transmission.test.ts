import assert from 'node:assert/strict';
import type { DeviceExport } from '../../../../src/engine/export/deviceExport';
import { Inbox } from '../../../../src/engine/export/inbox';
import { ClientBudget, DEFAULT_LIMITS, SharedBudget } from '../../../../src/engine/export/limits';
import { Transmission } from '../../../../src/engine/export/transmission';
import { requestBytes } from '../../../support/export/rawClient';

const FLUSH = 3;

describe('a transmission', () => {
  it('tells all who wait for it that it is drained', () => {
    const device: Pick<DeviceExport, 'byteLength' | 'readOnly' | 'run' | 'noteFailure'> = {
      byteLength: 4096,
      readOnly: false,
      run: () => new Promise(() => undefined),
      noteFailure: () => undefined,
    };
    const sink = { isGone: false, send: (_parts: unknown, sent: () => void) => sent(), disconnectSoon() {} };
    const budget = new ClientBudget(new SharedBudget(DEFAULT_LIMITS));
    const agreement = { export: device as DeviceExport, structured: false, contexts: [] };
    const transmission = new Transmission(agreement, sink, budget);
    const inbox = new Inbox();
    inbox.push(requestBytes({ command: FLUSH }));
    assert.equal(transmission.step(inbox), 'more');
    const told: string[] = [];
    transmission.whenDrained(() => told.push('the end of the server'));
    transmission.whenDrained(() => told.push('the goodbye'));
    assert.deepEqual(told, []);
    transmission.giveUp();
    assert.deepEqual(told, ['the end of the server', 'the goodbye']);
  });
});
