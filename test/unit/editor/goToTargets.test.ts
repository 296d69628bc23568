import assert from 'node:assert/strict';
import { Bookmarks } from '../../../src/editor/bookmarks';
import { locate } from '../../../src/editor/goToTargets';
import type { GoToTarget, ViewId } from '../../../src/shared/protocol';
import { memento } from '../../support/devices/memento';

const uri = 'file:///a.remap';

async function rig() {
  const bookmarks = new Bookmarks(memento());
  await bookmarks.add({ uri, editor: 'e', view: 'spare', byteOffset: 77, name: 'copy 0' });
  const originals = [4, 1000];
  const source = {
    markers: () => [5, 2000],
    remapAt: (index: number) => ({ sector: originals[index], total: originals.length }),
  };
  return (view: ViewId, target: GoToTarget, without = false) => {
    const empty = { markers: () => [], remapAt: () => ({ sector: undefined, total: 0 }) };
    return locate({ uri, bookmarks, source: without ? empty : source }, view, target);
  };
}

describe('sector editor: targets to go to', () => {
  it('are bookmarks by name, in the view that has them', async () => {
    const find = await rig();
    assert.deepEqual(find('device', { kind: 'bookmark', name: 'Copy 0' }), { view: 'spare', byteOffset: 77 });
    assert.throws(() => find('device', { kind: 'bookmark', name: 'x' }), { code: 'ENOENT' });
  });

  it('are markers and remap entries by number, in the device or, if that is shown, main', async () => {
    const find = await rig();
    for (const [kind, sector] of [
      ['marker', 2000],
      ['remap', 1000],
    ] as const) {
      const at = (view: ViewId) => find(view, { kind, number: 2 });
      assert.deepEqual(at('device'), { view: 'device', byteOffset: sector * 512 });
      assert.deepEqual(at('main'), { view: 'main', byteOffset: sector * 512 });
      assert.deepEqual(at('spare1'), { view: 'device', byteOffset: sector * 512 });
    }
  });

  it('are none beyond the last, or where there are none', async () => {
    const find = await rig();
    assert.throws(
      () => find('device', { kind: 'marker', number: 3 }),
      /^RemapError: The last marker is 2\.$/,
    );
    assert.throws(() => find('device', { kind: 'remap', number: 3 }), /The last remap entry is 2\./);
    assert.throws(() => find('file', { kind: 'remap', number: 1 }, true), /There is no remap entry here\./);
  });
});
