import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import packageJson from '../../../package.json';

const FOLDER = '.github/workflows';
const workflows = readdirSync(FOLDER).map((name) => readFileSync(`${FOLDER}/${name}`, 'utf8'));
const all = workflows.join('\n');

/** The list after a key of a matrix. */
function matrix(key: string): string[] {
  const [, list] = new RegExp(`^ *${key}: \\[(.*)\\]$`, 'm').exec(all) ?? [];
  return list?.split(', ').map((item) => item.replaceAll("'", '')) ?? [];
}

describe('The workflow', () => {
  it('pins each action to a commit, and names its version', () => {
    const actions = all.match(/^.*\buses: .*$/gm) ?? [];
    assert.ok(actions.length > 0);
    const loose = actions.filter((line) => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$/.test(line));
    assert.deepEqual(loose, []);
  });

  it('runs on Linux, macOS and Windows, in the oldest and the newest VS Code', () => {
    assert.deepEqual(
      matrix('os').map((name) => name.split('-')[0]),
      ['ubuntu', 'macos', 'windows'],
    );
    assert.deepEqual(matrix('suite'), ['test', 'test:oldest']);
  });

  it('runs scripts that exist, among them the check of the package’s size and content', () => {
    const named = [...all.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => name!);
    for (const name of [...named, ...matrix('suite')]) assert.ok(name in packageJson.scripts, name);
    assert.ok(named.includes('test:packaged'));
  });

  it('may only read the repository', () => {
    for (const workflow of workflows) assert.match(workflow, /^permissions:\n {2}contents: read\n/m);
    assert.doesNotMatch(all, /\b(secrets|pull_request_target|write-all)\b|: write$/m);
  });
});
