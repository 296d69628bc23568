import assert from 'node:assert/strict';
import { editableIn, placeInWords, selectedIn } from '../../../src/editor/changeTarget';
import type { EditorSession } from '../../../src/editor/session';

describe('sector editor: what a command changes', () => {
  it('is named as sectors, or as bytes where they are not whole', () => {
    assert.equal(placeInWords(512, 1024), 'sector 1');
    assert.equal(placeInWords(1024, 3072), 'sectors 2 to 5');
    assert.equal(placeInWords(1040, 1088), '48 bytes from sector 2 + 16 on');
    assert.equal(placeInWords(1024, 1025), '1 byte from sector 2 on');
  });

  it('is the selection, cut to the view, and refused with the reason where that is read-only', () => {
    const view = {
      id: 'main',
      label: 'Main',
      description: 'a.img',
      byteCount: 700,
      readOnlyReason: 'Edit it there.',
    };
    const session = {
      document: { source: { views: [view] } },
      selection: { view: 'main', start: 600, end: 1024 },
    };
    assert.deepEqual(selectedIn(session as unknown as EditorSession), { view, start: 600, end: 700 });
    assert.throws(() => editableIn(session as unknown as EditorSession), {
      code: 'EROFS',
      message: 'Edit it there.',
    });
    assert.throws(() => selectedIn({ ...session, selection: null } as unknown as EditorSession), {
      code: 'ENODEV',
    });
  });
});
