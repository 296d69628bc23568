import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import packageJson from '../../../package.json';
import { filesIn } from '../../support/structure/sources';

/** Run by `vsce package`. */
const RUN_BY_VSCE = 'vscode:prepublish';

const scripts: Readonly<Record<string, string>> = packageJson.scripts;
const ci = readFileSync('.ci/run', 'utf8');

/** The scripts that a text of commands runs. */
function runBy(text: string): string[] {
  const names = [...text.matchAll(/\bnpm (?:run )?(?:--silent )?([\w:]+)/g)].map(([, name]) => name!);
  return names.filter((name) => name in scripts);
}

/** The scripts that the programs of test/host run: `npm(['run', 'package', …])`, `build('build:unit')`. */
function runByHost(): string[] {
  const texts = filesIn('test/host').map((file) => readFileSync(file, 'utf8'));
  const calls = texts.flatMap((text) => [...text.matchAll(/(?:'run', |\bbuild\()'([\w:]+)'/g)]);
  return calls.map(([, name]) => name!);
}

describe('The scripts of package.json', () => {
  it('are each run by CI, or by a script or program that it runs', () => {
    const run = new Set(runBy(ci));
    assert.ok(run.size > 10, 'the steps of .ci/run were found');
    for (const name of [...runByHost(), RUN_BY_VSCE]) run.add(name);
    for (const name of run) for (const next of runBy(scripts[name] ?? '')) run.add(next);
    const idle = Object.keys(scripts).filter((name) => !run.has(name));
    assert.deepEqual(idle, [], 'add a step to .ci/run, or take them out');
  });

  it('exist if CI, a program or another script runs them', () => {
    const asked = [ci, ...Object.values(scripts)].flatMap((text) =>
      [...text.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name!),
    );
    const missing = [...asked, ...runByHost()].filter((name) => !(name in scripts));
    assert.deepEqual(missing, [], 'there is no such script');
  });
});
