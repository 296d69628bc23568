import { join } from 'node:path';
import { bundle } from '../support/bundle';
import { amount } from './effort';
import { copyMs, growthBytes, type Job, requestMs } from './nbdClients';
import { missingPrograms, nbdkitFile, type Peer, qemuNbd, served, writeRanges } from './nbdPeers';
import { type Measurements, speedRatio, takeTurns } from './rounds';
import { atLeast, atMost, judge, type Row, type Target, tell } from './row';
import type { Scene } from './scene';

const SECTORS = amount(2 ** 21, 2 ** 14);
const ROUNDS = amount(5, 1);
const RUN_MS = amount(1000, 40);
const MEBIBYTE = 2 ** 20;
/** Each of them has a file that all servers of the comparison open; a smoke run has the first. */
const REMAPS = [
  { count: 1000, target: atLeast(1) },
  { count: 100_000, target: atLeast(3) },
].slice(0, amount(2, 1));

const RANDOM: Job = { rw: 'randread', blockBytes: 4096, inFlight: 32, milliseconds: RUN_MS };
const READ: Job = { rw: 'read', blockBytes: MEBIBYTE, inFlight: 1, milliseconds: RUN_MS };
const WRITE: Job = { ...READ, rw: 'write' };
const CROWD: Job = {
  rw: 'randrw',
  blockBytes: MEBIBYTE,
  inFlight: 64,
  milliseconds: amount(4000, 40),
  clients: 16,
};

/** Our NBD server beside others over the same file, by clients that are in use. Linux, where these programs are. */
export async function measureNbd(scene: Scene): Promise<Row[]> {
  const missing = missingPrograms();
  if (missing.length > 0) {
    console.error(`The comparison of NBD servers is left out: ${missing.join(', ')} not found.`);
    return [];
  }
  bundle(join('src', 'cli', 'main.ts'), scene.path('cli.js'), { minify: true });
  const rows = await withoutRemaps(scene);
  for (const { count, target } of REMAPS) rows.push(await withRemaps(scene, count, target));
  return rows;
}

async function withoutRemaps(scene: Scene): Promise<Row[]> {
  const main = await scene.addImage('nbd.img', SECTORS);
  const spare = await scene.addSpare('nbd-spare.img', SECTORS, 0);
  const ours = served(scene, 'ours', main, spare);
  return whileServed([nbdkitFile(scene, 'nbdkit', main), qemuNbd(scene, main), ours], async (peers) => {
    const grown = await growthBytes(peers[2]!, () => requestMs(peers[2]!, CROWD));
    const jobs: readonly [string, (peer: Peer) => Promise<number>, Target][] = [
      ['NBD: random 4 KiB reads, 32 in flight', (peer) => requestMs(peer, RANDOM), atLeast(0.9)],
      ['NBD: sequential 1 MiB reads', (peer) => requestMs(peer, READ), atLeast(0.5)],
      ['NBD: sequential 1 MiB writes', (peer) => requestMs(peer, WRITE), atLeast(0.5)],
      ['NBD: nbdcopy of 1 GiB', copyMs, atLeast(0.5)],
    ];
    const rows = [judge('NBD: memory, 16 clients, 64 x 1 MiB each', grown / 1e6, 'MB', atMost(150))];
    for (const [name, job, target] of jobs) {
      const measured = await compare(peers, job);
      rows.push(judge(name, speedRatio(measured, 'ours', 'nbdkit'), 'of nbdkit file', target));
      rows.push(tell(name, speedRatio(measured, 'ours', 'qemu-nbd'), 'of qemu-nbd'));
    }
    return rows;
  });
}

async function withRemaps(scene: Scene, count: number, target: Target): Promise<Row> {
  const main = await scene.addImage(`nbd-${count}.img`, SECTORS);
  const spare = await scene.addSpare(`nbd-${count}-spare.img`, SECTORS, count);
  const mapfile = scene.path(`nbd-${count}.map`);
  await writeRanges(mapfile, SECTORS, count);
  const theirs = nbdkitFile(scene, 'nbdkit', main, mapfile);
  const measured = await whileServed([theirs, served(scene, 'ours', main, spare)], (peers) =>
    compare(peers, (peer) => requestMs(peer, RANDOM)),
  );
  const name = `NBD: random 4 KiB reads, 32 in flight, ${count.toLocaleString('en')} remaps`;
  return judge(name, speedRatio(measured, 'ours', 'nbdkit'), 'of nbdkit ddrescue', target);
}

function compare(peers: readonly Peer[], job: (peer: Peer) => Promise<number>): Promise<Measurements> {
  return takeTurns(
    peers.map((peer) => ({ name: peer.name, pass: () => job(peer) })),
    ROUNDS,
  );
}

async function whileServed<T>(
  starting: readonly Promise<Peer>[],
  work: (peers: readonly Peer[]) => Promise<T>,
): Promise<T> {
  const started = await Promise.allSettled(starting);
  try {
    return await work(await Promise.all(starting));
  } finally {
    for (const peer of started) if (peer.status === 'fulfilled') await peer.value.end();
  }
}
