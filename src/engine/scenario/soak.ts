import { seededRandom } from '../block/random';
import type { ScenarioBench } from './bench';
import type { Scenario } from './scenario';
import { stampedSector, stampOf } from './stamps';

const SOAK_FIRST = 20_000;
const SOAK_SECTORS = 5000;
/** Operations between two disturbances. */
const OPERATIONS_PER_DISTURBANCE = 400;

export const soak: Scenario = {
  name: 'soak',
  title: 'Long-running mixed I/O',
  objective:
    'Read and write at random for a while, with new bad sectors, suspends and reloads among it, and check every read.',
  proves: ['Mixed I/O with new errors, suspends and reloads stays right for as long as it ran'],
  doesNotProve: ['Longer runs: the duration is a setting'],
  async run(bench) {
    const { soakSeconds, seed } = bench.settings;
    bench.step('Create the device');
    await bench.createDevice();
    bench.step(`Mixed I/O for ${soakSeconds} s (seed ${seed})`);
    const random = seededRandom(seed);
    const versions = new Map<number, number>();
    const until = performance.now() + soakSeconds * 1000;
    const counts = { reads: 0, writes: 0, disturbances: 0 };
    while (performance.now() < until) {
      bench.progress(`${Math.max(0, Math.ceil((until - performance.now()) / 1000))} s to go`);
      for (let i = 0; i < OPERATIONS_PER_DISTURBANCE; i++) await operate(bench, random, versions, counts);
      await disturb(bench, random);
      counts.disturbances++;
    }
    bench.step('Read everything that was written');
    for (const sector of versions.keys()) await checkSector(bench, sector, versions);
    bench.recordStatus('At the end');
    const { remaps } = bench.device().info();
    bench.note(
      `${counts.reads} reads and ${counts.writes} writes checked, ${counts.disturbances} disturbances, ${remaps} remaps`,
    );
  },
};

async function operate(
  bench: ScenarioBench,
  random: () => number,
  versions: Map<number, number>,
  counts: { reads: number; writes: number },
): Promise<void> {
  const device = bench.device();
  const sector = SOAK_FIRST + Math.floor(random() * SOAK_SECTORS);
  if (random() < 0.5) {
    const version = (versions.get(sector) ?? 0) + 1;
    await device.write(sector, stampedSector(sector, version), { flush: false });
    versions.set(sector, version);
    counts.writes++;
    return;
  }
  await checkSector(bench, sector, versions);
  counts.reads++;
}

async function checkSector(
  bench: ScenarioBench,
  sector: number,
  versions: ReadonlyMap<number, number>,
): Promise<void> {
  const { bytes, failed } = await bench.device().read(sector, 1);
  const expected = versions.get(sector) ?? 0;
  // A sector that was never written and has gone bad has no data to lose.
  if (failed.length > 0 && expected === 0) return;
  const found = failed.length > 0 ? null : stampOf(bytes, sector);
  if (found === expected) return;
  const what = found === null ? 'cannot be read' : `holds version ${found}`;
  bench.check(false, `Sector ${sector} ${what}, version ${expected} was written`, sector);
}

/** A new bad sector whose data a retry can read, a suspend, a flush or a reload. */
async function disturb(bench: ScenarioBench, random: () => number): Promise<void> {
  const device = bench.device();
  const choice = random();
  if (choice < 0.6) {
    const sector = SOAK_FIRST + Math.floor(random() * SOAK_SECTORS);
    await device.failNextRead([sector]);
  } else if (choice < 0.8) {
    await device.suspend();
    device.resume();
  } else if (choice < 0.9) {
    await device.flush();
  } else {
    await bench.reload();
  }
}
