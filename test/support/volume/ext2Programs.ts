import { spawnSync } from 'node:child_process';
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, randomInteger } from '../../../src/engine/block/random';

const SECTOR = 512;
const FOLDERS = 6;
const FILES = 40;

/** A file of a random tree: each of its sectors begins with a stamp that names it. */
export interface StampedFile {
  readonly path: string;
  readonly size: number;
}

/** Makes a folder with files of random lengths, holes, links and folders. */
export function makeTree(folder: string, random: Random): StampedFile[] {
  const folders = [''];
  for (let index = 0; index < FOLDERS; index++) {
    const name = `${folders[randomInteger(random, folders.length)]}/dir${index}`;
    mkdirSync(join(folder, name));
    folders.push(name);
  }
  const files: StampedFile[] = [];
  for (let index = 0; index < FILES; index++) {
    const parent = folders[randomInteger(random, folders.length)];
    const path = `${parent}/${index % 7 === 0 ? `ünïcode ${index}` : `file${index}`}`;
    const size = Math.floor(2 ** (random() * (index % 10 === 0 ? 19 : 13)));
    writeStamped(join(folder, path), path, size, index % 5 === 0 ? random : undefined);
    files.push({ path, size });
  }
  linkSync(join(folder, files[1]!.path), join(folder, 'second name'));
  symlinkSync('x'.repeat(20), join(folder, 'short link'));
  symlinkSync('y'.repeat(300), join(folder, 'long link'));
  return files;
}

/** The stamp with which a sector of a file begins. */
export function stampOf(path: string, sector: number): Buffer {
  return Buffer.from(`@${sector} ${path}\n`);
}

function writeStamped(target: string, path: string, size: number, holes: Random | undefined): void {
  const file = openSync(target, 'w');
  for (let sector = 0; sector * SECTOR < size; sector++) {
    if (holes && sector * SECTOR + SECTOR < size && (sector >>> 4) % 3 === 1) continue;
    const bytes = Buffer.alloc(Math.min(SECTOR, size - sector * SECTOR), '.');
    stampOf(path, sector).copy(bytes);
    writeSync(file, bytes, 0, bytes.length, sector * SECTOR);
  }
  closeSync(file);
}

/** Runs a program of e2fsprogs and returns what it printed. */
export function run(program: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    input,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBUGFS_PAGER: 'cat', MKE2FS_DEVICE_SECTSIZE: '512' },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Runs commands of debugfs on an image. */
export function debugfs(image: string, commands: readonly string[], writes = false): string {
  return run('debugfs', [...(writes ? ['-w'] : []), '-f', '-', image], `${commands.join('\n')}\n`);
}

/** Which inode owns each block, by `icheck`: null for those that no inode has. */
export function inodesOfBlocks(image: string, blocks: readonly number[]): Map<number, number | null> {
  const owners = new Map<number, number | null>();
  for (const [, block, inode] of debugfs(image, [`icheck ${blocks.join(' ')}`]).matchAll(
    /^(\d+)\t(\d+|<.*>)$/gm,
  ))
    owners.set(Number(block), inode!.startsWith('<') ? null : Number(inode));
  return owners;
}

/** The paths of inodes, by `ncheck`. */
export function pathsOfInodes(image: string, inodes: readonly number[]): Map<number, string[]> {
  const paths = new Map<number, string[]>();
  for (const [, inode, path] of debugfs(image, [`ncheck ${inodes.join(' ')}`]).matchAll(/^(\d+)\t(.+)$/gm)) {
    const names = paths.get(Number(inode)) ?? [];
    paths.set(Number(inode), [...names, path!.replace(/^\/\//, '/')]);
  }
  return paths;
}

/** The free blocks, by `dumpe2fs`. */
export function freeBlocks(image: string): Set<number> {
  const free = new Set<number>();
  for (const [, list] of run('dumpe2fs', [image]).matchAll(/^ {2}Free blocks: (.*)$/gm))
    for (const piece of list!.split(', ').filter(Boolean)) {
      const [first, last = first] = piece.split('-').map(Number);
      for (let block = first!; block <= last!; block++) free.add(block);
    }
  return free;
}

/** The bytes of an image. */
export function imageBytes(image: string): Uint8Array {
  return readFileSync(image);
}

/** Makes an image of a file system that holds a folder. */
export function makeImage(image: string, options: readonly string[], size: string, folder?: string): void {
  run('mke2fs', ['-q', '-F', ...options, ...(folder ? ['-d', folder] : []), image, size]);
}
