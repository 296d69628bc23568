import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const root = join(process.cwd(), 'src');
const importPattern = /^(?:import|export)\s[^;'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\)/gm;
const features = ['commands', 'views', 'editor', 'testing'];

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Every import of every source, type imports and dynamic ones included; relative ones as paths below `src`. */
function importsOf(folder: string): Import[] {
  const found: Import[] = [];
  for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const file = join(root, folder, name);
    const text = readFileSync(file, 'utf8');
    for (const [, named, dynamic] of text.matchAll(importPattern)) {
      const specifier = (named ?? dynamic)!;
      const target = specifier.startsWith('.') ? relative(root, join(dirname(file), specifier)) : specifier;
      found.push({ file: relative(root, file), target: target.split(sep).join('/') });
    }
  }
  return found;
}

function assertNone(imports: readonly Import[], isForbidden: (target: string) => boolean): void {
  const wrong = imports
    .filter(({ target }) => isForbidden(target))
    .map(({ file, target }) => `${file} -> ${target}`);
  assert.deepEqual(wrong, []);
}

describe('The structure of the sources', () => {
  it('the engine never reaches vscode, nor anything outside itself but Node', () => {
    const imports = importsOf('engine');
    assert.ok(imports.length > 100, 'the engine was read');
    assertNone(imports, (target) => !target.startsWith('engine/') && !target.startsWith('node:'));
  });

  it('devices know the engine and no feature', () => {
    assertNone(importsOf('devices'), (target) =>
      features.some((feature) => target.startsWith(`${feature}/`)),
    );
  });

  it('the bridge and the features enter the engine by its one door', () => {
    for (const folder of ['devices', ...features]) {
      assertNone(importsOf(folder), (target) => target.startsWith('engine/') && target !== 'engine/index');
    }
  });

  for (const feature of features) {
    it(`${feature} imports no other feature`, () => {
      const others = features.filter((other) => other !== feature);
      assertNone(importsOf(feature), (target) => others.some((other) => target.startsWith(`${other}/`)));
    });
  }

  it('no source has more than about 400 lines', () => {
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const lines = readFileSync(join(root, name), 'utf8').split('\n').length;
      assert.ok(lines <= 420, `${name} has ${lines} lines`);
    }
  });
});
