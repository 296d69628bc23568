import assert from 'node:assert/strict';
import { PendingRequests } from '../../../src/editor/pendingRequests';
import { RemapError } from '../../../src/engine';
import type { Request, ToPage } from '../../../src/shared/protocol';

const SEEK: Request = { kind: 'seek', view: 'device', landmark: 'bad', fromSector: 3, direction: 'next' };

function rig() {
  const sent: ToPage[] = [];
  const answers: ((result: number) => void)[] = [];
  const signals: AbortSignal[] = [];
  const requests = new PendingRequests(
    (_request, { signal }) => {
      signals.push(signal);
      return new Promise((resolve) => answers.push(resolve));
    },
    (message) => sent.push(message),
  );
  return { requests, sent, answers, signals };
}

describe('sector editor: pending requests', () => {
  it('answers each, in any order', async () => {
    const { requests, sent, answers } = rig();
    const both = [requests.take(1, SEEK), requests.take(2, SEEK)];
    answers[1]!(20);
    answers[0]!(10);
    await Promise.all(both);
    assert.deepEqual(sent, [
      { type: 'answer', id: 2, result: 20 },
      { type: 'answer', id: 1, result: 10 },
    ]);
  });

  it('answers nothing to a page that did not ask', async () => {
    const { requests, sent, answers, signals } = rig();
    const old = requests.take(1, SEEK);
    requests.drop();
    assert.ok(signals[0]!.aborted);
    const fresh = requests.take(1, SEEK);
    answers[0]!(10);
    await old;
    assert.deepEqual(sent, []);
    answers[1]!(20);
    await fresh;
    assert.deepEqual(sent, [{ type: 'answer', id: 1, result: 20 }]);
  });

  it('tells why a request was refused', async () => {
    const sent: ToPage[] = [];
    const refuse = () => Promise.reject(new RemapError('ENODEV', 'gone'));
    await new PendingRequests(refuse, (message) => sent.push(message)).take(7, SEEK);
    assert.deepEqual(sent, [{ type: 'rejected', id: 7, message: 'gone' }]);
  });

  it('gives up what is not wanted any more', () => {
    const { requests, signals } = rig();
    void requests.take(1, SEEK);
    requests.cancel(1);
    requests.cancel(2);
    assert.ok(signals[0]!.aborted);
  });
});
