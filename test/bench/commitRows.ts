import { SECTOR_SIZE } from '../../src/engine/block/blockDevice';
import type { RemapDevice } from '../../src/engine/device/remapDevice';
import { COPY_COUNT, copySector, STRUCTURE_SECTORS } from '../../src/engine/metadata/codec/v4';
import { amount } from './effort';
import { RawFile } from './rawFile';
import { median, speedRatio, takeTurns, timed } from './rounds';
import { atLeast, atMost, judge, type Row } from './row';
import type { Scene } from './scene';
import { readSequentially } from './workload';

const MAIN_SECTORS = amount(2 ** 21, 2 ** 16);
const LARGE_TABLE_ENTRIES = amount(1_000_000, 10_000);
/** Remaps on the disk by the end of the measure: with more, a disk is replaced. */
const DURABLE_REMAPS = amount(200, 20);
/** After so many remaps the compiler has optimized all that it will. */
const WARMING_REMAPS = amount(8000, 20);
const BURST_SECTORS = 1000;
const BURST_START = amount(100_000, 20_000);
const ROUNDS = amount(5, 1);
const ASSEMBLIES = amount(20, 2);

/** What remaps cost to make durable, and devices to assemble. */
export async function measureCommits(scene: Scene): Promise<Row[]> {
  const main = await scene.addImage('commit-main.img', MAIN_SECTORS, true);
  const spare = await scene.addSpare('commit-spare.img', MAIN_SECTORS, 0, BURST_SECTORS);
  return [
    await measureBurst(scene, main, spare),
    await measureSmallAssembly(scene, main),
    await measureLargeAssembly(scene),
    await measureScan(scene, main, spare),
  ];
}

/** A write to a bad sector, acknowledged only once its remap is durable, against two raw writes made durable: in turns. */
export async function measureDurableRemap(scene: Scene): Promise<Row[]> {
  const main = await scene.addImage('durable-main.img', MAIN_SECTORS, true);
  const raw = await RawFile.open(await scene.addImage('durable-raw.img', 4096));
  const onSpare = async <T>(work: (device: RemapDevice) => Promise<T>): Promise<T> => {
    const spare = await scene.addSpare('durable-spare.img', MAIN_SECTORS, 0, DURABLE_REMAPS);
    return scene.during(main, spare, work).finally(() => scene.remove('durable-spare.img'));
  };
  for (let warmed = 0; warmed < WARMING_REMAPS; warmed += DURABLE_REMAPS) await onSpare(remapSectors);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ratios.push(...(await onSpare((device) => compareRemaps(device, raw))));
  }
  await raw.close();
  const name = 'one remap made durable';
  return [judge(name, median(ratios), 'of two raw writes with fdatasync', atMost(1.5))];
}

/** Has so many sectors remapped one after the other; `around` does each remap, and what is compared with it. */
async function remapSectors(
  device: RemapDevice,
  around = async (remap: () => Promise<unknown>, _sector: number): Promise<void> => void (await remap()),
): Promise<void> {
  const bytes = Buffer.alloc(SECTOR_SIZE, 1);
  await device.injectErrors({ sectors: [[0, DURABLE_REMAPS]] });
  for (let sector = 0; sector < DURABLE_REMAPS; sector++) {
    await around(() => device.write(sector, bytes, { flush: false }), sector);
  }
  await device.clearErrors();
}

async function compareRemaps(device: RemapDevice, raw: RawFile): Promise<number[]> {
  const bytes = Buffer.alloc(SECTOR_SIZE, 1);
  const writeRaw = async (sector: number): Promise<void> => {
    await raw.write(sector, bytes);
    await raw.flush();
  };
  const ratios: number[] = [];
  await remapSectors(device, async (remap, sector) => {
    const remapMs = await timed(remap);
    const firstMs = await timed(() => writeRaw(sector));
    const secondMs = await timed(() => writeRaw(sector + 1));
    ratios.push(remapMs / (firstMs + secondMs));
  });
  return ratios;
}

async function measureBurst(scene: Scene, main: string, spare: string): Promise<Row> {
  const commits = await scene.whileOpen(main, spare, async ({ target, stack }) => {
    stack.main.medium.inject([[BURST_START, BURST_SECTORS]], { mode: 'error' });
    const before = target.committer.commitCount;
    await target.write(BURST_START, Buffer.alloc(BURST_SECTORS * SECTOR_SIZE, 2));
    return target.committer.commitCount - before;
  });
  return judge(`${BURST_SECTORS} failing sectors in one request`, commits, 'commits', atMost(3));
}

/**
 * The constructor over disks that are open, as after a reload of the module: it reads the five copies, checks them, and
 * builds the table. Several in a row, since one is over too soon to be timed well.
 */
async function measureSmallAssembly(scene: Scene, main: string): Promise<Row> {
  const spare = await scene.addSpare('assembly-spare.img', MAIN_SECTORS, 2048);
  const file = await RawFile.open(spare);
  const copy = Buffer.alloc(STRUCTURE_SECTORS * SECTOR_SIZE);
  const readCopies = async (): Promise<void> => {
    for (let i = 0; i < COPY_COUNT; i++) await file.read(copySector(i), copy);
  };
  const measured = await scene.whileOpen(main, spare, ({ stack }) =>
    takeTurns(
      [
        { name: 'raw', pass: () => timed(() => repeat(ASSEMBLIES, readCopies)) },
        { name: 'stack', pass: () => timed(() => repeat(ASSEMBLIES, () => scene.construct(stack))) },
      ],
      4 * ROUNDS,
    ),
  );
  await file.close();
  const ratio = 1 / speedRatio(measured, 'stack', 'raw');
  return judge('assemble with 2,048 entries', ratio, 'of reading the five copies raw', atMost(3));
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times; i++) await work();
}

async function measureLargeAssembly(scene: Scene): Promise<Row> {
  const main = await scene.addImage('large-main.img', MAIN_SECTORS, true);
  const spare = await scene.addSpare('large-spare.img', MAIN_SECTORS, LARGE_TABLE_ENTRIES);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push(await timed(() => scene.assemble('bench', main, spare)));
    await scene.machine.remove('bench');
  }
  await scene.remove('large-spare.img');
  return judge(
    `assemble with ${LARGE_TABLE_ENTRIES.toLocaleString('en')} entries`,
    median(times) / 1000,
    's',
    atMost(1),
  );
}

/** The scan of a healthy device against reading the file below it. */
async function measureScan(scene: Scene, main: string, spare: string): Promise<Row> {
  const raw = {
    name: 'raw',
    pass: async () => {
      const file = await RawFile.open(main);
      return readSequentially(file, MAIN_SECTORS).finally(() => file.close());
    },
  };
  const scan = {
    name: 'scan',
    pass: () =>
      scene.during(main, spare, async (device) => {
        await device.clearErrors();
        return timed(() => device.scan());
      }),
  };
  const measured = await takeTurns([raw, scan], ROUNDS);
  return judge('scan of a healthy device', speedRatio(measured, 'scan', 'raw'), 'of raw', atLeast(0.9));
}
