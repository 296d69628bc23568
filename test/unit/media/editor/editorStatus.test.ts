import assert from 'node:assert/strict';
import { INITIAL_CURSOR, placedAt } from '../../../../media/editor/cursor';
import { cursorText } from '../../../../media/editor/editorStatus';

describe('sector editor: the cursor in words', () => {
  it('says where it is and what is there, in one line', () => {
    const cursor = placedAt(INITIAL_CURSOR, 0x7d005);
    const sector = {
      state: 'ready',
      bytes: new Uint8Array(512),
      origin: { kind: 'spare', sector: 1300, view: 'spare' },
      originIndex: 0,
      unreadable: null,
      unsaved: [],
    } as const;
    assert.equal(
      cursorText(cursor, sector, 0x65),
      "Sector 1000 + 5 · byte 0x7D005 · 0x65 'e' · remapped: from spare sector 1300",
    );
    assert.match(cursorText(cursor, { ...sector, unreadable: 'EIO' }, null), /unreadable/);
  });

  it('says that there is nothing yet, or why', () => {
    const cursor = placedAt(INITIAL_CURSOR, 1);
    assert.equal(cursorText(cursor, { state: 'loading' }, null), 'Sector 0 + 1 · byte 0x1 · loading');
    assert.match(cursorText(cursor, { state: 'failed', message: 'gone' }, null), /not read$/);
  });
});
