import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { commands } from '../../../src/manifest';
import { membersOf, propertiesOf } from '../../support/structure/declarations';
import { filesIn } from '../../support/structure/sources';

type CommandName = keyof typeof commands;

/** A command's heading: `### \`remap.read(device, { sector, count, from? })\`: SectorContents`. */
const SIGNATURE = /^`(remap\.\w+)\((.*?)\)`(?:: (.+))?$/;

/** Readers of options that don't have their command's name. */
const SHARED_READERS: Partial<Record<CommandName, string>> = {
  writeMarkers: 'markerOptions',
  verifyMarkers: 'markerOptions',
};
const sources = [...filesIn('src/commands'), ...filesIn('src/contract'), 'src/editor/openSectors.ts'];
const code = sources.map((file) => readFileSync(file, 'utf8')).join('\n');

/** The parts of the page, by heading. */
const sections = new Map(
  readFileSync('COMMANDS.md', 'utf8')
    .split(/^### /m)
    .slice(1)
    .map((part) => {
      const [heading, ...lines] = part.split(/^## /m)[0]!.split('\n');
      return [heading!, lines.join('\n')];
    }),
);

interface Described {
  readonly parameters: string;
  readonly returns: string;
  readonly text: string;
}

const described = new Map<string, Described>();
for (const [heading, text] of sections) {
  const [, id, parameters, returns = ''] = SIGNATURE.exec(heading) ?? [];
  if (id !== undefined) described.set(id, { parameters: parameters!, returns, text });
}

/** Options as their reader takes them: `sector`, `from?`. */
function optionsOf(name: CommandName): string[] {
  const reader = SHARED_READERS[name] ?? `${name}Options`;
  const body = new RegExp(`function ${reader}\\([^]*?\\n}\\n`).exec(code)?.[0] ?? '';
  return [...body.matchAll(/\.(optional|required)\('(\w+)'/g)].map(
    ([, kind, option]) => `${option}${kind === 'optional' ? '?' : ''}`,
  );
}

/** How many arguments a command reads, its options counted as one; undefined where the registration doesn't show it. */
function argumentCountOf(name: CommandName): number | undefined {
  const [, registration = ''] =
    new RegExp(`\\[commands\\.${name}\\]: define([^]*?)\\[(?:ui)?[cC]ommands\\.`).exec(code) ?? [];
  const [, shared] = /^\((\w+)\)/.exec(registration) ?? [];
  const from = shared === undefined ? registration : code.slice(code.indexOf(`const ${shared} = {`));
  const [, list] = /\bfromCode: (?:\(\)|\(\[(.*?)\])/.exec(from) ?? [];
  return /\bfromCode: /.test(from) ? (list?.split(', ').length ?? 0) : undefined;
}

/** The words that stand in backticks, and in those of the parts that the text names. */
function wordsOf(text: string, seen = new Set<string>()): Set<string> {
  const words = new Set([...text.matchAll(/`([^`]+)`/g)].flatMap(([, span]) => span!.match(/\w+/g) ?? []));
  for (const [name] of text.matchAll(/\b[A-Z]\w+/g)) {
    const part = sections.get(name);
    if (part === undefined || seen.has(name)) continue;
    seen.add(name);
    for (const word of wordsOf(part, seen)) words.add(word);
  }
  return words;
}

/** The names in the first column of a table. */
function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) => cell!.match(/\w+/g) ?? []);
}

describe('COMMANDS.md', () => {
  it('describes each command that callers in code rely on, once, and no other', () => {
    assert.deepEqual([...described.keys()].sort(), Object.values(commands).sort());
    const headings = readFileSync('COMMANDS.md', 'utf8').match(/^### .*/gm)!;
    assert.equal(new Set(headings).size, headings.length);
  });

  for (const [name, id] of Object.entries(commands) as [CommandName, string][]) {
    it(`has the options of ${id} as they are read, and says what each is`, () => {
      const { parameters, text } = described.get(id)!;
      const options = optionsOf(name);
      assert.deepEqual(/{ (.*) }/.exec(parameters)?.[1]?.split(', ').sort() ?? [], options.sort());
      const listed = parameters
        .replace(/{ .* }/, 'options')
        .split(', ')
        .filter(Boolean);
      assert.equal(listed.length, argumentCountOf(name) ?? listed.length);
      const told = wordsOf(text);
      if (name === 'verifyMarkers') return;
      const names = options.map((option) => option.replace('?', ''));
      assert.deepEqual(
        names.filter((option) => !told.has(option)),
        [],
      );
    });

    it(`has each field of what ${id} returns, and none that isn't there`, () => {
      const fields = propertiesOf(membersOf('CommandResults', 'src').get(name)!, 'src');
      const { returns } = described.get(id)!;
      const told = wordsOf(returns);
      assert.deepEqual(
        [...fields].filter((field) => !told.has(field)),
        [],
        'not on the page',
      );
      const parts = returns.match(/\b[A-Z]\w+/g) ?? [];
      const invented = parts.flatMap((part) => firstColumn(sections.get(part)!));
      assert.deepEqual(
        invented.filter((field) => !fields.has(field)),
        [],
        'not in the result',
      );
    });
  }
});
