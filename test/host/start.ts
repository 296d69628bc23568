import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { codeCommand, hasDisplay } from './desktop';
import { newest } from './embeddedVersion';
import { artifactsFolder, rootFolder } from './paths';
import { cleanEnvironment, npm, onEnd, runMain, start, UserError } from './processes';
import { makeSampleWorkspace } from './sampleWorkspace';
import { quietSettings, startServer } from './server';
import { installUnpacked } from './unpacked';

const usage = 'npm start -- [FOLDER] [--port N] [--host desktop|embedded] [--once]';

runMain(async () => {
  const { folder, port, host, once } = parse();
  const temporary = await mkdtemp(join(tmpdir(), 'remap-start-'));
  onEnd(() => rm(temporary, { recursive: true, force: true, maxRetries: 5 }));
  const workspace = folder ?? join(temporary, 'sample');
  if (!folder) await makeSampleWorkspace(workspace);
  const code = host === 'embedded' ? undefined : codeCommand();
  if (code && (hasDisplay() || host === 'desktop')) return startDesktop(code, workspace, temporary);
  if (host === 'desktop') throw new UserError('There is no code on the PATH.');
  return startEmbedded(workspace, temporary, port, once);
});

/** Opens a window with a profile of its own: only then is it a process of its own, which ends with us. */
async function startDesktop(code: string, workspace: string, temporary: string): Promise<number> {
  await npm(['run', 'build'], { cwd: rootFolder });
  const profile = join(temporary, 'profile');
  await mkdir(join(profile, 'User'), { recursive: true });
  await writeFile(join(profile, 'User', 'settings.json'), JSON.stringify(quietSettings));
  onEnd(() => endInstance(profile));
  console.log(`Opening ${workspace} in desktop VS Code (${code}). Ctrl+C ends it.`);
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const window = start(
    code,
    [
      '--new-window',
      '--wait',
      '--disable-workspace-trust',
      `--user-data-dir=${profile}`,
      `--extensions-dir=${join(temporary, 'extensions')}`,
      `--extensionDevelopmentPath=${rootFolder}`,
      ...asRoot,
      workspace,
    ],
    { shell: process.platform === 'win32', env: cleanEnvironment() },
  );
  return window.exited;
}

/** Ends the window. `code` hands over to a process that isn't our child, which writes its id into its profile. */
function endInstance(profile: string): void {
  const lock = join(profile, 'code.lock');
  if (!existsSync(lock)) return;
  try {
    process.kill(Number(readFileSync(lock, 'utf8')));
  } catch {
    // The window was closed already.
  }
}

/** @param once ends as soon as the page was served, which shows that it can be */
async function startEmbedded(
  workspace: string,
  temporary: string,
  port: number,
  once: boolean,
): Promise<number> {
  await mkdir(artifactsFolder, { recursive: true });
  const dataFolder = join(temporary, 'data');
  await installUnpacked(dataFolder);
  const server = await startServer({
    version: newest,
    dataFolder,
    logFile: join(artifactsFolder, 'start-host.log'),
    port,
    token: randomBytes(24).toString('hex'),
    testable: false,
    env: {},
    settings: {},
  });
  console.log(`VS Code ${newest.vscode} serves ${workspace}. Open this in a browser; Ctrl+C ends it:`);
  const address = server.address({ folder: workspace });
  console.log(`\n  ${address}\n`);
  if (!once) return server.exited;
  // With the token the server answers by a cookie and a redirection to the page.
  const { status } = await fetch(address, { redirect: 'manual' });
  if (status >= 400) throw new UserError(`The page was refused: ${status}.`);
  return 0;
}

function parse() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        port: { type: 'string', default: '0' },
        host: { type: 'string' },
        once: { type: 'boolean', default: false },
      },
    });
    const [folder, ...more] = positionals;
    const port = Number(values.port);
    if (more.length > 0) throw new Error('one folder at most');
    if (folder !== undefined && !existsSync(folder)) throw new Error(`${folder} does not exist`);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`${values.port} is no port`);
    if (values.host !== undefined && !['desktop', 'embedded'].includes(values.host)) {
      throw new Error(`${values.host} is no host`);
    }
    const path = folder === undefined ? undefined : resolve(folder);
    return { folder: path, port, host: values.host, once: values.once };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
