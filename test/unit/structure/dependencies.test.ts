import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { circlesOf, filesIn, type Import, importsOf, withoutEnding } from '../../support/structure/sources';

const LINE_LIMIT = 400;

/** The engine's rooms from the bottom: a room imports rooms before it, and itself. */
const FLOORS = [
  'errors',
  'outside',
  'concurrency',
  'block',
  'dmsetup',
  'mapfile',
  'metadata',
  'remap',
  'marker',
  'volume',
  'device',
  'machine',
  'export',
  'scenario',
  'index',
];

const ENGINE = 'src/engine/index';
const FEATURE_NEEDS = ['src/frame', 'src/devices', 'src/contract', ENGINE, 'src/manifest'];
const FEATURES = ['src/commands', 'src/views', 'src/editor', 'src/testing'];

/** What each room outside the engine may import besides itself and Node. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/extension': [...FEATURES, ...FEATURE_NEEDS, 'vscode'],
  'src/commands': [...FEATURE_NEEDS, 'vscode'],
  'src/views': [...FEATURE_NEEDS, 'vscode'],
  'src/editor': [...FEATURE_NEEDS, 'src/shared', 'src/structure', 'vscode'],
  'src/testing': [...FEATURE_NEEDS, 'vscode'],
  'src/frame': ['src/devices', 'src/contract', ENGINE, 'src/manifest', 'vscode'],
  'src/devices': ['src/contract', ENGINE, 'src/manifest', 'vscode'],
  'src/contract': [ENGINE, 'jsonc-parser'],
  'src/cli': ['src/contract', ENGINE, 'package.json'],
  'src/manifest': [],
  'src/shared': [],
  'src/structure': [ENGINE],
  'media/editor': ['src/shared'],
};

const files = [...filesIn('src'), ...filesIn('media')];
const imports = importsOf(files);
const isIn = (path: string, room: string) => path === room || path.startsWith(`${room}/`);

function assertNone(wrong: readonly Import[], message: string): void {
  assert.deepEqual(
    wrong.map(({ file, target }) => `${file} -> ${target}`),
    [],
    message,
  );
}

function floorOf(path: string): number {
  return FLOORS.indexOf(path.split('/')[2]!);
}

describe('The dependencies of the sources', () => {
  it('are all found', () => {
    const relative = imports.filter(({ target }) => target.startsWith('src/') || target.startsWith('media/'));
    assert.ok(relative.length > 1000, `only ${relative.length} imports were found`);
    const known = new Set(files.map(withoutEnding));
    assertNone(
      relative.filter(({ target }) => !known.has(target)),
      'these imports lead to no source',
    );
  });

  it('the engine has these rooms and no other', () => {
    const rooms = files
      .filter((file) => isIn(file, 'src/engine'))
      .map((file) => withoutEnding(file).split('/')[2]!);
    assert.deepEqual([...new Set(rooms)].sort(), [...FLOORS].sort());
  });

  it('a room of the engine imports only rooms below it', () => {
    assertNone(
      imports.filter(({ file, target }) => {
        if (!isIn(file, 'src/engine') || !isIn(target, 'src/engine')) return false;
        return floorOf(target) > floorOf(withoutEnding(file));
      }),
      'these imports go up',
    );
  });

  it('the engine needs nothing but Node', () => {
    assertNone(
      imports.filter(
        ({ file, target }) =>
          isIn(file, 'src/engine') && !isIn(target, 'src/engine') && !target.startsWith('node:'),
      ),
      'the engine knows nothing of the extension, nor of packages',
    );
  });

  it('the engine reaches file systems and the computer through two doors', () => {
    const outside = ['node:fs', 'node:fs/promises', 'node:os'];
    assertNone(
      imports.filter(
        ({ file, target }) =>
          isIn(file, 'src/engine') && !isIn(file, 'src/engine/outside') && outside.includes(target),
      ),
      'ask `doors.files` or `doors.host`: a test puts another file system or computer there',
    );
    const asking = files.filter(
      (file) =>
        isIn(file, 'src/engine') &&
        !isIn(file, 'src/engine/outside') &&
        /\bprocess\.(?:platform|pid|kill\((?!-))/.test(readFileSync(file, 'utf8')),
    );
    assert.deepEqual(asking, [], 'ask `doors.host`');
  });

  for (const [room, allowed] of Object.entries(ROOMS)) {
    const names =
      allowed.length === 0 ? 'nothing' : allowed.map((name) => name.replace('src/', '')).join(', ');
    it(`${room} imports ${names}`, () => {
      assertNone(
        imports.filter(({ file, target }) => {
          if (!isIn(withoutEnding(file), room) || isIn(target, room) || target.startsWith('node:'))
            return false;
          return !allowed.some((other) => isIn(target, other));
        }),
        `${room} may import itself, Node and ${names}`,
      );
    });
  }

  it('every source belongs to a room', () => {
    const rooms = ['src/engine', ...Object.keys(ROOMS)];
    const homeless = files.filter((file) => !rooms.some((room) => isIn(withoutEnding(file), room)));
    assert.deepEqual(
      homeless,
      [],
      'add the room and what it may import to this test, and to ARCHITECTURE.md',
    );
  });

  it('no import closes a circle', () => {
    const edges = new Map<string, string[]>(files.map((file) => [withoutEnding(file), []]));
    for (const { file, target } of imports) edges.get(withoutEnding(file))!.push(target);
    assert.deepEqual(circlesOf(edges), [], 'the files of each list import one another');
  });

  it(`no source has more than ${LINE_LIMIT} lines`, () => {
    const long = [...files, ...filesIn('media', ['.css'])]
      .map((file) => ({ file, lines: readFileSync(file, 'utf8').trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > LINE_LIMIT);
    assert.deepEqual(long, [], 'split them');
  });
});
