import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { MUTATIONS } from '../../mutations/catalog';
import { type Change, mutate } from '../../mutations/mutation';

function mutant(text: string, place: string, ...changes: Change[]): string {
  return mutate(text, { name: 'one', file: 'a.ts', in: place, changes });
}

describe('Mutations', () => {
  for (const mutation of MUTATIONS) {
    it(`can be made: ${mutation.name}`, () => {
      const text = readFileSync(mutation.file, 'utf8');
      assert.notEqual(mutate(text, mutation), text);
    });
  }

  it('have names of their own', () => {
    assert.equal(new Set(MUTATIONS.map(({ name }) => name)).size, MUTATIONS.length);
  });
});

describe('The place of a mutation', () => {
  const drop: Change = ['$SET.add($_)', ''];

  it('does not depend on the names of variables or the layout of the text', () => {
    for (const body of [
      'this.#bad.add(sector);',
      'bad . add ( first+1 ) ;',
      'lists[0]!.add(\n  // why\n  s,\n);',
    ])
      assert.match(mutant(`class A {\n  mark(s: number) { ${body} }\n}`, 'A.mark', drop), /\{ +; \}/);
  });

  it('is in the named member of the named class only', () => {
    const text = 'class A { #f() { x.add(1); } get g() { x.add(2); } }\nclass B { #f() { x.add(3); } }';
    assert.match(mutant(text, 'A.g', drop), /add\(1\).*\n.*add\(3\)/);
    assert.match(mutant(text, 'B.#f', drop), /add\(1\).*add\(2\).*\n.*\{ +; \}/);
  });

  it('may be a function or a constant', () => {
    const text = 'export const N = 2;\nexport async function f() { return N + 2; }';
    assert.equal(mutant(text, 'N', ['2', '0']), text.replace('N = 2', 'N = 0'));
    assert.equal(mutant(text, 'f', ['2', '0']), text.replace('N + 2', 'N + 0'));
  });

  it('gives the parts that it found to what takes its place', () => {
    const text = 'function f() { gather(a.b, 0, c, d); }';
    const swap: Change = ['gather($FIRST, 0, $$$REST)', 'gather($$$REST, 1, $FIRST)'];
    assert.equal(mutant(text, 'f', swap), 'function f() { gather(c, d, 1, a.b); }');
  });

  it('must be there, and once', () => {
    const text = 'function f() { x.add(1); x.add(2); }';
    assert.throws(() => mutant(text, 'f', drop), /^Error: one: in f of a\.ts, there are 2 of: \$SET\.add/);
    assert.throws(() => mutant(text, 'f', ['y()', '']), /there are 0 of: y\(\)/);
    assert.throws(() => mutant(text, 'g', drop), /there are 0 of: g/);
    assert.throws(() => mutant(text, 'f.h', drop), /there are 0 of: h/);
  });
});
