import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECTOR_SIZE } from '../block/blockDevice';
import type { RemapDevice } from '../device/remapDevice';
import { RemapError } from '../errors';
import {
  checkFileSystem,
  checkTree,
  FILE_SYSTEM_SECTORS,
  type FileSystemRig,
  unwrittenOf,
  withFileSystem,
} from './fileSystemRig';
import type { FileSystemKind } from './fileSystems';
import { missingFor } from './missing';
import type { Scenario } from './scenario';
import { asRuns, contentsOf, healUnwritten, isRemapped, scatteredIn } from './wornSectors';

/** One bad sector in so many of those that the file system has not written yet. */
const UNWRITTEN_SPACING = 128;
/** One sector in so many of those in use becomes hard to read. */
const USED_SPACING = 48;
const TRANSACTIONS = 25;
const SUSPENDED_MS = 300;
/** Sectors that are written in one go to fill the spare. */
const FILL_SECTORS = 2048;

/** Each row is a transaction of its own, which the database makes durable before it goes on. */
const FILL_DATABASE = `i=0
while [ $i -lt $2 ]; do i=$((i+1)); echo "INSERT INTO t VALUES($i, hex(randomblob(500)));"; done |
  sqlite3 -bail "$1/work.db" "PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t(i INTEGER, x TEXT);" ".read /dev/stdin"`;

export function badSectorsScenario(kind: FileSystemKind): Scenario {
  return {
    name: `${kind.name}-bad-sectors`,
    title: `${kind.title} with bad sectors under it`,
    objective: `Work on a mounted ${kind.title} while sectors under its data and metadata go bad, the module is reloaded and the spare fills up, and let its own checker and checksums judge.`,
    proves: [
      `${kind.title} notices nothing of bad sectors that were remapped, in data and in its superblock`,
      'A module reload and a suspend under a mounted file system only make it wait',
      'With the spare full, what was remapped goes on working',
    ],
    doesNotProve: ['Sectors that no retry can read: their data are gone, and the file system says so'],
    missing: () => missingFor(kind),
    run: (bench) => withFileSystem(bench, kind, workOverBadSectors),
  };
}

async function workOverBadSectors(rig: FileSystemRig): Promise<void> {
  const bad = await makeBad(rig);
  await work(rig, bad);
  await reloadUnder(rig);
  await suspendUnder(rig);
  await wearOut(rig);
  await fillSpare(rig, bad);
  const { bench, mounted } = rig;
  bench.step('Unmount, check, mount and compare every file');
  await mounted.unmount();
  await checkFileSystem(rig);
  await mounted.mount();
  await checkAll(rig, ['first', 'reloaded', 'suspended'], 'with the spare full');
  await mounted.unmount();
  bench.recordStatus('In the end');
}

async function makeBad(rig: FileSystemRig): Promise<number[]> {
  const { bench, kind, random } = rig;
  const scattered = scatteredIn(await unwrittenOf(rig), UNWRITTEN_SPACING, random);
  const bad = [kind.superblockSector, ...scattered];
  bench.step(
    `Make ${bad.length} sectors fail: one of the superblock, and others where nothing was written yet`,
  );
  await bench.device().injectErrors({ sectors: asRuns(bad) });
  return bad;
}

async function work(rig: FileSystemRig, bad: readonly number[]): Promise<void> {
  const { bench, mounted, tree } = rig;
  bench.step('Unpack a tree, build it, and fill a database that flushes each transaction');
  await tree.buildOn(mounted, 'first');
  await mounted.shell(FILL_DATABASE, String(TRANSACTIONS));
  await mounted.run('sync', ['--file-system', mounted.root]);
  const device = bench.device();
  const remapped = bad.filter((sector) => isRemapped(device, sector));
  bench.check(
    remapped.length > 0,
    `${remapped.length} of ${bad.length} bad sectors were written and remapped`,
  );
  await checkTree(rig, 'first', 'on bad sectors');
}

