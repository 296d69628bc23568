import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { DEFAULT_MARKERS, markersFor } from '../../../src/contract/deviceContent';
import {
  deviceNameOf,
  editFlakey,
  editMap,
  editSpares,
  formatDeviceFile,
  isDeviceFile,
  parseDeviceFile,
  pathInDeviceFile,
  readDeviceFileText,
  stageDeviceFile,
} from '../../../src/contract/deviceFile';
import { RemapError } from '../../../src/engine';
import { failFolderSync } from '../../support/outside/failFolderSync';
import { assertFailsWith } from '../../support/remap/remapErrors';
import { tempFolder } from '../../support/tempFolder';

const folder = resolve('/disks');
const path = join(folder, 'disk.remap');
const parse = (text: string) => parseDeviceFile(text, path);

function failure(text: string): RemapError {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof RemapError);
    return error;
  }
  return assert.fail(`${text} was accepted`);
}

describe('device file', () => {
  const temporary = tempFolder();

  it('reads a file with every member', () => {
    const parsed = parse(`{
      "main": "main.img",
      "spare": "spare.img",
      // dm-flakey between dm-remap and the main image
      "flakey": "0 1 1 error_reads",
      "markers": { "sectors": [1000, 2000], "text": "test_data_{sector}" }
    }`);
    assert.deepEqual(parsed, {
      main: join(folder, 'main.img'),
      spares: [join(folder, 'spare.img')],
      flakey: '0 1 1 error_reads',
      markers: { sectors: [1000, 2000], text: 'test_data_{sector}' },
    });
  });

  it('needs only main and spare, and takes several spares', () => {
    const parsed = parse('{ "main": "sub/main.img", "spare": ["a.img", "../b.img"], }');
    assert.equal(parsed.main, join(folder, 'sub', 'main.img'));
    assert.deepEqual(parsed.spares, [join(folder, 'a.img'), resolve('/b.img')]);
    assert.equal(parsed.flakey, null);
    assert.equal(parsed.markers, null);
  });

  it('leaves unknown keys to the schema', () => {
    assert.equal(parse('{ "main": "m", "spare": "s", "colour": 1 }').main, join(folder, 'm'));
  });

  it('takes what markers leave out from the usual ones', () => {
    assert.deepEqual(parse('{ "main": "m", "spare": "s", "markers": { "sectors": [7] } }').markers, {
      sectors: [7],
      text: DEFAULT_MARKERS.text,
    });
  });

  it('names file, line and column of a syntax error', () => {
    const error = failure('{\n  "main": "main.img"\n  "spare": "spare.img"\n}');
    assert.equal(error.code, 'EINVAL');
    assert.equal(error.message, `${path}:3:3: syntax error: comma expected`);
    assert.deepEqual([error.details.path, error.details.line, error.details.column], [path, 3, 3]);
  });

  for (const [text, position, says] of [
    ['', '1:1', /value expected/],
    ['[]', '1:1', /one object/],
    ['{ "spare": "s" }', '1:1', /"main" is missing/],
    ['{ "main": "m" }', '1:1', /"spare" is missing/],
    ['{ "main": 5, "spare": "s" }', '1:11', /"main" must be the path/],
    ['{ "main": "m", "spare": [] }', '1:25', /at least one/],
    ['{ "main": "m",\r\n "spare": ["s", ""] }', '2:17', /"spare" must be the path/],
    ['{ "main": "m", "spare": "s", "flakey": 1 }', '1:40', /"flakey" must be a string/],
    ['{ "main": "m", "spare": "s", "markers": 1 }', '1:41', /"markers" must be an object/],
    ['{ "main": "m", "spare": "s", "markers": { "sectors": [1, -2] } }', '1:58', /whole number/],
    ['{ "main": "m", "spare": "s", "markers": { "sectors": [1.5] } }', '1:55', /whole number/],
    ['{ "main": "m", "spare": "s", "markers": { "text": 1 } }', '1:51', /"text" must be/],
  ] as const) {
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      const { message } = failure(text);
      assert.ok(message.startsWith(`${path}:${position}: `), message);
      assert.match(message, says);
    });
  }

  it('is read over a byte order mark, and refused as UTF-16', async () => {
    const file = temporary.path('disk.remap');
    const text = '{ "main": "m", "spare": "s" }';
    await writeFile(file, `\ufeff${text}`);
    assert.equal(await readDeviceFileText(file), text);
    await stageDeviceFile(file, (found) => found.replace('"m"', '"new"')).then((staged) => staged.commit());
    assert.match(await readFile(file, 'utf8'), /^\{ "main": "new"/);
    await writeFile(file, Buffer.from(`\ufeff${text}`, 'utf16le'));
    await assert.rejects(readDeviceFileText(file), /is UTF-16 text: save it as UTF-8/);
  });

  it('has its old text again where the folder of the new one can not be flushed', async () => {
    const file = temporary.path('disk.remap');
    await writeFile(file, '{ "main": "old", "spare": "s" }');
    const staged = await stageDeviceFile(file, (found) => found.replace('old', 'new'));
    failFolderSync(temporary.path());
    await assertFailsWith(
      staged.commit(),
      'EIO',
      /disk\.remap was replaced, but its folder can't be flushed/,
    );
    assert.equal(await readFile(file, 'utf8'), '{ "main": "old", "spare": "s" }');
  });

  it('is none beside it that macOS made', () => {
    assert.ok(isDeviceFile('/x/disk.remap') && isDeviceFile('/x/.disk.REMAP'));
    assert.ok(!isDeviceFile('/x/._disk.remap') && !isDeviceFile('/x/disk.img'));
  });

  it('reads back what it writes', () => {
    const name = fc
      .string({ minLength: 1 })
      .filter((text) => text.trim() === text && !/[\0\\/:]/.test(text) && !/^\.*$/.test(text));
    const content = fc.record(
      {
        main: name,
        spare: fc.oneof(name, fc.array(name, { minLength: 1, maxLength: 3 })),
        flakey: fc.constantFrom('0 1 1 error_reads', '5 2'),
        markers: fc.record({ sectors: fc.array(fc.nat()), text: fc.string() }, { noNullPrototype: true }),
      },
      { requiredKeys: ['main', 'spare'] },
    );
    fc.assert(
      fc.property(content, (written) => {
        const read = parse(formatDeviceFile(written));
        assert.equal(read.main, join(folder, written.main));
        assert.deepEqual(
          read.spares,
          [written.spare].flat().map((spare) => join(folder, spare)),
        );
        assert.equal(read.flakey, written.flakey ?? null);
        assert.deepEqual(read.markers, written.markers ?? null);
      }),
    );
  });

  it('fails with file, line and column for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof RemapError && /:\d+:\d+: /.test(error.message), String(error));
        }
      }),
    );
  });

  it('knows names and paths', () => {
    assert.equal(deviceNameOf('/a/b.c/disk.one.remap'), 'disk.one');
    assert.equal(deviceNameOf('/a/main.img'), 'main');
    assert.ok(isDeviceFile('/a/DISK.REMAP'));
    assert.ok(!isDeviceFile('/a/disk.remap.img'));
    assert.equal(pathInDeviceFile(path, join(folder, 'sub', 'x.img')), 'sub/x.img');
  });

  it('keeps the usual markers inside a small device', () => {
    assert.deepEqual(markersFor(null, 2048).sectors, [1000, 2000]);
    assert.deepEqual(markersFor({ sectors: [9999], text: 'x' }, 2048).sectors, [9999]);
  });

  it('keeps its comments when it gets another spare, and names all spares', () => {
    const text =
      '{\n  // the old disk\n  "main": "main.img",\n  "spare": "a.img",\n  "flakey": "0 1 1 error_reads"\n}\n';
    const edited = editSpares(text, ['a.img', 'b.img']);
    assert.ok(edited.includes('// the old disk'));
    const { spares, flakey } = parse(edited);
    assert.deepEqual([spares, flakey], [[join(folder, 'a.img'), join(folder, 'b.img')], '0 1 1 error_reads']);
    const third = editSpares('{ "main": "m", "spare": ["a", "b"] }', ['a', 'b', 'c']);
    assert.deepEqual(parse(third).spares.length, 3);
  });

  it('gets a map, and keeps everything else', () => {
    const text = '{\n  // the old disk\n  "main": "m.img",\n  "spare": "s.img"\n}\n';
    const edited = editMap(text, 'm.log');
    assert.ok(edited.includes('// the old disk'));
    assert.equal(parse(edited).map, join(folder, 'm.log'));
    assert.equal(parse(editMap(edited, 'm.mapfile')).map, join(folder, 'm.mapfile'));
  });

  it('gets a flakey layer and loses it, and keeps everything else', () => {
    const text = '{\n  // the old disk\n  "main": "m.img",\n  "spare": "s.img"\n}\n';
    const edited = editFlakey(text, '0 1 1 error_reads');
    assert.ok(edited.includes('// the old disk'));
    assert.equal(parse(edited).flakey, '0 1 1 error_reads');
    assert.equal(editFlakey(edited, null), text);
  });
});
