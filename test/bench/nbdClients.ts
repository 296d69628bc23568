import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Peer } from './nbdPeers';
import { timed } from './rounds';

const SAMPLE_MS = 10;

/** What fio does with a disk. */
export interface Job {
  readonly rw: 'randread' | 'read' | 'write' | 'randrw';
  readonly blockBytes: number;
  readonly inFlight: number;
  readonly milliseconds: number;
  readonly clients?: number;
}

interface FioResult {
  readonly jobs: readonly {
    readonly read: { readonly iops: number };
    readonly write: { readonly iops: number };
  }[];
}

/** Runs a job, and answers the milliseconds that one request takes of the time of all. */
export async function requestMs({ uri }: Peer, job: Job): Promise<number> {
  const args = [
    '--name=bench',
    '--ioengine=nbd',
    `--uri=${uri}`,
    `--rw=${job.rw}`,
    `--bs=${job.blockBytes}`,
    `--iodepth=${job.inFlight}`,
    `--numjobs=${job.clients ?? 1}`,
    '--group_reporting',
    '--time_based',
    // fio takes no fraction of a second: it would be none at all.
    `--ramp_time=${job.milliseconds / 4}ms`,
    `--runtime=${job.milliseconds}ms`,
    '--output-format=json',
  ];
  // The engine says that it is connected before the result begins.
  const { stdout } = await promisify(execFile)('fio', args);
  const [{ read, write }] = (JSON.parse(stdout.slice(stdout.indexOf('{'))) as FioResult).jobs as [
    FioResult['jobs'][0],
  ];
  return 1000 / (read.iops + write.iops);
}

/** Milliseconds that nbdcopy takes to read a disk; what it read is dropped, so that no other disk counts. */
export function copyMs({ uri }: Peer): Promise<number> {
  return timed(() => promisify(execFile)('nbdcopy', [uri, 'null:']));
}

/** The most bytes by which a process grows while some work is done. */
export async function growthBytes({ pid }: Peer, work: () => Promise<unknown>): Promise<number> {
  const before = await residentBytes(pid);
  let most = before;
  let isDone = false;
  const working = work();
  const end = (): void => {
    isDone = true;
  };
  // Also when it fails: that is told below, once nothing is measured any more.
  working.then(end, end);
  while (!isDone) {
    most = Math.max(most, await residentBytes(pid));
    await sleep(SAMPLE_MS);
  }
  await working;
  return most - before;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
