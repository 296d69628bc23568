import { execFileSync, spawn } from 'node:child_process';
import { accessSync, mkdirSync, readFileSync, rmdirSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Programs of ntfs-3g and of sleuthkit, on images of ours. */

export interface MadeImage {
  readonly path: string;
  readonly clusterBytes: number;
}

/** Makes an empty volume. */
export function makeNtfs(path: string, bytes: number, clusterBytes: number, sectorBytes = 512): MadeImage {
  writeFileSync(path, '');
  truncateSync(path, bytes);
  const sizes = ['-c', `${clusterBytes}`, '-s', `${sectorBytes}`];
  run('mkntfs', '-F', '-Q', '-q', '-p', '0', '-H', '16', '-S', '63', '-L', 'Judged', ...sizes, path);
  return { path, clusterBytes };
}

/** True where a volume can be mounted without the kernel's own drivers. */
export function canMount(): boolean {
  try {
    accessSync('/dev/fuse');
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/** Mounts a volume for some work in it. */
export async function mounted(
  { path }: MadeImage,
  folder: string,
  work: (folder: string) => void,
): Promise<void> {
  mkdirSync(folder);
  const options = 'no_detach,compression,streams_interface=windows';
  const server = spawn('ntfs-3g', ['-o', options, path, folder], { stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => server.once('exit', resolve));
  let isUp = false;
  void ended.then(() => {
    isUp = true;
  });
  while (!isUp) {
    isUp = readFileSync('/proc/mounts', 'utf8').includes(` ${folder} `);
    if (!isUp) await delay(5);
  }
  try {
    work(folder);
  } finally {
    run('umount', folder);
  }
  if ((await ended) !== 0) throw new Error('ntfs-3g failed');
  rmdirSync(folder);
}

/** Has what is written into a folder from now on compressed. */
export function compressFolder(folder: string): void {
  const program =
    "import os,sys; os.setxattr(sys.argv[1], 'system.ntfs_attrib', (0x810).to_bytes(4, 'little'))";
  run('/usr/bin/python3', '-c', program, folder);
}

/** Copies a file to the root of a volume that isn't mounted. */
export function copyInto({ path }: MadeImage, source: string, name: string): void {
  run('ntfscp', '-f', path, source, name);
}

/** Paths, with streams, and their records, as `fls` lists them: all that is in use. */
export function listed({ path }: MadeImage): Map<string, number> {
  const names = new Map<string, number>();
  for (const line of run('fls', '-f', 'ntfs', '-r', '-p', '-u', path).split('\n')) {
    const [, record, name] = /^\S+ (\d+)(?:-\d+-\d+)?:\t(.+)$/.exec(line) ?? [];
    if (name !== undefined && !name.startsWith('$OrphanFiles')) names.set(`/${name}`, Number(record));
  }
  return names;
}

/** An attribute as `istat` tells of it: its clusters in order, a hole as 0. */
export interface JudgedAttribute {
  readonly type: string;
  readonly name: string;
  readonly isResident: boolean;
  readonly size: number;
  readonly clusters: readonly number[];
}

export function attributesOf({ path }: MadeImage, record: number): JudgedAttribute[] {
  const attributes: JudgedAttribute[] = [];
  let clusters: number[] = [];
  const lines = run('istat', '-f', 'ntfs', path, `${record}`).split('Attributes: \n').at(-1)!.split('\n');
  for (const line of lines) {
    const [, type, name, kind, size] =
      /^Type: (\S+) \(.*?\) {3}Name: (.+?) {3}(\S+?),? .*? size: (\d+)/.exec(line) ?? [];
    if (type !== undefined) {
      clusters = [];
      attributes.push({
        type,
        name: name === 'N/A' ? '' : name!,
        isResident: kind === 'Resident',
        size: Number(size),
        clusters,
      });
    } else clusters.push(...line.split(' ').filter(Boolean).map(Number));
  }
  return attributes;
}

/** Whether each cluster is in use, as `blkls` says. */
export function allocatedClusters({ path }: MadeImage): boolean[] {
  const lines = run('blkls', '-f', 'ntfs', '-e', '-l', path).split('\n');
  return lines.flatMap((line) => {
    const [, state] = /^\d+\|([af])$/.exec(line) ?? [];
    return state ? [state === 'a'] : [];
  });
}

/** The records and attributes that have a cluster, as `ntfscluster` says: `64 /path/$DATA`. */
export function clusterOwners({ path }: MadeImage, cluster: number): string[] {
  const text = run('ntfscluster', '-f', '-q', '-c', `${cluster}-${cluster}`, path);
  return text.split('\n').flatMap((line) => /^Inode (\d+ \/.*)$/.exec(line)?.[1] ?? []);
}

/** How many clusters are used, as `ntfscluster` counts them. */
export function usedClusterCount({ path }: MadeImage): number {
  const text = run('ntfscluster', '-f', '-i', path);
  const count = (name: string) => Number(new RegExp(`clusters of ${name}\\s*: (\\d+)`).exec(text)![1]);
  return count('user data') + count('metadata');
}

function run(program: string, ...words: readonly string[]): string {
  return execFileSync(program, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  });
}
