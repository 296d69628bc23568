import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { type Random, randomInteger } from '../../../src/engine/block/random';
import type { SectorSource } from '../../../src/engine/volume/volumeContracts';

/** Runs a program of mtools, dosfstools, exfatprogs or The Sleuth Kit. @returns what it printed */
export function run(program: string, args: readonly (string | number)[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args.map(String), {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', MTOOLSRC: '/dev/null' },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** An image file, read as it is asked for. */
export class FileSource implements SectorSource {
  readonly sectorCount: number;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.sectorCount = Math.floor(fstatSync(this.#file).size / SECTOR_SIZE);
  }

  async read(sector: number, buffer: Uint8Array): Promise<void> {
    readSync(this.#file, buffer, 0, buffer.length, sector * SECTOR_SIZE);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const NAMES = [
  'short.txt',
  'A_LONGER.NAME.bin',
  'größer — naïve',
  'with blanks in it',
  'x'.repeat(120),
  'Mixed.Case',
];

/** Makes files of random lengths in nested folders, below `folder`. @returns their paths within it, and their bytes */
export function randomTree(
  folder: string,
  random: Random,
  prefix: string,
  fileCount: number,
): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const folders = [''];
  for (let number = 0; number < fileCount; number++) {
    if (random() < 0.2) {
      const name = `${folders[randomInteger(random, folders.length)]}/${prefix} folder ${number}`;
      mkdirSync(join(folder, name), { recursive: true });
      folders.push(name);
    }
    const name = `${prefix}${number} ${NAMES[randomInteger(random, NAMES.length)]}`;
    const path = `${folders[randomInteger(random, folders.length)]}/${random() < 0.3 ? `${prefix}${number}.DAT` : name}`;
    const bytes = Buffer.alloc(random() < 0.1 ? 0 : Math.ceil(2 ** (random() * 15)), `${path}\n`);
    for (let at = 0; at + 4 <= bytes.length; at += 512) bytes.writeUInt32LE(at, at);
    writeFileSync(join(folder, path), bytes);
    files.set(path, bytes);
  }
  return files;
}

/** The clusters of files by `mshowfat`. */
export function clustersOf(image: string, paths: readonly string[]): Map<string, number[]> {
  const clusters = new Map<string, number[]>();
  for (const line of run('mshowfat', ['-i', image, ...paths.map((path) => `::${path}`)]).split('\n')) {
    const found = /^::(\/.*?)((?: <\d+(?:-\d+)?>)+| Root directory or empty file)\s*$/.exec(line);
    if (!found) continue;
    const list: number[] = [];
    for (const [, first, last = first] of found[2]!.matchAll(/<(\d+)(?:-(\d+))?>/g))
      for (let cluster = Number(first); cluster <= Number(last); cluster++) list.push(cluster);
    clusters.set(found[1]!, list);
  }
  return clusters;
}

/** All paths by `mdir`, those of folders with a slash at the end. */
export function listedPaths(image: string): string[] {
  const lines = run('mdir', ['-i', image, '-/', '-b', '::/']).split('\n');
  return lines.filter((line) => line.startsWith('::/')).map((line) => line.slice(2));
}

/** Of each sector of the file system's own size whether it is allocated, by `blkls`. */
export function allocatedUnits(image: string): boolean[] {
  const allocated: boolean[] = [];
  for (const [, unit, mark] of run('blkls', ['-e', '-l', image]).matchAll(/^(\d+)\|([af])$/gm))
    allocated[Number(unit)] = mark === 'a';
  return allocated;
}

/** The addresses of live files by `fls`, by path. */
export function addressesOf(image: string): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const [, address, path] of run('fls', ['-r', '-p', '-u', '-F', image]).matchAll(
    /^r\/r (\d+):\t(.*)$/gm,
  ))
    addresses.set(`/${path}`, address!);
  return addresses;
}

/** The sectors of a file's bytes, in their order, by `istat`. */
export function sectorsOfFile(image: string, address: string): number[] {
  const [, list = ''] = run('istat', [image, address]).split('Sectors:\n');
  return list
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}
