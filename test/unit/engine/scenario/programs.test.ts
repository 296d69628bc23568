import assert from 'node:assert/strict';
import {
  endOf,
  outputOf,
  startProgram,
  stopProgram,
  verdictOf,
} from '../../../../src/engine/scenario/programs';
import { need } from '../../../support/needs';

describe('programs of a scenario', () => {
  before(function () {
    need(this, 'posixPrograms');
  });

  it('give what they print, and get what they read', async () => {
    assert.equal(await outputOf('cat', [], { input: 'text' }), 'text');
  });

  it('that fail are an error with what they complained of, and so are those that are missing', async () => {
    const failing = outputOf('sh', ['-c', 'echo first >&2; echo second >&2; exit 3']);
    await assert.rejects(failing, { code: 'EIO', message: 'sh -c ended with 3: first' });
    await assert.rejects(outputOf('no-such-program', []), /ended with null: spawn no-such-program ENOENT/);
  });

  it('say how it went in their first complaint, or in the last line that they printed', () => {
    assert.equal(verdictOf({ status: 1, stdout: 'a\nb\n', stderr: 'c\nd\n' }), 'c');
    assert.equal(verdictOf({ status: 0, stdout: 'a\nb\n\n', stderr: '' }), 'b');
    assert.equal(verdictOf({ status: 0, stdout: '', stderr: '' }), 'it said nothing');
  });

  it('end with those that they started', async () => {
    const running = startProgram('sh', ['-c', 'sleep 60 & echo $!; wait']);
    while (running.output.stdout === '') await new Promise((resolve) => setTimeout(resolve, 5));
    stopProgram(running);
    assert.equal((await running.end).status, null);
    stopProgram(running);
  });

  it('are ended when the scenario is cancelled', async () => {
    const controller = new AbortController();
    const running = endOf('sleep', ['60'], { signal: controller.signal });
    controller.abort();
    await assert.rejects(running, { code: 'ECANCELED' });
    await assert.rejects(endOf('true', [], { signal: controller.signal }), { code: 'ECANCELED' });
  });
});
