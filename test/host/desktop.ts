import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import type { DesktopRequest } from './desktopRun';
import { cacheFolder, rootFolder } from './paths';
import { cleanEnvironment, start } from './processes';
import { quietSettings } from './server';
import { hostTimeoutMs, type Prepared, type SuiteRun } from './suiteRun';

const downloadProbe = 'https://update.code.visualstudio.com/api/releases/stable';
const probeTimeoutMs = 2500;
const neededLibraries = ['libgtk-3.so.0', 'libnss3.so', 'libgbm.so.1', 'libasound.so.2'];

export interface Desktop {
  readonly executablePath: string;
  /** The command to start it through: `xvfb-run` if there is no display, else empty. */
  readonly launcher: readonly string[];
}

/**
 * A desktop VS Code that can run here, downloaded if need be; or, as a string, why there is none.
 * @param version absent: the one that is installed, or the newest
 */
export async function findDesktop(version?: string): Promise<Desktop | string> {
  const launcher = displayLauncher();
  if (!launcher) return 'there is no display and no xvfb-run';
  const missing = missingLibrary();
  if (missing) return `${missing} is not installed`;
  const installed = version === undefined ? installedExecutable() : undefined;
  if (installed) return { executablePath: installed, launcher };
  if (!(await isReachable(downloadProbe)))
    return 'code is not on the PATH, and its download site is out of reach';
  try {
    return {
      executablePath: await downloadAndUnzipVSCode({ version: version ?? 'stable', cachePath: cacheFolder }),
      launcher,
    };
  } catch (error) {
    return `its download failed (${(error as Error).message})`;
  }
}

/** The path of the `code` command, if it is on the PATH. */
export function codeCommand(): string | undefined {
  return findOnPath(process.platform === 'win32' ? 'code.cmd' : 'code');
}

/** True if there is a display to show a window on. */
export function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Runs a suite in the extension host of desktop VS Code; the exit code is 0 when its `run()` resolved. */
export async function runDesktop(desktop: Desktop, suite: SuiteRun, prepared: Prepared): Promise<number> {
  console.log(`Host: desktop VS Code, ${desktop.executablePath}`);
  const profile = join(prepared.folder, 'profile');
  await mkdir(join(profile, 'User'), { recursive: true });
  await writeFile(join(profile, 'User', 'settings.json'), JSON.stringify(quietSettings));
  const request: DesktopRequest = {
    executablePath: desktop.executablePath,
    extensionPath: suite.extensionPath,
    suitePath: suite.suitePath,
    workspace: prepared.workspace,
    profile,
    extensions: join(prepared.folder, 'extensions'),
    ...(suite.vsix === undefined ? {} : { vsix: suite.vsix }),
  };
  const script = join(rootFolder, 'out', 'host', 'desktopRun.js');
  const [command = '', ...args] = [...desktop.launcher, process.execPath, script, JSON.stringify(request)];
  const started = start(command, args, { env: cleanEnvironment(prepared.env) });
  const guard = setTimeout(() => {
    console.error(`No end of the suite after ${hostTimeoutMs / 1000} s: ending VS Code.`);
    void started.stop();
  }, hostTimeoutMs);
  try {
    return await started.exited;
  } finally {
    clearTimeout(guard);
    await started.stop();
  }
}

function displayLauncher(): string[] | undefined {
  if (hasDisplay()) return [];
  return findOnPath('xvfb-run') ? ['xvfb-run', '-a'] : undefined;
}

function missingLibrary(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  return stdout ? neededLibraries.find((library) => !stdout.includes(library)) : undefined;
}

/** The program that the script `code` hands over to. */
function installedExecutable(): string | undefined {
  const command = codeCommand();
  if (!command) return undefined;
  const folder = dirname(realpathSync(command));
  const places =
    process.platform === 'darwin'
      ? ['../../../MacOS/Electron', '../../../MacOS/Code']
      : ['../code', '../Code.exe'];
  return places.map((place) => join(folder, place)).find((path) => existsSync(path));
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

async function isReachable(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeTimeoutMs) })).ok;
  } catch {
    return false;
  }
}
