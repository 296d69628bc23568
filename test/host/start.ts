import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeDemoExtension } from './demoExtension';
import { codeCommand, hasDisplay } from './desktop';
import { newest } from './embeddedVersion';
import { artifactsFolder, rootFolder } from './paths';
import { cleanEnvironment, npm, onEnd, runMain, start, UserError } from './processes';
import { makeSampleWorkspace } from './sampleWorkspace';
import { quietSettings, startServer } from './server';
import { waitForSample } from './startPage';
import { installUnpacked } from './unpacked';

const usage = 'npm start -- [FOLDER] [--port N] [--host desktop|embedded] [--once]';

runMain(async () => {
  const { folder, port, host, once } = parse();
  const temporary = await mkdtemp(join(tmpdir(), 'remap-start-'));
  onEnd(() => rm(temporary, { recursive: true, force: true, maxRetries: 5 }));
  const workspace = folder ?? join(temporary, 'sample');
  const isSample = folder === undefined;
  if (isSample) await makeSampleWorkspace(workspace);
  const code = host === 'embedded' ? undefined : codeCommand();
  if (code && (hasDisplay() || host === 'desktop'))
    return startDesktop(code, { workspace, isSample, temporary });
  if (host === 'desktop') throw new UserError('There is no code on the PATH.');
  return startEmbedded({ workspace, isSample, temporary }, port, once);
});

/** What a window is to show, and where its files of this run go. */
interface Shown {
  readonly workspace: string;
  /** The workspace is our sample: the window opens with what there is to see in it. */
  readonly isSample: boolean;
  readonly temporary: string;
}

/** Opens a window with a profile of its own: only then is it a process of its own, which ends with us. */
async function startDesktop(code: string, { workspace, isSample, temporary }: Shown): Promise<number> {
  await npm(['run', 'build'], { cwd: rootFolder });
  const profile = join(temporary, 'profile');
  await mkdir(join(profile, 'User'), { recursive: true });
  await writeFile(join(profile, 'User', 'settings.json'), JSON.stringify(quietSettings));
  onEnd(() => endInstance(profile));
  const demo = join(temporary, 'demo');
  if (isSample) await writeDemoExtension(demo);
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
      ...(isSample ? [`--extensionDevelopmentPath=${demo}`] : []),
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

/** @param once ends as soon as a browser has shown what there is to see, or fails when it doesn't */
async function startEmbedded(
  { workspace, isSample, temporary }: Shown,
  port: number,
  once: boolean,
): Promise<number> {
  await mkdir(artifactsFolder, { recursive: true });
  const dataFolder = join(temporary, 'data');
  await installUnpacked(dataFolder);
  if (isSample) await writeDemoExtension(join(dataFolder, 'extensions', 'demo'));
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
  const address = server.address({ folder: workspace });
  console.log(`Open this in a browser; Ctrl+C ends it:\n\n  ${address}\n`);
  if (!once) return server.exited;
  if (isSample) await waitForSample(address);
  else await checkServed(address);
  return 0;
}

async function checkServed(address: string): Promise<void> {
  // With the token the server answers by a cookie and a redirection to the page.
  const { status } = await fetch(address, { redirect: 'manual' });
  if (status >= 400) throw new UserError(`The page was refused: ${status}.`);
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
