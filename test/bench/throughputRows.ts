import { type Disk, RawFile } from './rawFile';
import { type Contender, speedRatio, takeTurns } from './rounds';
import { atLeast, judge, type Row } from './row';
import type { Scene } from './scene';
import { randomPages, readSequentially, requestPages, writeSequentially } from './workload';

const MAIN_SECTORS = 2 ** 21;
const REMAP_COUNTS = [0, 1000, 2048, 100_000];
const SEQUENTIAL_ROUNDS = 15;
const RANDOM_ROUNDS = 200;
const RANDOM_REQUESTS = 5000;
const IN_FLIGHT = 32;

const SEQUENTIAL = {
  read: {
    pass: readSequentially,
    targets: [
      [0, 0.95],
      [2048, 0.9],
      [100_000, 0.5],
    ],
  },
  write: {
    pass: writeSequentially,
    targets: [
      [0, 0.9],
      [2048, 0.85],
      [100_000, 0.4],
    ],
  },
} as const;

/** Throughput of the whole stack over 1 GiB against the very image file below it. */
export async function measureThroughput(scene: Scene): Promise<Row[]> {
  const main = await scene.addImage('main.img', MAIN_SECTORS);
  const spares = new Map<number, string>();
  for (const remaps of REMAP_COUNTS) {
    spares.set(remaps, await scene.addSpare(`spare-${remaps}.img`, MAIN_SECTORS, remaps));
  }
  const sequential = [];
  for (const operation of ['read', 'write'] as const) {
    sequential.push(...(await measureSequential(scene, main, spares, operation)));
  }
  return [...sequential, ...(await measureRandom(scene, main, spares))];
}

async function measureSequential(
  scene: Scene,
  main: string,
  spares: ReadonlyMap<number, string>,
  operation: 'read' | 'write',
): Promise<Row[]> {
  const { pass, targets } = SEQUENTIAL[operation];
  const stacks = targets.map(([remaps]) =>
    stack(scene, main, spares, remaps, (disk) => pass(disk, MAIN_SECTORS)),
  );
  const measured = await takeTurns(
    [raw(main, (disk) => pass(disk, MAIN_SECTORS)), ...stacks],
    SEQUENTIAL_ROUNDS,
  );
  return targets.map(([remaps, target]) =>
    judge(
      `sequential 1 MiB ${operation}s, ${describe(remaps)}`,
      speedRatio(measured, String(remaps), 'raw'),
      'of raw',
      atLeast(target),
    ),
  );
}

/** Many short passes over disks that stay open, each with a main of its own: a small read is over too soon for less. */
async function measureRandom(
  scene: Scene,
  main: string,
  spares: ReadonlyMap<number, string>,
): Promise<Row[]> {
  const sectors = randomPages(MAIN_SECTORS, RANDOM_REQUESTS, 1);
  const contender = (name: string, disk: Disk): Contender => ({
    name,
    pass: () => requestPages('read', disk, sectors, IN_FLIGHT),
  });
  const file = await RawFile.open(main);
  const contenders = [contender('raw', file)];
  for (const remaps of REMAP_COUNTS) {
    const ownMain = await scene.addImage(`main-${remaps}.img`, MAIN_SECTORS);
    const { target } = await scene.assemble(`random-${remaps}`, ownMain, spares.get(remaps)!);
    contenders.push(contender(String(remaps), target));
  }
  const measured = await takeTurns(contenders, RANDOM_ROUNDS);
  await file.close();
  for (const remaps of REMAP_COUNTS) {
    await scene.machine.remove(`random-${remaps}`);
    await scene.remove(`main-${remaps}.img`);
  }
  const name = `random 4 KiB reads, ${IN_FLIGHT} in flight`;
  const ratio = (remaps: number, base: string): number => speedRatio(measured, String(remaps), base);
  return [
    judge(`${name}, ${describe(2048)}`, ratio(2048, 'raw'), 'of raw', atLeast(0.9)),
    judge(`${name}, ${describe(1000)}`, ratio(1000, '0'), 'of no remaps', atLeast(0.95)),
    judge(`${name}, ${describe(100_000)}`, ratio(100_000, '0'), 'of no remaps', atLeast(0.6)),
  ];
}

function raw(main: string, pass: (disk: Disk) => Promise<number>): Contender {
  return {
    name: 'raw',
    pass: async () => {
      const file = await RawFile.open(main);
      return pass(file).finally(() => file.close());
    },
  };
}

function stack(
  scene: Scene,
  main: string,
  spares: ReadonlyMap<number, string>,
  remaps: number,
  pass: (disk: Disk) => Promise<number>,
): Contender {
  return {
    name: String(remaps),
    pass: () => scene.during(main, spares.get(remaps)!, (device) => pass(device.target)),
  };
}

function describe(remaps: number): string {
  return remaps === 0 ? 'no remaps' : `${remaps.toLocaleString('en')} remaps`;
}
