import assert from 'node:assert/strict';
import {
  isInFolder,
  isSamePath,
  linuxPaths,
  macPaths,
  PathMap,
  type PathRules,
  pathKey,
  pathOfText,
  windowsPaths,
} from '../../../src/contract/pathKey';

const SYSTEMS = { windows: windowsPaths, macOS: macPaths, linux: linuxPaths };

/** Spellings of one path, by the systems that take them for one; of two paths on the others. */
const SAME: readonly (readonly [systems: readonly (keyof typeof SYSTEMS)[], a: string, b: string])[] = [
  [['windows', 'macOS'], 'C:\\disks\\a.img', 'c:\\disks\\a.img'],
  [['windows'], 'C:\\disks\\a.img', 'C:/disks/a.img'],
  [['windows'], 'C:\\disks\\a.img', 'C:\\disks\\.\\x\\..\\A.IMG'],
  [['windows'], 'C:\\disks\\a.img', '\\\\?\\C:\\disks\\a.img'],
  [['windows'], 'C:\\disks\\', 'c:\\disks'],
  [['windows'], '\\\\server\\share\\a.img', '//SERVER/Share/a.img'],
  [['windows'], '\\\\server\\share\\a.img', '\\\\?\\UNC\\server\\share\\a.img'],
  [['windows'], '\\\\wsl.localhost\\Ubuntu\\home\\a.img', '//wsl.localhost/ubuntu/home/a.img'],
  [['windows', 'macOS'], '/disks/Größe.img', '/disks/GRÖßE.IMG'],
  [['windows', 'macOS'], '/disks/Gro\u0308\u00dfe.img', '/disks/Gr\u00f6\u00dfe.img'],
  [['windows', 'macOS', 'linux'], '/disks/a.img', '/disks//x/../a.img'],
  [['windows', 'macOS', 'linux'], '/disks', '/disks/'],
  [['windows', 'macOS', 'linux'], '/', '/'],
];

/** Paths of two files everywhere. */
const OTHER = [
  ['C:\\a.img', 'D:\\a.img'],
  ['\\\\server\\share\\a.img', '\\\\server\\other\\a.img'],
  ['/disks/a.img', '/disks/b.img'],
  ['/disks/a.img', '/disks/a.img.map'],
  ['/disks/a', '/disks/a '],
] as const;

describe('pathKey', () => {
  for (const [systems, a, b] of SAME) {
    it(`is one for ${a} and ${b} on ${systems.join(', ')} alone`, () => {
      for (const [name, rules] of Object.entries(SYSTEMS)) {
        assert.equal(isSamePath(a, b, rules), systems.includes(name as keyof typeof SYSTEMS), name);
        assert.equal(pathKey(pathKey(a, rules), rules), pathKey(a, rules));
      }
    });
  }

  it('is another for another file', () => {
    for (const rules of Object.values(SYSTEMS)) {
      for (const [a, b] of OTHER) assert.ok(!isSamePath(a, b, rules), `${a} ${b}`);
    }
  });

  it('tells what is in a folder from what begins alike', () => {
    const table: readonly (readonly [PathRules, string, string, boolean])[] = [
      [windowsPaths, 'c:\\Work\\a.img', 'C:\\work', true],
      [windowsPaths, 'c:/work/a.img', 'C:\\work\\', true],
      [windowsPaths, 'c:\\workshop\\a.img', 'C:\\work', false],
      [windowsPaths, 'c:\\a.img', 'C:\\', true],
      [windowsPaths, '\\\\Server\\share\\x\\a', '\\\\server\\Share', true],
      [macPaths, '/Work/a.img', '/work', true],
      [linuxPaths, '/Work/a.img', '/work', false],
      [linuxPaths, '/work/../a.img', '/work', false],
      [linuxPaths, '/a.img', '/', true],
      [linuxPaths, '/work', '/work', false],
    ];
    for (const [rules, file, folder, is] of table) assert.equal(isInFolder(file, folder, rules), is, file);
  });

  it('is that of a file: URI in each spelling', () => {
    const windows = [
      'file:///C:/my%20disks/a.img',
      'file:///c%3A/my%20disks/a.img',
      'FILE:/c:/my disks/a.img',
    ];
    for (const text of windows) {
      assert.ok(isSamePath(pathOfText(text, windowsPaths), 'C:\\my disks\\a.img', windowsPaths), text);
    }
    assert.equal(pathOfText('file://server/share/a.img', windowsPaths), '\\\\server\\share\\a.img');
    for (const text of ['file:///disks/%61.img', 'file:/disks/a.img', 'file://localhost/disks/a.img']) {
      assert.equal(pathOfText(text, linuxPaths), '/disks/a.img', text);
    }
    assert.equal(pathOfText('/disks/file:a.img', linuxPaths), '/disks/file:a.img');
    assert.throws(() => pathOfText('file://server/share/a.img', linuxPaths), TypeError);
  });
});

describe('PathMap', () => {
  it('has one value for all spellings of a path, and keeps the first spelling', () => {
    const map = new PathMap<number>(windowsPaths);
    map.set('C:\\disks\\A.remap', 1);
    map.set('c:/disks/a.remap', 2);
    assert.deepEqual([...map.entries()], [['C:\\disks\\A.remap', 2]]);
    assert.equal(map.get('c:\\DISKS\\a.remap'), 2);
    assert.equal(map.spellingOf('c:\\DISKS\\a.remap'), 'C:\\disks\\A.remap');
    assert.equal(map.spellingOf('D:\\b'), 'D:\\b');
    map.delete('C:/disks/a.remap');
    assert.ok(!map.has('C:\\disks\\A.remap'));
  });
});
