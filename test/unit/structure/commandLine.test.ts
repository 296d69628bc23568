import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LOOKING } from '../../../src/cli/here';
import { declarationOf, VERBS, type VerbName } from '../../../src/cli/verbs';
import * as commandArguments from '../../../src/contract/commandArguments';
import { commands } from '../../../src/manifest';
import { LOOKING as LOOKING_COMMANDS } from '../../support/extension/commandKinds';
import { filesIn } from '../../support/structure/sources';

/** Verbs without a command of the extension that returns a value. */
const OF_ITS_OWN: readonly VerbName[] = ['script', 'serve'];

/** Looking verbs that open what they look at by themselves, read-only. */
const OPENING: readonly string[] = ['compare'];

const names = Object.keys(VERBS) as VerbName[];
const textOf = (folders: readonly string[]) =>
  folders
    .flatMap((folder) => filesIn(folder))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
const commandLine = textOf(['src/cli']);
const extension = textOf(['src/commands', 'src/testing']);

/** The readers of arguments that a text uses. */
function readersIn(text: string): string[] {
  return Object.keys(commandArguments).filter((reader) =>
    new RegExp(`\\b${reader}\\(|\\(${reader},`).test(text),
  );
}

describe('The command line and the commands of the extension', () => {
  it('are the same: each verb is a command', () => {
    const without = names.filter((name) => declarationOf(name).command === null);
    assert.deepEqual(without, OF_ITS_OWN);
    const unknown = names.filter((name) => {
      const { command } = declarationOf(name);
      return command !== null && !(command in commands);
    });
    assert.deepEqual(unknown, []);
  });

  it('read their arguments with the same readers', () => {
    const used = readersIn(commandLine);
    const missing = names.flatMap((name) => {
      const reader = `${declarationOf(name).command}Options`;
      return reader in commandArguments && !used.includes(reader) ? [reader] : [];
    });
    assert.deepEqual(missing, [], 'the command line reads these arguments in a way of its own');
    assert.ok(used.length >= 11, `only ${used.join(', ')} were found`);
    const others = readersIn(extension);
    assert.deepEqual(
      used.filter((reader) => !others.includes(reader)),
      [],
    );
  });

  it('have the same declarations of results', () => {
    const own = [...commandLine.matchAll(/^export (?:interface|type) (\w*Results?)\b/gm)].map(
      ([, name]) => name,
    );
    assert.deepEqual(own, ['DeviceResults'], 'results are declared in src/contract/commandResults.ts');
    assert.match(commandLine, /type DeviceResults = Pick<\s*CommandResults,/);
  });

  it('agree which of them only look (R15)', () => {
    const ids = [...LOOKING].filter((command) => command !== 'script').map((command) => commands[command]);
    assert.deepEqual(
      ids.filter((id) => !(id in LOOKING_COMMANDS)),
      [],
    );
    const looking = names
      .flatMap((name) => declarationOf(name).command ?? [])
      .filter((name) => commands[name] in LOOKING_COMMANDS);
    assert.deepEqual(
      looking.filter(
        (command) => !OPENING.includes(command) && !(LOOKING as ReadonlySet<string>).has(command),
      ),
      [],
    );
  });

  it('are on one page: COMMANDS.md has each verb with its operands, options and command', () => {
    const page = readFileSync('COMMANDS.md', 'utf8').split('## Command line\n')[1]!.split(/^## /m)[0]!;
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    for (const name of names) {
      const { operands, options, command } = declarationOf(name);
      const row = rows.find((line) => line.includes(`\`${[name, ...operands].join(' ')}\``));
      assert.ok(row, `${name} ${operands.join(' ')} has no row`);
      for (const option of Object.keys(options)) assert.match(row, new RegExp(`\`--${option}[ \`]`), name);
      const named = [...row.matchAll(/--([\w-]+)/g)].map(([, option]) => option!);
      assert.deepEqual(
        named.filter((option) => !(option in options)),
        [],
        name,
      );
      if (command !== null) assert.ok(row.split('|').at(-2)!.includes(`\`${command}\``), name);
    }
  });
});
