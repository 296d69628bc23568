import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './paths';
import { npm } from './processes';

/** Something that is fetched from npm once and kept in the cache folder. */
export interface Part {
  /** Folder name in the cache. It has the version in it, so that another version gets another folder. */
  readonly name: string;
  /** npm package specifications. */
  readonly packages: readonly string[];
  /** Completes the folder after the packages are installed. */
  readonly finish?: (folder: string) => Promise<void>;
}

const stampName = 'installed.json';

/**
 * Makes sure that a part is in the cache, and returns its folder. It is installed in a folder of its own that gets its
 * final name last, so that neither an interrupted install nor another process's install at the same time does harm.
 */
export async function ensurePart(part: Part): Promise<string> {
  const folder = join(cacheFolder, part.name);
  if (isInstalled(part, folder)) return folder;
  console.log(`Installing ${part.packages.join(', ') || part.name} into ${cacheFolder} (once)`);
  await mkdir(cacheFolder, { recursive: true });
  await removeLeftovers(part.name);
  const working = `${folder}.tmp-${process.pid}`;
  await mkdir(working);
  await writeFile(join(working, 'package.json'), '{ "private": true }\n');
  await npm([...installArguments, '--no-save', ...part.packages], { cwd: working });
  await part.finish?.(working);
  await writeFile(join(working, stampName), stampOf(part));
  await moveIntoPlace(part, working, folder);
  return folder;
}

/** Installs the dependencies of the package in `folder` by its own lock file. */
export async function installOwnDependencies(folder: string): Promise<void> {
  await npm([...installArguments, '--omit=dev'], { cwd: folder });
}

const installArguments = ['install', '--ignore-scripts', '--engine-strict=false', '--no-audit', '--no-fund'];

function stampOf(part: Part): string {
  return `${JSON.stringify({ packages: part.packages })}\n`;
}

function isInstalled(part: Part, folder: string): boolean {
  const stamp = join(folder, stampName);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(part);
}

async function moveIntoPlace(part: Part, working: string, folder: string): Promise<void> {
  if (!isInstalled(part, folder)) await rm(folder, { recursive: true, force: true });
  try {
    await rename(working, folder);
  } catch (error) {
    if (!isInstalled(part, folder)) throw error;
    await rm(working, { recursive: true });
  }
}

async function removeLeftovers(name: string): Promise<void> {
  for (const entry of await readdir(cacheFolder)) {
    const owner = entry.startsWith(`${name}.tmp-`) ? Number(entry.slice(`${name}.tmp-`.length)) : undefined;
    if (owner !== undefined && !isRunning(owner)) await rm(join(cacheFolder, entry), { recursive: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
