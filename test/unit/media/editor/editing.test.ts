import assert from 'node:assert/strict';
import { Editing } from '../../../../media/editor/editing';
import { OpenView } from '../../../../media/editor/openView';
import type { TextEncoding } from '../../../../media/editor/textCells';
import { turn } from '../../../support/turns';

interface Rig {
  readonly open: OpenView;
  readonly editing: Editing;
  readonly edits: [byteOffset: number, bytes: string][];
  readonly said: string[];
  /** How often the person was asked for the form of what is pasted. */
  readonly asked: () => number;
}

/** An editor of two sectors of zeros, the second of which can't be read. */
async function rig(readOnlyReason: string | null = null, textEncoding: TextEncoding = 'ascii'): Promise<Rig> {
  const open = new OpenView(
    { id: 'device', label: 'Device', description: '', byteCount: 1024, readOnlyReason },
    16,
    async (firstSector) => ({
      firstSector,
      bytes: new Uint8Array(1024),
      unreadable: [{ first: 1, count: 1, message: 'medium error' }],
      origins: [],
      unsaved: [],
    }),
    () => {},
  );
  open.cache.want([[0, 2]], 1);
  await turn();
  const edits: Rig['edits'] = [];
  const said: string[] = [];
  let asked = 0;
  const editing = new Editing({
    open: () => open,
    setCursor: (cursor) => {
      open.cursor = open.clamp(cursor);
    },
    textEncoding: () => textEncoding,
    sendEdit: (_open, byteOffset, bytes) => edits.push([byteOffset, Buffer.from(bytes).toString('hex')]),
    askForForm: () => {
      asked++;
    },
    say: (message) => said.push(message),
  });
  return { open, editing, edits, said, asked: () => asked };
}

