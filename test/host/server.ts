import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type EmbeddedVersion, ensureNode, ensureServer } from './embeddedVersion';
import { cleanEnvironment, runQuietly, type Started, start, UserError } from './processes';

export interface ServerOptions {
  readonly version: EmbeddedVersion;
  /** Holds settings and extensions; fresh for a test. */
  readonly dataFolder: string;
  readonly logFile: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly token: string;
  /** True if a page may name an extension and a test suite to load. */
  readonly testable: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Settings of the machine; they reach every window that the server serves. */
  readonly settings: Record<string, unknown>;
  /** Whether workspaces begin in Restricted Mode, without a question. */
  readonly restricted?: boolean;
}

export interface Server extends Started {
  readonly port: number;
  /** The address of a window. */
  address(query: Record<string, string>): string;
}

/** Settings that keep VS Code from fetching, asking and advertising. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'http.proxySupport': 'off',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Starts the embedded VS Code on loopback and waits until it serves. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const node = await ensureNode(options.version.nodeMajor);
  const main = await ensureServer(options.version);
  await writeSettings(options.dataFolder, options.settings);
  if (options.restricted) await writeUserSettings(options.dataFolder, noTrustQuestion);
  const started = start(node, [main, ...serverArguments(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnvironment(options.env),
  });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  started.process.stdout?.pipe(log, { end: false });
  started.process.stderr?.pipe(log, { end: false });
  const port = await Promise.race([listeningPort(started), failure(started, options.logFile)]);
  const address = (query: Record<string, string>) =>
    `http://127.0.0.1:${port}/?${new URLSearchParams({ tkn: options.token, ...query })}`;
  return { ...started, port, address };
}

/** Settings of an application, which are a user's own: a machine's settings can't have them. */
const noTrustQuestion = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

async function writeUserSettings(dataFolder: string, settings: Record<string, unknown>): Promise<void> {
  const folder = join(dataFolder, 'data', 'User');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
}

/** Replaces the settings of a server's machine; windows that are open follow at once. */
export async function writeSettings(dataFolder: string, settings: Record<string, unknown>): Promise<void> {
  const folder = join(dataFolder, 'data', 'Machine');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'settings.json'),
    `${JSON.stringify({ ...quietSettings, ...settings }, null, 2)}\n`,
  );
}

/** Installs an extension's package as a user would. */
export async function installExtension(
  version: EmbeddedVersion,
  dataFolder: string,
  vsix: string,
): Promise<void> {
  const node = await ensureNode(version.nodeMajor);
  const main = await ensureServer(version);
  await runQuietly(node, [main, '--install-extension', vsix, '--force', '--server-data-dir', dataFolder], {
    env: cleanEnvironment(),
  });
}

function serverArguments(options: ServerOptions): string[] {
  return [
    '--host=127.0.0.1',
    `--port=${options.port}`,
    `--connection-token=${options.token}`,
    `--server-data-dir=${options.dataFolder}`,
    '--accept-server-license-terms',
    '--telemetry-level=off',
    ...(options.restricted ? [] : ['--disable-workspace-trust']),
    ...(options.testable ? ['--enable-smoke-test-driver'] : []),
  ];
}

function listeningPort(started: Started): Promise<number> {
  return new Promise((resolve) => {
    let port: number | undefined;
    createInterface({ input: started.process.stdout! }).on('line', (line) => {
      port ??= Number(/listening on (\d+)/.exec(line)?.[1] ?? Number.NaN) || undefined;
      if (line.includes('Extension host agent started') && port !== undefined) resolve(port);
    });
  });
}

async function failure(started: Started, logFile: string): Promise<never> {
  const code = await started.exited;
  throw new UserError(`The embedded VS Code ended with ${code} before it served; see ${logFile}`);
}
