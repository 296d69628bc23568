import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { ACTIVATION_MARK, timeActivation } from '../support/extension/activation';
import { extensionId } from '../support/extension/extensionId';
import { until } from '../support/extension/remap';
import { watchFiles } from '../support/extension/watchFiles';
import { stateFolders } from '../support/stateFolders';

const megabyte = 1_000_000;
const workspace = process.env.REMAP_WORKSPACE!;

describe('the packaged extension', () => {
  const extension = vscode.extensions.getExtension(extensionId)!;

  // The first test, and only tried once: afterwards the extension is active.
  it('activates fast, and reads no file of the workspace before a view needs it', async function () {
    this.retries(0);
    assert.equal(extension.isActive, false);
    await stateFolders['spare-beside-main'](workspace);
    await writeFile(join(workspace, 'field.remap'), '{ "main": "field.img", "spare": "field-spare.img" }');
    const asked = watchFiles(workspace, extension.extensionPath);
    const activationTime = timeActivation(extension.extensionPath);
    await extension.activate();
    const milliseconds = activationTime();
    console.log(`      ${ACTIVATION_MARK}${milliseconds.toFixed(1)} ms`);
    // On a busy machine a test says little of 50 ms: the benchmark measures it.
    assert.ok(milliseconds > 0 && milliseconds < 2000, `${milliseconds} ms`);
    assert.equal(asked.length, 0, asked.join());
    await vscode.commands.executeCommand('workbench.view.extension.remap');
    await until('the view reads the device file', () => asked.some((path) => path.endsWith('field.remap')));
  });

  it('is under 1 MB', () => {
    assert.ok(statSync(process.env.REMAP_TEST_VSIX!).size < megabyte);
  });

  it('is installed, not loaded from its sources', () => {
    assert.notEqual(extension.extensionPath, process.env.REMAP_ROOT);
    assert.match(relative(process.env.REMAP_ROOT!, extension.extensionPath), /^\.\./);
  });

  it('carries neither sources nor source maps', () => {
    const files = readdirSync(extension.extensionPath, { recursive: true, encoding: 'utf8' });
    assert.ok(files.includes('package.json'));
    assert.deepEqual(
      files.filter((file) => /\.(ts|map)$|node_modules/.test(file)),
      [],
    );
  });

  it('has a README in which every link leads somewhere, and no picture that is not shown', () => {
    const files = readdirSync(extension.extensionPath);
    const name = files.find((file) => /^readme\.md$/i.test(file))!;
    const readme = readFileSync(join(extension.extensionPath, name), 'utf8');
    assert.match(readme, /^# Remap Inspector/);
    const links = [...readme.matchAll(/\]\(([^)]*)\)/g)].map(([, link]) => link!);
    assert.deepEqual(
      links.filter((link) => !link.startsWith('https://')),
      [],
    );
    assert.ok(links.length > 0);
  });

  it('carries the pages, pictures and programs that it shows or runs, and no others', () => {
    const files = readdirSync(extension.extensionPath, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        relative(extension.extensionPath, join(entry.parentPath, entry.name)).replaceAll('\\', '/'),
      );
    const known = [
      /^(package\.json|readme\.md|changelog\.md|license(\.txt|\.md)?|\.vsixmanifest)$/i,
      /^dist\/(extension|editor|cli|searchWorker)\.(js|css)$/,
      /^dist\/codicon\.(css|ttf)$/,
      /^media\/(icons|walkthrough)\/[\w-]+\.(svg|png|md|gif)$/,
      /^media\/(remap|structure)\.(schema|language)\.json$/,
    ];
    assert.deepEqual(
      files.filter((file) => !known.some((pattern) => pattern.test(file))),
      [],
    );
  });

  it('activates and registers every command that it contributes', async () => {
    await extension.activate();
    assert.equal(extension.isActive, true);
    const registered = new Set(await vscode.commands.getCommands(true));
    const contributed: { command: string }[] = extension.packageJSON.contributes?.commands ?? [];
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });
});
