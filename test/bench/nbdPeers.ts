import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SECTOR_SIZE } from '../../src/engine/block/blockDevice';
import type { Scene } from './scene';

const PROGRAMS = ['nbdkit', 'qemu-nbd', 'fio', 'nbdcopy'];
const START_MS = 20_000;
const POLL_MS = 20;
const PAGE_SECTORS = 8;

/** A server of one disk, in a process of its own, as it is used. */
export interface Peer {
  readonly name: string;
  readonly uri: string;
  readonly pid: number;
  /** Ends it, and resolves once it has ended. */
  end(): Promise<void>;
}

/** The programs that the comparison needs and that are not installed. */
export function missingPrograms(): string[] {
  return PROGRAMS.filter((name) => spawnSync(name, ['--version']).error !== undefined);
}

/** nbdkit's file plugin, with the filter that reads a ddrescue mapfile if one is given. */
export function nbdkitFile(scene: Scene, name: string, image: string, mapfile?: string): Promise<Peer> {
  const socket = scene.path(`${name}.sock`);
  const filter = mapfile === undefined ? [] : ['--filter=ddrescue'];
  const parameter = mapfile === undefined ? [] : [`ddrescue-mapfile=${mapfile}`];
  const args = ['--foreground', '--unix', socket, ...filter, 'file', image, ...parameter];
  return start(name, 'nbdkit', args, { socket, uri: `nbd+unix:///?socket=${socket}` });
}

export function qemuNbd(scene: Scene, image: string): Promise<Peer> {
  const socket = scene.path('qemu.sock');
  const args = ['--persistent', '--shared=16', '--format=raw', `--socket=${socket}`, image];
  return start('qemu-nbd', 'qemu-nbd', args, { socket, uri: `nbd+unix:///?socket=${socket}` });
}

/** Our own server, by the program that is shipped. */
export async function served(scene: Scene, name: string, main: string, spare: string): Promise<Peer> {
  const device = scene.path(`${name}.remap`);
  const socket = scene.path(`${name}.sock`);
  await writeFile(device, JSON.stringify({ main: basename(main), spare: basename(spare) }));
  const args = [scene.path('cli.js'), 'serve', device, '--socket', socket];
  return start(name, process.execPath, args, { socket, uri: `nbd+unix:///${name}?socket=${socket}` });
}

/** A mapfile of so many ranges, all of them rescued: the filter searches them for the one that has a request whole. */
export async function writeRanges(path: string, sectorCount: number, rangeCount: number): Promise<void> {
  const pages = sectorCount / PAGE_SECTORS;
  const startOf = (i: number): number => Math.floor((i * pages) / rangeCount) * PAGE_SECTORS * SECTOR_SIZE;
  const lines = Array.from({ length: rangeCount }, (_, i) => {
    const from = startOf(i);
    return `0x${from.toString(16)} 0x${(startOf(i + 1) - from).toString(16)} +\n`;
  });
  await writeFile(path, `0x0 + 1\n${lines.join('')}`);
}

interface Place {
  readonly socket: string;
  readonly uri: string;
}

async function start(name: string, program: string, args: readonly string[], place: Place): Promise<Peer> {
  await rm(place.socket, { force: true });
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = async (): Promise<void> => {
    child.kill();
    await gone;
  };
  const deadline = performance.now() + START_MS;
  while (!(await answers(place, child))) {
    if (child.exitCode === null && performance.now() < deadline) await sleep(POLL_MS);
    else {
      await end();
      throw new Error(`${name} did not begin: ${complaint}`);
    }
  }
  return { name, uri: place.uri, pid: child.pid!, end };
}

async function answers({ socket, uri }: Place, child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || !existsSync(socket)) return false;
  return promisify(execFile)('nbdinfo', ['--size', uri]).then(
    () => true,
    () => false,
  );
}
