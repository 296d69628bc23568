import assert from 'node:assert/strict';
import { bookmarkWords, ViewBookmarks } from '../../../../media/editor/viewBookmarks';

describe('sector editor: bookmarks of a view', () => {
  const place = (view: 'device' | 'main', byteOffset: number, name: string) => ({ view, byteOffset, name });
  const all = [place('device', 700, 'two'), place('main', 5, 'other'), place('device', 3, 'one')];

  it('are those of its own, in order', () => {
    const bookmarks = new ViewBookmarks(all, 'device');
    assert.deepEqual(
      bookmarks.places.map(({ name }) => name),
      ['one', 'two'],
    );
    assert.equal(bookmarks.at(700)?.name, 'two');
    assert.equal(bookmarks.at(5), undefined);
    assert.deepEqual(
      [bookmarks.within(0, 700).length, bookmarks.within(0, 701).length, bookmarks.within(4, 600).length],
      [1, 2, 0],
    );
    assert.equal(new ViewBookmarks().at(3), undefined);
  });

  it('are said with their names', () => assert.equal(bookmarkWords(all[0]!), 'bookmark “two”'));
});
