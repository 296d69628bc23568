import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import { driver } from '../support/extension/driver';
import { extensionId } from '../support/extension/extensionId';

describe('the test host', () => {
  it('opens a fresh workspace folder', () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.equal(folder, process.env.REMAP_WORKSPACE);
  });

  it('activates the extension', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});

describe('the driver', () => {
  before(function () {
    driver.require(this);
  });

  it('takes a picture of the window', async () => {
    const picture = await driver.screenshot('smoke');
    assert.ok(statSync(picture).size > 10_000);
  });

  it('types into the workbench', async () => {
    await vscode.commands.executeCommand('workbench.action.showCommands');
    await driver.workbench.waitFor('.quick-input-widget input');
    await driver.type('Developer: Reload');
    const typed = await driver.workbench.evaluate(
      (selector: string) => document.querySelector<HTMLInputElement>(selector)?.value,
      '.quick-input-widget input',
    );
    assert.equal(typed, '>Developer: Reload');
    await driver.press('Escape');
  });

  it('looks into a webview', async () => {
    const panel = vscode.window.createWebviewPanel('smoke', 'Smoke', vscode.ViewColumn.One, {
      enableScripts: false,
    });
    panel.webview.html = '<!doctype html><button id="smoke-button">first</button><p class="line">second</p>';
    const webview = driver.webview('#smoke-button');
    await webview.waitFor('p.line');
    assert.deepEqual(await webview.texts('#smoke-button, .line'), ['first', 'second']);
    assert.match(await webview.aria('body'), /button "first"/);
    panel.dispose();
  });
});
