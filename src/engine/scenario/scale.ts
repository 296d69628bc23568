import { SECTOR_SIZE } from '../block/blockDevice';
import type { RemapDevice } from '../device/remapDevice';
import type { ScenarioBench } from './bench';
import type { Scenario } from './scenario';
import { stampedSector, stampOf } from './stamps';

/** Sectors that one write of the workloads carries. */
const BATCH_SECTORS = 2048;
const SAMPLE_COUNT = 200;

export const manyRemaps: Scenario = {
  name: 'many-remaps',
  title: 'More remaps than the kernel keeps',
  objective:
    'Make more remaps than the 2,048 that the v4 table holds, reload many times, and verify that all persist.',
  proves: ['More than 2,048 remaps persist (the kernel drops the rest)', 'Repeated reloads lose nothing'],
  doesNotProve: ['A million remaps: see the scenario of that name'],
  async run(bench) {
    const { remapCount, reloadCount } = bench.settings;
    bench.step(`Create the device with ${remapCount} failing sectors and write them`);
    const device = await bench.createDevice();
    await remapRun(bench, device, 10_000, remapCount);
    bench.recordStatus('Before the reloads');
    bench.step(`Reload the module ${reloadCount} times`);
    for (let i = 0; i < reloadCount; i++) {
      bench.progress(`reload ${i + 1} of ${reloadCount}`);
      const { remaps } = (await bench.reload()).info();
      if (remaps !== remapCount)
        bench.check(false, `Reload ${i + 1}: ${remaps} of ${remapCount} remaps restored`);
    }
    bench.check(
      bench.device().info().remaps === remapCount,
      `${remapCount} of ${remapCount} remaps after ${reloadCount} reloads`,
    );
    bench.recordStatus('After the reloads');
    await checkStamps(bench, 10_000, remapCount);
  },
};

export const millionRemaps: Scenario = {
  name: 'million-remaps',
  title: 'Reload with a million remaps',
  objective: 'Make a million remaps, reload, and verify samples and the count.',
  proves: ['A million remaps persist across a reload and serve I/O'],
  doesNotProve: ['Speed on other machines: the benchmark measures that'],
  async run(bench) {
    const count = bench.settings.largeRemapCount;
    bench.step(`Create a device large enough for ${count.toLocaleString('en-US')} remaps`);
    const device = await bench.createDevice({
      mainSectors: count + 20_000,
      spareSectors: Math.ceil(count * 1.3) + 20_000,
    });
    bench.step('Remap them: each sector fails, and is written');
    await remapRun(bench, device, 10_000, count);
    bench.recordStatus('Before the reload');
    bench.step('Reload the module');
    const startedAt = performance.now();
    await bench.reload();
    const seconds = (performance.now() - startedAt) / 1000;
    const { remaps } = bench.device().info();
    bench.check(
      remaps === count,
      `${remaps.toLocaleString('en-US')} remaps restored; the reload took ${seconds.toFixed(2)} s`,
    );
    bench.recordStatus('After the reload');
    await checkStamps(bench, 10_000, count);
  },
};

/** Makes a run of sectors fail and writes a stamp to each, so that all of them are remapped. */
export async function remapRun(
  bench: ScenarioBench,
  device: RemapDevice,
  first: number,
  count: number,
): Promise<void> {
  await device.injectErrors({ sectors: [[first, count]] });
  let remapped = 0;
  for (let done = 0; done < count; done += BATCH_SECTORS) {
    bench.progress(`remap ${done} of ${count}`);
    const length = Math.min(BATCH_SECTORS, count - done);
    const bytes = new Uint8Array(length * SECTOR_SIZE);
    for (let i = 0; i < length; i++) bytes.set(stampedSector(first + done + i, 1), i * SECTOR_SIZE);
    const isLast = done + length === count;
    remapped += (await device.write(first + done, bytes, { flush: isLast })).remapped.length;
  }
  bench.check(
    remapped === count,
    `${remapped.toLocaleString('en-US')} of ${count.toLocaleString('en-US')} failed writes were remapped`,
  );
}

/** Reads samples of a run that {@link remapRun} wrote, its ends included. */
async function checkStamps(bench: ScenarioBench, first: number, count: number): Promise<void> {
  const device = bench.device();
  const step = Math.max(1, Math.floor(count / SAMPLE_COUNT));
  let checked = 0;
  for (let i = 0; i < count; i = i + step < count || i === count - 1 ? i + step : count - 1) {
    const sector = first + i;
    const { bytes, failed } = await device.read(sector, 1);
    const isRight = failed.length === 0 && stampOf(bytes, sector) === 1;
    if (!isRight) bench.check(false, `Sector ${sector} does not hold what was written to it`, sector);
    checked++;
  }
  bench.note(`${checked} sampled sectors hold what was written to them`);
}
