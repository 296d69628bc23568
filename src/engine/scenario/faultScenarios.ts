import type { RemapDevice } from '../device/remapDevice';
import { RemapError } from '../errors';
import { copySector } from '../metadata/codec/v4';
import { FIRST_DATA_SECTOR } from '../remap/spareAllocator';
import { type ScenarioBench, SMALL_MAIN_SECTORS, SMALL_SPARE_SECTORS } from './bench';
import type { Scenario } from './scenario';
import { stampedSector, stampOf } from './stamps';

export const spareFull: Scenario = {
  name: 'spare-full',
  title: 'The spare runs full',
  objective:
    'Fail more sectors than the spare has room for, and verify that the rest is refused while what was remapped goes on working.',
  proves: [
    'A full spare gives ENOSPC for exactly the sectors that find no place',
    'The device turns degraded, and what was remapped goes on working, also after a reload',
  ],
  doesNotProve: ['Adding a spare: see the scenario of the lost spare'],
  async run(bench) {
    bench.step('Create a device with a small spare');
    const device = await bench.createDevice({
      mainSectors: SMALL_MAIN_SECTORS,
      spareSectors: SMALL_SPARE_SECTORS,
    });
    const room = device.info().spareFree;
    bench.note(`${room} spare sectors are free`);
    bench.step(`Fail and write ${room + 5} sectors one by one`);
    await device.injectErrors({ sectors: [[1000, room + 5]] });
    for (let i = 0; i < room; i++) await device.write(1000 + i, stampedSector(1000 + i, 1));
    bench.check(device.info().remaps === room, `${device.info().remaps} sectors remapped`);
    const refusal = await codeOf(device.write(1000 + room, stampedSector(1000 + room, 1)));
    bench.check(refusal === 'ENOSPC', `The next failing write is refused with ${refusal}`, 1000 + room);
    bench.check(device.info().state === 'degraded', `The device is ${device.info().state}`);
    await checkRun(bench, 1000, room);
    bench.step('Reload the module');
    await bench.reload();
    bench.recordStatus('After the reload');
    await checkRun(bench, 1000, room);
  },
};

export const failingSpare: Scenario = {
  name: 'failing-spare',
  title: 'The spare itself fails',
  objective:
    'Let sectors of the spare fail, data sectors and a metadata copy, and verify that allocation goes past them.',
  proves: [
    'A spare sector that fails is skipped and remembered; the write it was for succeeds elsewhere',
    'A metadata copy that cannot be written does not stop the others',
  ],
  doesNotProve: ['A spare that fails as a whole: nothing can be kept there'],
  async run(bench) {
    const failing = [0, 1, 3].map((offset) => FIRST_DATA_SECTOR + offset);
    bench.step(`Create the device; make spare sectors ${failing.join(', ')} and metadata copy 2 fail`);
    const device = await bench.createDevice();
    const onSpare = [...failing, copySector(2)].map((sector) => [sector, 1] as const);
    await device.injectErrors({ on: 'spare', sectors: onSpare });
    bench.step('Fail and write the marker sectors');
    const { sectors } = device.spec.markers;
    await device.injectErrors({ sectors: sectors.map((sector) => [sector, 1]) });
    await device.writeMarkers();
    const used = device.listRemaps().remaps.map(({ spare }) => spare);
    const bad = used.filter((sector) => failing.includes(sector));
    bench.check(bad.length === 0, `Spare sectors in use: ${used.join(', ')}; none of them is a failing one`);
    await bench.verifyMarkers('Data integrity with a failing spare', sectors);
    bench.step('Reload the module');
    await bench.reload();
    bench.recordStatus('After the reload');
    await bench.verifyMarkers('Data integrity after the reload', sectors);
  },
};

export const intermittentReads: Scenario = {
  canUseCopiedImages: true,
  name: 'intermittent-reads',
  title: 'Intermittent reads are rescued',
  objective:
    'Let reads fail for a while and succeed when tried again, and verify that what was read is moved to the spare ahead of the failure.',
  proves: [
    'A sector that a retry can read is copied to the spare and remapped',
    'When the sector fails for good later, its data are served from the spare',
  ],
  doesNotProve: ['Sectors that no retry can read: their data are gone, and reads of them stay errors'],
  async run(bench) {
    bench.step('Create the device and write the markers');
    const device = await bench.createDevice({ canUseCopiedImages: true });
    const sectors = bench.pickSectors();
    await device.writeMarkers({ sectors });
    bench.step('Let each marker sector fail its next read and succeed after');
    await device.failNextRead(sectors);
    bench.step('Read the markers');
    for (const sector of sectors) await device.read(sector, 1);
    await bench.verifyMarkers('Data integrity with intermittent reads', sectors);
    const remaps = device.info().remaps - bench.remapsAtStart;
    bench.check(remaps === sectors.length, `${remaps} of ${sectors.length} sectors were rescued`);
    bench.step('Let the sectors fail for good');
    await device.injectErrors({ sectors: sectors.map((sector) => [sector, 1]) });
    bench.recordStatus('With the sectors failing for good');
    await bench.verifyMarkers('Data integrity after the failure', sectors);
  },
};

async function checkRun(bench: ScenarioBench, first: number, count: number): Promise<void> {
  const device = bench.device();
  for (let sector = first; sector < first + count; sector++) {
    if (!(await holdsStamp(device, sector)))
      bench.check(false, `Sector ${sector} does not hold its data`, sector);
  }
  bench.note(`${count} remapped sectors hold their data`);
}

async function holdsStamp(device: RemapDevice, sector: number): Promise<boolean> {
  const { bytes, failed } = await device.read(sector, 1);
  return failed.length === 0 && stampOf(bytes, sector) === 1;
}

/** The code of the error that a promise rejects with; `none` when it doesn't. */
async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof RemapError ? error.code : String(error)),
  );
}
