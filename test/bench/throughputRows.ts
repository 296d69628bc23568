import { amount } from './effort';
import { type Disk, RawFile } from './rawFile';
import { type Contender, speedRatio, takeTurns } from './rounds';
import { atLeast, judge, type Row } from './row';
import type { Scene } from './scene';
import { randomPages, readSequentially, requestPages, writeSequentially } from './workload';

const MAIN_SECTORS = amount(2 ** 21, 2 ** 18);
const REMAP_COUNTS = [0, 1000, 2048, 100_000];
const SEQUENTIAL_ROUNDS = amount(7, 1);
const RANDOM_ROUNDS = amount(80, 1);
const RANDOM_REQUESTS = amount(5000, 100);
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

/** Throughput of the whole stack over 1 GiB, in large requests one after the other, against the same file without the stack. */
export async function measureSequential(scene: Scene): Promise<Row[]> {
  const main = await scene.addImage('main.img', MAIN_SECTORS);
  for (const [remaps] of SEQUENTIAL.read.targets) {
    await scene.addSpare(spareName(remaps), MAIN_SECTORS, remaps);
  }
  const rows: Row[] = [];
  for (const operation of ['read', 'write'] as const) {
    rows.push(...(await measureOperation(scene, main, operation)));
  }
  return rows;
}

async function measureOperation(scene: Scene, main: string, operation: 'read' | 'write'): Promise<Row[]> {
  const { pass, targets } = SEQUENTIAL[operation];
  const stacks = targets.map(([remaps]): Contender => {
    const spare = scene.path(spareName(remaps));
    return {
      name: String(remaps),
      pass: () => scene.whileOpen(main, spare, ({ target }) => pass(target, MAIN_SECTORS)),
    };
  });
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

/**
 * Throughput in small requests anywhere on 1 GiB: many short passes over disks that stay open, each with a main of its own,
 * since a small read is over too soon for less.
 */
export async function measureRandom(scene: Scene): Promise<Row[]> {
  const sectors = randomPages(MAIN_SECTORS, RANDOM_REQUESTS, 1);
  const contender = (name: string, disk: Disk): Contender => ({
    name,
    pass: () => requestPages('read', disk, sectors, IN_FLIGHT),
  });
  const file = await RawFile.open(await scene.addImage('raw.img', MAIN_SECTORS));
  const contenders = [contender('raw', file)];
  for (const remaps of REMAP_COUNTS) {
    const main = await scene.addImage(`main-${remaps}.img`, MAIN_SECTORS);
    const spare = await scene.addSpare(spareName(remaps), MAIN_SECTORS, remaps);
    const { target } = await scene.open(main, spare);
    contenders.push(contender(String(remaps), target));
  }
  const measured = await takeTurns(contenders, RANDOM_ROUNDS);
  await file.close();
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

function spareName(remaps: number): string {
  return `spare-${remaps}.img`;
}

function describe(remaps: number): string {
  return remaps === 0 ? 'no remaps' : `${remaps.toLocaleString('en')} remaps`;
}
