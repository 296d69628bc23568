import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import * as vscode from 'vscode';
import { extensionId } from '../support/extension/extensionId';

const megabyte = 1_000_000;

describe('the packaged extension', () => {
  const extension = vscode.extensions.getExtension(extensionId)!;

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