describe('sector editor: typing', () => {
  it('sends a byte once both digits are typed, and shows the first one at once', async () => {
    const { open, editing, edits } = await rig();
    assert.equal(editing.type('a'), true);
    assert.deepEqual(edits, []);
    assert.equal(open.cache.byte(0), 0xa0);
    assert.equal(open.cursor.secondDigit, true);
    editing.type('B');
    assert.deepEqual(edits, [[0, 'ab']]);
    assert.deepEqual([open.cursor.byteOffset, open.cursor.secondDigit], [1, false]);
    assert.equal(open.cache.byte(0), 0xab);
  });

  it('writes a value at the cursor, which stays, and refuses one that goes over the end', async () => {
    const { open, editing, edits, said } = await rig();
    open.cursor = { ...open.cursor, byteOffset: 4, anchor: 9 };
    assert.equal(editing.writeAtCursor(Uint8Array.of(1, 2)), true);
    assert.deepEqual(edits, [[4, '0102']]);
    assert.deepEqual([open.cursor.byteOffset, open.cursor.anchor], [4, 9]);
    open.cursor = { ...open.cursor, byteOffset: 1023, anchor: 1023 };
    assert.equal(editing.writeAtCursor(Uint8Array.of(1, 2)), false);
    assert.match(said.join(), /2 bytes do not fit: 1 are left/);
    const { editing: refused, edits: none } = await rig('Read-only.');
    assert.equal(refused.writeAtCursor(Uint8Array.of(1)), false);
    assert.deepEqual(none, []);
  });

  it('sends a byte that is typed half when the person goes elsewhere, once', async () => {
    const { editing, edits } = await rig();
    editing.type('1');
    editing.endByte();
    editing.endByte();
    assert.deepEqual(edits, [[0, '10']]);
  });

  it('takes a single digit back, and begins with the first one again', async () => {
    const { open, editing, edits } = await rig();
    assert.equal(editing.takeDigitBack(), false);
    editing.type('1');
    assert.equal(editing.takeDigitBack(), true);
    assert.equal(open.cursor.secondDigit, false);
    editing.endByte();
    for (const digit of 'ff') editing.type(digit);
    assert.deepEqual(edits, [[0, 'ff']]);
  });

  it('begins at the start of the selection, whichever end the cursor is at', async () => {
    for (const ends of [
      { byteOffset: 4, anchor: 9 },
      { byteOffset: 9, anchor: 4 },
    ]) {
      const { open, editing, edits } = await rig();
      open.cursor = { ...open.cursor, ...ends };
      for (const digit of 'abcd') editing.type(digit);
      open.cursor = { ...open.cursor, ...ends, column: 'text' };
      editing.type('x');
      assert.deepEqual(edits, [
        [4, 'ab'],
        [5, 'cd'],
        [4, '78'],
      ]);
      assert.deepEqual([open.cursor.byteOffset, open.cursor.anchor], [5, 5]);
    }
  });

  it('does not guess the other half of a byte that is not read yet', async () => {
    const { open, editing, edits, said } = await rig();
    open.cache.dispose();
    editing.type('1');
    editing.endByte();
    assert.deepEqual(edits, []);
    assert.equal(said.length, 1);
  });

  it('leaves keys that are no digits alone', async () => {
    const { editing, edits } = await rig();
    assert.equal(editing.type('g'), false);
    assert.deepEqual(edits, []);
  });

  it('writes characters into the text column', async () => {
    const { open, editing, edits } = await rig();
    open.cursor = { ...open.cursor, column: 'text' };
    for (const character of 'gé') editing.type(character);
    assert.deepEqual(edits, [
      [0, '67'],
      [1, 'c3a9'],
    ]);
    assert.equal(open.cursor.byteOffset, 3);
  });

  it('stops at the end of a readable sector', async () => {
    const { open, editing, edits, said } = await rig();
    open.cursor = { ...open.cursor, byteOffset: 512, anchor: 512 };
    editing.type('1');
    assert.deepEqual(edits, []);
    assert.match(said[0] ?? '', /can’t be read/);
  });

  it('gives an unreadable sector zeros when asked to', async () => {
    const { editing, edits } = await rig();
    editing.overwriteSector(1);
    assert.deepEqual(edits, [[512, '00'.repeat(512)]]);
  });

  it('pastes over the selection, in the way of the column', async () => {
    const { open, editing, edits, said } = await rig();
    open.cursor = { ...open.cursor, byteOffset: 9, anchor: 4 };
    editing.paste(open, open.cursor, 'de ad');
    open.cursor = { ...open.cursor, column: 'text', byteOffset: 0, anchor: 0 };
    editing.paste(open, open.cursor, 'de');
    assert.deepEqual(edits, [
      [4, 'dead'],
      [0, '6465'],
    ]);
    open.cursor = { ...open.cursor, column: 'hex', byteOffset: 1023, anchor: 1023 };
    editing.paste(open, open.cursor, 'de ad');
    editing.paste(open, open.cursor, 'no hex');
    assert.equal(edits.length, 2);
    assert.equal(said.length, 2);
  });

  it('has the person asked where what is pasted may have several forms', async () => {
    const { open, editing, edits, said, asked } = await rig();
    editing.paste(open, open.cursor, 'Hello123');
    assert.deepEqual([edits, said, asked()], [[], [], 1]);
    editing.paste(open, open.cursor, '00000000: 41  A\n00000010: 41  A');
    assert.match(said[0]!, /Line 2 of the dump/);
    assert.deepEqual([edits, asked()], [[], 1]);
  });

  it('pastes over all of a sector that can not be read, not over a part of it', async () => {
    const { open, editing, edits, said } = await rig();
    editing.paste(open, { ...open.cursor, byteOffset: 512, anchor: 512 }, '5a'.repeat(511));
    assert.deepEqual(edits, []);
    assert.match(said[0]!, /can’t be read: overwrite all of it/);
    editing.paste(open, { ...open.cursor, byteOffset: 510, anchor: 510 }, '5a'.repeat(514));
    assert.deepEqual(edits, [[510, '5a'.repeat(514)]]);
  });

  it('takes text in the encoding of the text column, and says what that can not express', async () => {
    const { open, editing, edits, said } = await rig(null, 'latin1');
    open.cursor = { ...open.cursor, column: 'text' };
    editing.type('é');
    editing.type('€');
    editing.paste(open, open.cursor, 'ü');
    editing.paste(open, open.cursor, 'ü€');
    assert.deepEqual(edits, [
      [0, 'e9'],
      [1, 'fc'],
    ]);
    assert.equal(said.length, 2);
    assert.match(said[0]!, /Latin-1/);
  });

  it('says why nothing can be edited', async () => {
    const { open, editing, edits, said } = await rig('It is read-only.');
    editing.type('1');
    editing.paste(open, open.cursor, '11');
    editing.overwriteSector(1);
    assert.deepEqual(edits, []);
    assert.deepEqual(said, Array(3).fill('It is read-only.'));
  });
});
