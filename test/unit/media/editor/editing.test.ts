import assert from 'node:assert/strict';
import { Editing } from '../../../../media/editor/editing';
import { OpenView } from '../../../../media/editor/openView';
import { turn } from '../../../support/turns';

interface Rig {
  readonly open: OpenView;
  readonly editing: Editing;
  readonly edits: [byteOffset: number, bytes: string, merge: boolean][];
  readonly said: string[];
}

/** An editor of two sectors of zeros, the second of which can't be read. */
async function rig(readOnlyReason: string | null = null): Promise<Rig> {
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
  open.cache.want(0, 2, 1);
  await turn();
  const edits: Rig['edits'] = [];
  const said: string[] = [];
  const editing = new Editing({
    open: () => open,
    setCursor: (cursor) => {
      open.cursor = open.clamp(cursor);
    },
    sendEdit: (byteOffset, bytes, merge) =>
      edits.push([byteOffset, Buffer.from(bytes).toString('hex'), merge]),
    say: (message) => said.push(message),
  });
  return { open, editing, edits, said };
}

describe('sector editor: typing', () => {
  it('overwrites a byte digit by digit, as one step', async () => {
    const { open, editing, edits } = await rig();
    for (const digit of 'aB1') assert.equal(editing.type(digit), true);
    assert.deepEqual(edits, [
      [0, 'a0', false],
      [0, 'ab', true],
      [1, '10', false],
    ]);
    assert.equal(open.cursor.byteOffset, 1);
    assert.equal(open.cache.byte(0), 0xab);
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
      [0, '67', false],
      [1, 'c3a9', false],
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
    assert.deepEqual(edits, [[512, '00'.repeat(512), false]]);
  });

  it('pastes over the selection, in the way of the column', async () => {
    const { open, editing, edits, said } = await rig();
    open.cursor = { ...open.cursor, byteOffset: 9, anchor: 4 };
    editing.paste('de ad');
    open.cursor = { ...open.cursor, column: 'text', byteOffset: 0, anchor: 0 };
    editing.paste('de');
    assert.deepEqual(edits, [
      [4, 'dead', false],
      [0, '6465', false],
    ]);
    open.cursor = { ...open.cursor, column: 'hex', byteOffset: 1023, anchor: 1023 };
    editing.paste('de ad');
    editing.paste('no hex');
    assert.equal(edits.length, 2);
    assert.equal(said.length, 2);
  });

  it('says why nothing can be edited', async () => {
    const { editing, edits, said } = await rig('It is read-only.');
    editing.type('1');
    editing.paste('11');
    editing.overwriteSector(1);
    assert.deepEqual(edits, []);
    assert.deepEqual(said, Array(3).fill('It is read-only.'));
  });
});
