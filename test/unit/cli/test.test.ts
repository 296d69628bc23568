import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { CommandResults } from '../../../src/contract/commandResults';
import { commandLine, finished } from '../../support/cli/commandLine';

/** In the folder for temporary files, which all users share. */
const FOLDER = `remap-inspector-tests-${userInfo().uid}`;

describe('test', () => {
  const cli = commandLine();

  it('runs scenarios, writes the report and JUnit XML, and leaves nothing else', async () => {
    const files = ['--report', 'report.txt', '--junit', 'junit.xml'];
    const { code, stdout } = await cli.run(['test', 'remap-persistence', 'spare-full', ...files]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^✓ remap-persistence \(\d+\.\d s\)\n✓ spare-full \(.*\)\n2 of 2 scenarios passed\nReport: .*report.txt\n$/,
    );
    assert.match(readFileSync(cli.path('report.txt'), 'utf8'), /2 of 2 scenarios passed/);
    const xml = readFileSync(cli.path('junit.xml'), 'utf8');
    assert.match(xml, /<testsuite name="remap-inspector" tests="2" failures="0"/);
    assert.match(xml, /<testcase classname="persistence" name="spare-full"/);
    assert.deepEqual(readdirSync(cli.path(FOLDER)), []);
  });

  it('answers as the command does, and keeps the report where none was named', async () => {
    const result = await cli.json<CommandResults['runPersistenceTest']>('test', 'spare-full', '--seed', '5');
    assert.deepEqual([result.passed, result.failed, result.scenarios[0]!.name], [1, 0, 'spare-full']);
    assert.ok(existsSync(result.report));
  });

  it('has a folder of its user’s own: what another user has made is not in its way', async () => {
    for (const name of ['remap-inspector', 'remap-inspector-tests']) writeFileSync(cli.path(name), '');
    assert.equal((await cli.run(['test', 'spare-full'])).code, 0);
  });

  it('is refused before anything runs where a file can’t be written', async () => {
    const { code, stderr } = await cli.run(['test', 'spare-full', '--report', join('no', 'report.txt')]);
    assert.equal(code, 3);
    assert.match(stderr, /^ENOENT: \S*no\/report.txt/);
  });

  it('ends cleanly at Ctrl+C', async () => {
    const child = cli.start(['test', 'soak', '--soak-seconds', '600']);
    const end = finished(child);
    while (!existsSync(cli.path(FOLDER))) await new Promise((resolve) => setTimeout(resolve, 20));
    while (readdirSync(cli.path(FOLDER)).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const { code, stderr } = await end;
    assert.deepEqual([code, stderr], [3, 'ECANCELED: the scenario was cancelled\n']);
    assert.deepEqual(readdirSync(cli.path(FOLDER)), []);
  });
});
