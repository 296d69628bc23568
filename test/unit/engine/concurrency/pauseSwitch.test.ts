import assert from 'node:assert/strict';
import { PauseSwitch } from '../../../../src/engine/concurrency/pauseSwitch';
import { isPending } from '../../../support/turns';

describe('PauseSwitch', () => {
  it('lets work run until it is paused', async () => {
    const pause = new PauseSwitch();
    assert.equal(pause.isPaused, false);
    await pause.whenRunning();
  });

  it('holds work that asks while it is paused, until it is resumed', async () => {
    const pause = new PauseSwitch();
    pause.pause();
    pause.pause();
    assert.equal(pause.isPaused, true);
    const running = pause.whenRunning();
    assert.ok(await isPending(running));
    pause.resume();
    await running;
    assert.equal(pause.isPaused, false);
  });

  it('goes on holding work when it is paused again at once', async () => {
    const pause = new PauseSwitch();
    pause.pause();
    const running = pause.whenRunning();
    pause.resume();
    pause.pause();
    assert.ok(await isPending(running));
    pause.resume();
    await running;
  });
});
