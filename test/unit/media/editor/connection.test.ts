import assert from 'node:assert/strict';
import { Connection, type ExtensionEvent } from '../../../../media/editor/connection';
import type { ToExtension } from '../../../../src/shared/protocol';

function rig() {
  const sent: ToExtension[] = [];
  const events: ExtensionEvent[] = [];
  const connection = new Connection(
    (message) => sent.push(message),
    (event) => events.push(event),
  );
  const idOf = (index: number): number => {
    const message = sent[index];
    return message?.type === 'request' ? message.id : -1;
  };
  return { connection, sent, events, idOf };
}

const failureOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: Error) => error.message,
  );

const SEEK = { view: 'device', landmark: 'bad', fromSector: 3, direction: 'next' } as const;

describe('sector editor: connection', () => {
  it('gives each answer to its own request', async () => {
    const { connection, idOf } = rig();
    const first = connection.request('seek', SEEK);
    const second = connection.request('seek', SEEK);
    connection.receive({ type: 'answer', id: idOf(1), result: 22 });
    connection.receive({ type: 'answer', id: idOf(0), result: null });
    assert.deepEqual(await Promise.all([first, second]), [null, 22]);
  });

  it('rejects with the words of the extension', async () => {
    const { connection, idOf } = rig();
    const request = connection.request('seek', SEEK);
    connection.receive({ type: 'rejected', id: idOf(0), message: 'gone' });
    assert.equal(await failureOf(request), 'gone');
  });

  it('rejects an answer of the wrong form instead of waiting on', async () => {
    const { connection, idOf } = rig();
    const request = connection.request('seek', SEEK);
    connection.receive({ type: 'answer', id: idOf(0), result: 'soon' });
    assert.match(await failureOf(request), /could not be understood/);
  });

  it('tells the extension what was given up, and ignores its late answer', async () => {
    const { connection, sent, idOf } = rig();
    const controller = new AbortController();
    const request = connection.request('seek', SEEK, controller);
    controller.abort();
    assert.equal(await failureOf(request), 'The request was given up.');
    assert.deepEqual(sent[1], { type: 'cancel', id: idOf(0) });
    connection.receive({ type: 'answer', id: idOf(0), result: 1 });
    controller.abort();
    assert.equal(sent.length, 2);
  });

  it('asks nothing for a signal that is aborted already', async () => {
    const { connection, sent } = rig();
    assert.equal(
      await failureOf(connection.request('seek', SEEK, { signal: AbortSignal.abort() })),
      'The request was given up.',
    );
    assert.equal(sent.length, 0);
  });

  it('rejects all that is open when it is disposed', async () => {
    const { connection } = rig();
    const failures = [connection.request('seek', SEEK), connection.request('seek', SEEK)].map(failureOf);
    connection.dispose();
    assert.deepEqual(await Promise.all(failures), ['The editor closed.', 'The editor closed.']);
  });

  it('passes on progress and events, and nothing of another form', () => {
    const { connection, events, idOf } = rig();
    const progress: unknown[][] = [];
    connection.request('seek', SEEK, { onProgress: (...told) => progress.push(told) }).catch(() => {});
    const found = [{ byteOffset: 3, byteCount: 1 }];
    connection.receive({ type: 'progress', id: idOf(0), doneBytes: 5, totalBytes: 10, found });
    connection.receive({ type: 'changed', view: null, ranges: [[1, 2]] });
    for (const bad of [
      null,
      5,
      'x',
      {},
      { type: 'changed' },
      { type: 'changed', view: null, ranges: [[-1, 2]] },
    ]) {
      connection.receive(bad);
    }
    assert.deepEqual(progress, [[5, 10, found]]);
    assert.deepEqual(events, [{ type: 'changed', view: null, ranges: [[1, 2]] }]);
  });
});