async function reloadUnder({ bench, mounted, tree }: FileSystemRig): Promise<void> {
  bench.step('Reload the module while a tree is unpacked and built');
  const { remaps } = bench.device().info();
  const building = tree.buildOn(mounted, 'reloaded');
  const reloaded = bench.reload();
  await Promise.all([building, reloaded]);
  const after = bench.device().info().remaps;
  bench.check(after >= remaps, `${after} remaps after the reload, ${remaps} before`);
}

async function suspendUnder({ bench, mounted, tree }: FileSystemRig): Promise<void> {
  bench.step('Suspend the device while a tree is unpacked and built, and resume it');
  const { name } = bench.device();
  await bench.machine.suspend(name);
  let isDone = false;
  const building = tree.buildOn(mounted, 'suspended').then(() => {
    isDone = true;
  });
  try {
    await sleep(SUSPENDED_MS);
    bench.check(!isDone, 'Nothing under /suspended is durable while it is suspended');
  } finally {
    await bench.machine.resume(name);
    await building;
  }
}

/** Sectors in use become hard to read, then fail for good: what a retry could read is on the spare by then. */
async function wearOut(rig: FileSystemRig): Promise<void> {
  const { bench, kind, mounted, random } = rig;
  await mounted.unmount();
  const device = bench.device();
  const { superblockSector } = kind;
  bench.check(
    isRemapped(device, superblockSector),
    `The superblock is on the spare: sector ${superblockSector}`,
  );
  const { data } = await contentsOf(device, FILE_SYSTEM_SECTORS);
  const worn = scatteredIn(data, USED_SPACING, random).filter((sector) => !isRemapped(device, sector));
  bench.step(
    `Let ${worn.length} sectors of data and metadata in use fail their next read; mount and read every file`,
  );
  await device.failNextRead(worn);
  await mounted.mount();
  await checkAll(rig, ['first', 'reloaded', 'suspended'], 'read from worn sectors');
  const rescued = worn.filter((sector) => isRemapped(device, sector));
  bench.check(rescued.length > 0, `${rescued.length} worn sectors were read by a retry and remapped`);
  await device.injectErrors({ sectors: asRuns(rescued) });
}

/** Fills the spare by what lies after the file system; the bad sectors that it has not written heal, or it could not go on. */
async function fillSpare({ bench, mounted }: FileSystemRig, bad: readonly number[]): Promise<void> {
  bench.step('Fill the spare while it is mounted');
  await mounted.run('sync', ['--file-system', mounted.root]);
  const device = bench.device();
  await healUnwritten(device, bad);
  await device.injectErrors({ sectors: [[FILE_SYSTEM_SECTORS, device.info().spareFree]] });
  await writeUntilFull(device);
  const { remaps, spareFree } = device.info();
  bench.check(spareFree === 0, `The spare is full: ${remaps} remaps`);
}

/** The table grows meanwhile, and takes room of the spare too. */
async function writeUntilFull(device: RemapDevice): Promise<void> {
  let sector = FILE_SYSTEM_SECTORS;
  for (let room = device.info().spareFree; room > 0; room = device.info().spareFree) {
    const count = Math.min(FILL_SECTORS, room);
    try {
      await device.write(sector, new Uint8Array(count * SECTOR_SIZE).fill(1));
    } catch (error) {
      if (error instanceof RemapError && error.code === 'ENOSPC') return;
      throw error;
    }
    sector += count;
  }
}

async function checkAll(rig: FileSystemRig, names: readonly string[], when: string): Promise<void> {
  for (const name of names) await checkTree(rig, name, when);
  const { bench, mounted } = rig;
  const rows = await mounted.run('sqlite3', [
    join(mounted.root, 'work.db'),
    'PRAGMA integrity_check; SELECT count(*) FROM t;',
  ]);
  const [verdict, count] = rows.split('\n');
  bench.check(
    verdict === 'ok' && Number(count) === TRANSACTIONS,
    `The database is ${verdict}, ${count} of ${TRANSACTIONS} transactions are there ${when}`,
  );
}
