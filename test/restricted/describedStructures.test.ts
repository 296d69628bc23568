import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { driver } from '../support/extension/driver';
import { closeAll, goTo, grid, openImage } from '../support/extension/editor';
import { Folder, until } from '../support/extension/remap';

const folder = new Folder('described');

describe('structures that a folder describes, in Restricted Mode,', () => {
  const described = () => join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, '.vscode', 'structures');

  before(async function () {
    driver.require(this);
    assert.equal(vscode.workspace.isTrusted, false);
    await folder.create();
  });

  afterEach(closeAll);

  after(async () => {
    await rm(described(), { recursive: true, force: true });
    await folder.remove();
  });

  it('are shown: their files are data', async () => {
    const path = folder.file('label.img');
    const bytes = Buffer.alloc(4096);
    bytes.write('LBL1', 512);
    await writeFile(path, bytes);
    await mkdir(described(), { recursive: true });
    const fields = [{ at: 0, name: 'Magic', type: 'text', byteCount: 4 }];
    const description = { name: 'Label', byteCount: 32, where: [{ at: 0, text: 'LBL1' }], fields };
    await writeFile(join(described(), 'label.json'), JSON.stringify(description));
    await openImage(path);
    await goTo('1', 1);
    await until('its field', () =>
      grid().evaluate(() => document.querySelector('.status-field')?.textContent === 'Label › Magic: “LBL1”'),
    );
  });
});
