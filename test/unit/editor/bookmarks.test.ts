import assert from 'node:assert/strict';
import { type Bookmark, Bookmarks } from '../../../src/editor/bookmarks';
import type { ViewId } from '../../../src/shared/protocol';
import { memento } from '../../support/devices/memento';

const mark = (
  byteOffset: number,
  name: string,
  view: ViewId = 'device',
  uri = 'file:///a.remap',
): Bookmark => ({
  uri,
  editor: 'remapInspector.sectorEditor',
  view,
  byteOffset,
  name,
});

/** Bookmarks of a workspace, some of each kind, made in no order. */
async function some() {
  const store = memento();
  const bookmarks = new Bookmarks(store);
  for (const each of [
    mark(9000, 'last'),
    mark(10, 'on main', 'main'),
    mark(512, 'first'),
    mark(600, 'elsewhere', 'device', 'file:///b.remap'),
  ]) {
    await bookmarks.add(each);
  }
  return { store, bookmarks };
}

describe('sector editor: bookmarks', () => {
  it('are kept by the workspace, by document, view and place', async () => {
    const { store } = await some();
    const names = new Bookmarks(store).all.map(({ name }) => name);
    assert.deepEqual(names, ['first', 'last', 'on main', 'elsewhere']);
    assert.deepEqual(new Bookmarks(memento()).all, []);
  });

  it('tell whose they are when they change, until one listens no more', async () => {
    const { bookmarks } = await some();
    const told: string[] = [];
    const listening = bookmarks.onDidChange((uri) => told.push(uri));
    await bookmarks.add(mark(1, 'new'));
    await bookmarks.remove(mark(600, 'elsewhere', 'device', 'file:///b.remap'));
    listening.dispose();
    await bookmarks.add(mark(2, 'untold'));
    assert.deepEqual(told, ['file:///a.remap', 'file:///b.remap']);
  });

  it('are one for each byte of a view, and removed one by one', async () => {
    const { bookmarks } = await some();
    await bookmarks.add(mark(512, 'first again'));
    assert.equal(bookmarks.at('file:///a.remap', { view: 'device', byteOffset: 512 })?.name, 'first again');
    assert.equal(bookmarks.at('file:///a.remap', { view: 'main', byteOffset: 512 }), undefined);
    await bookmarks.remove(mark(512, 'first again'));
    assert.equal(bookmarks.at('file:///a.remap', { view: 'device', byteOffset: 512 }), undefined);
    assert.equal(bookmarks.all.length, 3);
  });

  it('are gone through in the view, not past its ends', async () => {
    const { bookmarks } = await some();
    const from = (byteOffset: number, direction: 'next' | 'previous') =>
      bookmarks.next('file:///a.remap', { view: 'device', byteOffset }, direction)?.name;
    assert.deepEqual([from(0, 'next'), from(512, 'next'), from(9000, 'next')], ['first', 'last', undefined]);
    assert.deepEqual(
      [from(20_000, 'previous'), from(9000, 'previous'), from(512, 'previous')],
      ['last', 'first', undefined],
    );
  });

  it('are found by name in their document, in any case', async () => {
    const { bookmarks } = await some();
    await bookmarks.add(mark(7, 'LAST'));
    assert.equal(bookmarks.named('file:///a.remap', 'last').byteOffset, 9000);
    assert.equal(bookmarks.named('file:///a.remap', 'ON MAIN').view, 'main');
    assert.throws(() => bookmarks.named('file:///b.remap', 'last'), {
      code: 'ENOENT',
      message: 'No bookmark is named “last”. There are “elsewhere”.',
    });
    assert.throws(() => bookmarks.named('file:///c', 'x'), /This document has none/);
  });
});
