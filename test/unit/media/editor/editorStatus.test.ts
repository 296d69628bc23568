import assert from 'node:assert/strict';
import { INITIAL_CURSOR, placedAt } from '../../../../media/editor/cursor';
import { cursorText, EditorStatus } from '../../../../media/editor/editorStatus';
import { FakeDom, fake } from '../../../support/media/fakeDom';

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
    const bookmark = { view: 'file', byteOffset: 1, name: 'boot' } as const;
    assert.match(cursorText(cursor, sector, 0x65, { bookmark }), / · bookmark “boot” · /);
    assert.match(cursorText(cursor, { ...sector, unreadable: 'EIO' }, null), /unreadable/);
    assert.match(
      cursorText(cursor, sector, 0x65, { sectorSize: 4096 }),
      /^Sector \d+ \+ \d+ \(of 4,096 bytes\) · byte/,
    );
  });

  it('says that there is nothing yet, or why', () => {
    const cursor = placedAt(INITIAL_CURSOR, 1);
    assert.equal(cursorText(cursor, { state: 'loading' }, null), 'Sector 0 + 1 · byte 0x1 · loading');
    assert.match(cursorText(cursor, { state: 'failed', message: 'gone' }, null), /not read$/);
  });
});

describe('sector editor: what is said of a change', () => {
  const page = new FakeDom();
  beforeEach(() => page.install());
  afterEach(() => page.uninstall());

  it('stays while the byte under the cursor changes, and goes when the cursor moves', () => {
    const status = new EditorStatus();
    const message = fake(status.root).all('.status-message')[0]!;
    const loading = { state: 'loading' } as const;
    status.show(INITIAL_CURSOR, loading, null);
    status.say('Filled sector 0 with zeros.');
    status.show(INITIAL_CURSOR, { state: 'failed', message: 'gone' }, null);
    assert.equal(message.textContent, 'Filled sector 0 with zeros.');
    status.show(placedAt(INITIAL_CURSOR, 1), loading, null);
    assert.equal(message.textContent, '');
  });
});
