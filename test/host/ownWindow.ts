import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from './browser';
import type { EmbeddedVersion } from './embeddedVersion';
import { artifactsFolder } from './paths';
import { onEnd } from './processes';
import { type Server, startServer } from './server';
import { installUnpacked } from './unpacked';
import { Workbench } from './workbench';

/** A window of the embedded VS Code with the extension installed, which no test suite runs in. */
export interface OwnWindow {
  readonly window: Workbench;
  readonly server: Server;
  /** The folder that is open. */
  readonly workspace: string;
  /** Where VS Code keeps what is the user's. */
  readonly dataFolder: string;
  close(): Promise<void>;
}

/**
 * @param name names its folders and its log
 * @param prepare fills the workspace and adds to the extensions, before the window is opened
 */
export async function openOwnWindow(
  version: EmbeddedVersion,
  name: string,
  settings: Record<string, unknown>,
  prepare: (workspace: string, dataFolder: string) => Promise<void>,
): Promise<OwnWindow> {
  const parent = process.env.REMAP_BENCH_DIR ?? tmpdir();
  const folder = await mkdtemp(join(parent, `remap-${name}-`));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  const withdraw = onEnd(remove);
  const [workspace, dataFolder] = [join(folder, 'workspace'), join(folder, 'data')];
  await mkdir(workspace);
  await mkdir(artifactsFolder, { recursive: true });
  await installUnpacked(dataFolder);
  await prepare(workspace, dataFolder);
  const server = await startServer({
    version,
    dataFolder,
    logFile: join(artifactsFolder, `${name}-host.log`),
    port: 0,
    token: randomBytes(16).toString('hex'),
    testable: false,
    env: {},
    settings,
  });
  const browser = await openBrowser();
  const window = new Workbench(await browser.newPage());
  const close = async () => {
    await browser.close();
    await server.stop();
    withdraw();
    await remove();
  };
  // A window with unsaved edits asks whether it may go.
  window.page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined));
  await window.page.goto(server.address({ folder: workspace }));
  await window.ready();
  await window.extended();
  return { window, server, workspace, dataFolder, close };
}

/** Ids of the processes below one whose command line has these words. Linux only. */
export async function processesBelow(parent: number, words: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const id = Number(name);
    if (!Number.isInteger(id) || !(await isBelow(parent, id))) continue;
    const commandLine = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(words)) found.push(id);
  }
  return found;
}

async function isBelow(parent: number, id: number): Promise<boolean> {
  for (let at = id; at > 1; ) {
    const stat = await readFile(`/proc/${at}/stat`, 'utf8').catch(() => '');
    // After the name, which is in brackets and may hold anything: the state, then the parent.
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
    if (at === parent) return true;
  }
  return false;
}
