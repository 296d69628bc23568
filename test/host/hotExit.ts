import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { editors } from '../../src/manifest';
import { screenshot } from './driverServer';
import type { EmbeddedVersion } from './embeddedVersion';
import { type OwnWindow, openOwnWindow, processesBelow } from './ownWindow';
import { UserError } from './processes';
import type { Counts } from './reporter';

const TITLE = 'unsaved edits are there again after the extension host was killed and the window loaded anew';
const TYPED = 'cafe';
const patienceMs = 60_000;
const pollMs = 100;

/** The test of hot exit: a suite can't run in the extension host that it kills. */
export async function testHotExit(version: EmbeddedVersion, grep: string | undefined): Promise<Counts> {
  if (process.platform !== 'linux' || (grep !== undefined && !new RegExp(grep).test(TITLE))) {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const opened = await openOwnWindow(version, 'hot-exit', settings, (workspace) =>
    writeFile(join(workspace, 'disk.img'), Buffer.alloc(64 * 512)),
  );
  const startedAt = Date.now();
  try {
    await killAndReturn(opened);
    console.log(`  ✔ ${TITLE} (${Date.now() - startedAt}ms)`);
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    const picture = await screenshot(opened.window.page, 'failed hot exit').catch(
      () => 'none could be taken',
    );
    console.error(`  1) ${TITLE}\n${(error as Error).stack}\nThe window: ${picture}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await opened.close();
  }
}

const settings = {
  'files.autoSave': 'off',
  'workbench.editorAssociations': { '*.img': editors.image },
};

async function killAndReturn({ window, server, workspace, dataFolder }: OwnWindow): Promise<void> {
  const { page } = window;
  const path = join(workspace, 'disk.img');
  await window.row('disk.img').dblclick();
  const before = await window.webview('#grid .row');
  await before.click('.cursor');
  await page.keyboard.type(TYPED);
  await page.waitForSelector('.tab.dirty');
  await until('a backup is written, and VS Code has noted it', () => isBackedUp(dataFolder));
  await until('VS Code has noted which editors are open', () => page.evaluate(notesEditor, 'disk.img'));

  const hosts = await processesBelow(server.process.pid!, '--type=extensionHost');
  if (hosts.length !== 1) throw new UserError(`${hosts.length} extension hosts run`);
  process.kill(hosts[0]!, 'SIGKILL');
  await until(
    'it is gone',
    async () => !(await processesBelow(server.process.pid!, '--type=extensionHost')).includes(hosts[0]!),
  );
  await page.reload();
  await window.started();

  const after = await window.webview('#grid .row');
  await until('what was typed is shown', async () => (await after.evaluate(firstBytes)).startsWith(TYPED));
  await page.waitForSelector('.tab.dirty');
  if ((await readFile(path)).some((byte) => byte !== 0))
    throw new UserError('it was saved without being told to');
  await after.click('.cursor');
  await page.keyboard.press('Control+S');
  await page.waitForSelector('.tab:not(.dirty)');
  await until('it is saved', async () => (await readFile(path)).toString('hex').startsWith(TYPED));
}

/** In the page: the bytes of the row that begins with byte 0. */
function firstBytes(): string {
  const rows = [...document.querySelectorAll('.row:not([hidden]) .bytes:not([hidden])')];
  const first = rows.find((row) => /^0+$/.test(row.querySelector('.offset')?.textContent ?? ''));
  const cells = [...(first?.querySelectorAll('.hex .cell') ?? [])];
  return cells.map((cell) => cell.textContent?.toLowerCase()).join('');
}

/** Whether VS Code's own record of backups names one that the extension has in its storage. */
async function isBackedUp(dataFolder: string): Promise<boolean> {
  const user = join(dataFolder, 'data', 'User');
  const backups = await filesIn(join(user, 'workspaceStorage'), /remap-inspector[/\\].+/);
  const records = await filesIn(join(user, 'Backups'), /vscode-custom-editor/);
  const noted = await Promise.all(records.map((record) => readFile(record, 'utf8')));
  return backups.some((backup) => noted.some((text) => text.includes(basename(backup))));
}

async function filesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.filter((path) => pattern.test(path));
}

/** In the page: whether the window's stored state, which it writes when it loses the focus, has an editor of that file. */
async function notesEditor(name: string): Promise<boolean> {
  window.dispatchEvent(new Event('blur'));
  const opened = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const databases = await indexedDB.databases();
  const states = databases.filter(({ name }) => /^vscode-web-state-db-(?!global)/.test(name ?? ''));
  for (const state of states) {
    const database = await opened(indexedDB.open(state.name ?? ''));
    const store = database.transaction('ItemTable').objectStore('ItemTable');
    const value = await opened(store.get('memento/workbench.parts.editor'));
    database.close();
    if (String(value).includes(name)) return true;
  }
  return false;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadline) throw new UserError(`Not so after ${patienceMs / 1000} s: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
