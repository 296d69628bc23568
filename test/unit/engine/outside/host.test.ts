import assert from 'node:assert/strict';
import { nodeHost } from '../../../../src/engine/outside/host';
import { isHere } from '../../../support/needs';

describe('the computer that we run on', () => {
  it('knows when a process was started by /proc, and elsewhere not at all, whatever is called so there', async () => {
    const state = nodeHost.process(process.pid);
    assert.equal(state?.running, true);
    assert.equal(state.startTime !== null, isHere('proc'));
    assert.equal(nodeHost.pidNamespace() !== null, isHere('proc'));
    if (process.platform === 'win32') assert.equal(await nodeHost.bootId(), null);
  });

  it('has no process with a number that none has', () => {
    assert.equal(nodeHost.process(2 ** 22 + 1), undefined);
  });
});
