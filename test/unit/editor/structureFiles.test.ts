import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describeError } from '../../../src/contract/errorSentences';
import { readStructureFolder } from '../../../src/editor/structureFiles';
import { tempFolder } from '../../support/tempFolder';

const LABEL = `{
  // Comments may stand here.
  "name": "Label",
  "byteCount": 64,
  "where": [{ "at": 0, "text": "LBL1" }],
  "fields": [
    { "at": 0, "name": "Magic", "type": "text", "byteCount": 4 },
    { "at": 4, "name": "Size", "type": "u32" },
  ],
}`;

describe('files that describe structures', () => {
  const folder = tempFolder();
  const write = (name: string, text: string) => writeFileSync(folder.path(name), text);
  const messages = async () =>
    (await readStructureFolder(folder.path('.'))).map(({ description, error }) =>
      description ? description.name : describeError(error).message,
    );

  it('are read in the order of their names; others in the folder are not', async () => {
    write('b.json', LABEL);
    write('a.json', LABEL.replace('Label', 'First'));
    write('notes.txt', 'no description');
    assert.deepEqual(await messages(), ['First', 'Label']);
    assert.deepEqual(await readStructureFolder(folder.path('missing')), []);
  });

  it('have errors that name the file, the line and what is wrong', async () => {
    write('a.json', LABEL.replace('"u32"', '"u33"'));
    write('b.json', '{ "name": ');
    write('c.json', '');
    mkdirSync(folder.path('d.json'));
    const [type, syntax, empty, isFolder] = await messages();
    assert.match(type!, /a\.json:8:40: must be one of u8, i8, /);
    assert.match(syntax!, /b\.json:1:11: syntax error: value expected/);
    assert.match(empty!, /c\.json:1:1: /);
    assert.match(isFolder!, /d\.json/);
  });

  it('can’t be large, deep or many', async () => {
    write('a.json', ' '.repeat(300_000));
    write('b.json', `{ "name": ${'['.repeat(100_000)}`);
    for (let i = 0; i < 70; i++) write(`x${i + 10}.json`, LABEL);
    const all = await messages();
    assert.match(all[0]!, /a\.json/);
    assert.match(all[1]!, /nested too deeply/);
    assert.equal(all.length, 65);
    assert.match(all[64]!, /at most 64 descriptions/);
  });
});
