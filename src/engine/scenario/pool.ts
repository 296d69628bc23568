import { join } from 'node:path';
import { createImage } from '../block/image';
import { countSectors } from '../block/range';
import { doors } from '../outside/doors';
import { SMALL_MAIN_SECTORS, SMALL_SPARE_SECTORS } from './bench';
import { remapRun } from './scale';
import type { Scenario } from './scenario';
import { stampOf } from './stamps';

const SECOND_SPARE_SECTORS = 10_000;
const SPILLED = 20;

export const lostSpare: Scenario = {
  name: 'lost-spare',
  title: 'A lost spare of a pool',
  objective:
    'Fill a spare, add another while the device runs, lose the second one, and verify that the device only degrades and that the spare is taken back.',
  proves: [
    'Allocation spills to the next spare of the pool',
    'A missing spare degrades the device: its sectors are errors, the others go on, and nothing stale is served',
    'A spare that comes back serves its sectors again',
  ],
  doesNotProve: ['Spares that were each used without the other: these are refused, since no one is right'],
  async run(bench) {
    bench.step('Create a device with a small spare and add a second one while it runs');
    const device = await bench.createDevice({
      mainSectors: SMALL_MAIN_SECTORS,
      spareSectors: SMALL_SPARE_SECTORS,
    });
    const second = join(bench.folder, 'second-spare.img');
    await createImage(second, SECOND_SPARE_SECTORS);
    const room = device.info().spareFree;
    await bench.machine.addSpare(device.name, second);
    bench.step(`Fail and write ${room + SPILLED} sectors: the first spare has room for ${room}`);
    await remapRun(bench, device, 1000, room + SPILLED);
    const { spec } = device;
    const spilled = device.listRemaps({ limit: room + SPILLED }).remaps.filter(({ member }) => member === 1);
    bench.check(spilled.length === SPILLED, `${spilled.length} sectors spilled to the second spare`);
    bench.recordStatus('With both spares');
    bench.step('Take the device down, lose the second spare, assemble');
    await bench.machine.remove(spec.name);
    await doors.files.rename(second, `${second}.lost`);
    const degraded = await bench.assemble(spec);
    bench.check(degraded.info().state === 'degraded', `The device is ${degraded.info().state}`);
    const lost = await degraded.read(1000, room + SPILLED);
    const unreadable = countSectors(lost.failed);
    bench.check(
      unreadable === SPILLED,
      `${unreadable} sectors, those of the lost spare, are errors; the others are read`,
    );
    bench.recordStatus('Without the second spare');
    bench.step('Bring the spare back and reload the module');
    await doors.files.rename(`${second}.lost`, second);
    const whole = await bench.reload();
    bench.check(whole.info().state === 'active', `The device is ${whole.info().state} again`);
    for (let sector = 1000; sector < 1000 + room + SPILLED; sector++) {
      const { bytes, failed } = await whole.read(sector, 1);
      const isRight = failed.length === 0 && stampOf(bytes, sector) === 1;
      if (!isRight) bench.check(false, `Sector ${sector} does not hold its data`, sector);
    }
    bench.note(`All ${room + SPILLED} sectors hold their data`);
    bench.recordStatus('With both spares again');
  },
};
