import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { filesIn, pages } from '../../support/structure/sources';

const PAGE_NAME = /(?<![\w./*-])((?:\.{1,2}\/)*[A-Za-z][\w./-]*\.md)\b/g;
const LINK = /\]\(([^)\s]+)\)/g;
const SOURCE_NAME = /`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|cjs|css|json))`/g;
/** In ARCHITECTURE.md, for any name. */
const PLACEHOLDER = /NAME/;
/** A report that the product writes. */
const WRITTEN_NAME = /^persistence-test-\d/;

interface Reference {
  readonly file: string;
  readonly name: string;
}

const allPages = pages();
const code = [...filesIn('src'), ...filesIn('media'), ...filesIn('test', ['.ts', '.cjs'])];
/** Files that a page may name, besides those of the repository. */
const sources = [
  ...code,
  ...filesIn('media', ['.css', '.json']),
  ...filesIn('test', ['.json']),
  ...rootFiles(),
];

function rootFiles(): string[] {
  return ['package.json', 'tsconfig.json', 'biome.json', '.ci/knip.json', '.ci/knip-product.json'];
}

function referencesOf(files: readonly string[], pattern: RegExp): Reference[] {
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name]) => ({ file, name: name! })),
  );
}

function refuse(
  references: readonly Reference[],
  isKnown: (reference: Reference) => boolean,
  why: string,
): void {
  const unknown = references.filter((reference) => !isKnown(reference));
  assert.deepEqual([...new Set(unknown.map(({ file, name }) => `${file}: ${name}`))], [], why);
}

/** Pages are named by their path from the repository's root or from the naming file, or alone if only one has that name. */
function isPage({ file, name }: Reference): boolean {
  const paths = [posix.normalize(name), posix.join(posix.dirname(file), name)];
  if (paths.some((path) => allPages.includes(path))) return true;
  return !name.includes('/') && allPages.filter((page) => posix.basename(page) === name).length === 1;
}

describe('What code, tests and pages refer to', () => {
  it('every rule is in ARCHITECTURE.md, and every bug in test/PROOFS.md', () => {
    const listed = new Set([
      ...rowsOf('ARCHITECTURE.md', /^\| (R\d+) \|/gm),
      ...rowsOf('test/PROOFS.md', /^\| (B\d+) /gm),
    ]);
    assert.ok(listed.has('R1') && listed.has('B1'), 'the tables were found');
    const cited = referencesOf([...code, ...allPages], /\b([RB]\d{1,2})\b/g);
    assert.ok(cited.length > 300, `only ${cited.length} were found`);
    refuse(cited, ({ name }) => listed.has(name), 'no page says what these are');
  });

  it('every page that is named is in the repository', () => {
    const named = referencesOf([...code, ...allPages, '.vscodeignore'], PAGE_NAME);
    assert.ok(named.length > 30, `only ${named.length} were found`);
    refuse(
      named,
      (reference) => WRITTEN_NAME.test(reference.name) || isPage(reference),
      'there is no such page',
    );
  });

  it('every link of a page leads to a file of the repository, or to the web', () => {
    refuse(
      referencesOf(allPages, LINK),
      ({ file, name }) => {
        if (/^(https?:|#)/.test(name)) return true;
        const path = posix.join(posix.dirname(file), name.replace(/#.*/, ''));
        return !path.startsWith('../') && existsSync(path);
      },
      'these links are dead, or leave the repository',
    );
  });

  it('every picture of README.md is small enough to load at once, and one of them moves', () => {
    const pictures = [...readFileSync('README.md', 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)];
    const names = pictures.map(([, name]) => name!);
    assert.ok(names.length >= 6 && names.some((name) => name.endsWith('.gif')), names.join());
    for (const name of names) {
      const { size } = statSync(name);
      assert.ok(size < (name.endsWith('.gif') ? 1_000_000 : 300_000), `${name} has ${size} bytes`);
    }
  });

  it('every source that a page names is in the repository', () => {
    refuse(
      referencesOf(allPages, SOURCE_NAME),
      ({ file, name }) => {
        const path = posix.join(posix.dirname(file), name);
        if (PLACEHOLDER.test(name)) return true;
        return sources.some((source) => source === path || source === name || source.endsWith(`/${name}`));
      },
      'there is no such source',
    );
  });
});

function rowsOf(page: string, row: RegExp): string[] {
  return [...readFileSync(page, 'utf8').matchAll(row)].map(([, name]) => name!);
}
