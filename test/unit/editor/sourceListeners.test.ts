import assert from 'node:assert/strict';
import type { SourceChange } from '../../../src/editor/sectorSource';
import { SourceListeners } from '../../../src/editor/sourceListeners';

const SECTORS: SourceChange = { kind: 'sectors', view: null, ranges: null };
const GONE: SourceChange = { kind: 'gone', error: new Error('the device is gone') };

describe('sector editor: changes of a source', () => {
  it('tells listeners, and not those that have stopped listening', () => {
    const changes = new SourceListeners();
    const heard: SourceChange[] = [];
    const stop = changes.listen((change) => heard.push(change));
    changes.fire(SECTORS);
    stop();
    changes.fire(SECTORS);
    assert.deepEqual(heard, [SECTORS]);
  });

  it('tells a listener that comes late that the source is gone', async () => {
    const changes = new SourceListeners();
    changes.fire(SECTORS);
    changes.fire(GONE);
    const heard: SourceChange[] = [];
    changes.listen((change) => heard.push(change));
    const stop = changes.listen(() => assert.fail('has stopped listening'));
    stop();
    await Promise.resolve();
    assert.deepEqual(heard, [GONE]);
  });
});
