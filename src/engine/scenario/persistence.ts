import { openImage } from '../block/image';
import type { ScenarioBench } from './bench';
import type { Scenario } from './scenario';

/** Waits in the middle of a reload, as in the published persistence test. */
const PUBLISHED_WAIT_MS = 2000;

/** The published persistence test, step by step. */
export const dataIntegrity: Scenario = {
  canUseCopiedImages: true,
  name: 'data-integrity',
  title: 'Data integrity across a module reload',
  objective:
    'Verify that data written through dm-remap survive a module unload and reload, as the published test does.',
  proves: [
    'Data written through dm-remap are durable: they survive a module reload and the construction of the device anew',
    'The module lifecycle is clean: real and stats unload in order and load again',
    'The status counters restart with each construction',
  ],
  doesNotProve: ['Remap table persistence: no sector was remapped here', 'Reboot and power loss'],
  async run(bench) {
    const order = { flakey: '0 1 1 error_reads', canUseCopiedImages: true };
    // A copy may have remaps, and a device whose remaps are not in use takes no writes.
    if (!bench.usesCopiedImages(order)) await bench.machine.unloadModule('metadata');
    bench.step('Create the device with dm-flakey in error mode');
    const device = await bench.createDevice(order);
    const sectors = bench.pickSectors();
    bench.step('Write the five markers');
    await device.writeMarkers({ sectors });
    bench.step('Try to read them: every read must fail');
    const attempt = await device.verifyMarkers({ sectors });
    bench.check(
      attempt.results.every((result) => result.actual === null),
      'All reads failed while dm-flakey was in error mode',
    );
    bench.recordStatus('Before the reload');
    const before = device.info();
    const { reads, writes, totalIos } = before.statistics;
    bench.check(
      reads + writes === totalIos,
      `Counters add up: ${reads} reads + ${writes} writes = ${totalIos} requests`,
    );
    bench.step('Suspend, resume, remove; unload real, stats; wait 2 s; load stats, real; create');
    await bench.reload(PUBLISHED_WAIT_MS);
    bench.step('Set dm-flakey healthy');
    await bench.device().clearErrors();
    bench.step('Read and verify the markers');
    await bench.verifyMarkers('Data integrity after the reload', sectors);
    bench.recordStatus('After the reload');
    const after = bench.device().info();
    bench.check(after.remaps === bench.remapsAtStart, `total_remaps ${after.remaps}`);
    bench.check(
      after.statistics.writes === 0,
      `Counters restarted: ${after.statistics.reads} reads, ${after.statistics.writes} writes`,
    );
  },
};

export const remapPersistence: Scenario = {
  canUseCopiedImages: true,
  name: 'remap-persistence',
  title: 'Remap table persistence',
  objective:
    'Force real remaps, reload the module, and verify that every entry persists and serves its sector from the spare.',
  proves: [
    'A failed write is remapped before it is acknowledged, with its data on the spare',
    'Remap entries persist across a module reload and go on redirecting',
    'The failing sectors of main are left untouched',
  ],
  doesNotProve: ['Reboot and power loss: see the scenarios of that name'],
  async run(bench) {
    const sectors = await remapMarkers(bench, true);
    const device = bench.device();
    const mainBefore = await rawMain(bench, sectors);
    bench.recordStatus('Before the reload');
    const entries = device.listRemaps().remaps;
    bench.step('Reload the module');
    await bench.reload();
    const restored = bench.device().listRemaps().remaps;
    bench.check(
      JSON.stringify(restored.map(placeOf)) === JSON.stringify(entries.map(placeOf)),
      `${restored.length} of ${entries.length} remap entries restored`,
    );
    bench.step('Verify the markers');
    await bench.verifyMarkers('Data integrity after the reload', sectors);
    bench.check(
      bench.sectors.every(({ source }) => source.startsWith('spare')),
      'Every remapped sector is served from the spare',
    );
    bench.check((await rawMain(bench, sectors)) === mainBefore, 'The failing sectors of main are unchanged');
    bench.recordStatus('After the reload');
  },
};

export const metadataAbsent: Scenario = {
  name: 'metadata-absent',
  title: 'Without the metadata module',
  objective:
    'Show what the published test warned of: without dm-remap-v4-metadata the remap table ends with the device, and say so plainly.',
  proves: [
    'Without the metadata module the table is gone after a reload, and reads of the failing sectors are errors, never stale data',
  ],
  doesNotProve: ['Persistence: that needs the module'],
  async run(bench) {
    await bench.machine.unloadModule('metadata');
    const sectors = await remapMarkers(bench);
    bench.recordStatus('Before the reload');
    bench.step('Reload the module');
    await bench.reload();
    bench.recordStatus('After the reload');
    const { remaps } = bench.device().info();
    bench.check(remaps === 0, `${remaps} remaps after the reload: the table is gone`);
    bench.step('Read the sectors that were remapped');
    const verification = await bench.device().verifyMarkers();
    bench.sectors = [...verification.results];
    const stale = verification.results.find((result) => result.actual !== null);
    bench.check(
      !stale,
      `All ${sectors.length} reads fail with EIO: no stale data are served`,
      stale?.sector ?? null,
    );
  },
};

export const metadataLate: Scenario = {
  name: 'metadata-late',
  title: 'The metadata module loaded later',
  objective:
    'Load dm-remap-v4-metadata while a device with remaps runs, and verify that the table persists from then on.',
  proves: ['Remaps made before the metadata module was loaded become durable when it is'],
  doesNotProve: ['Remaps made and lost before the module was loaded'],
  async run(bench) {
    await bench.machine.unloadModule('metadata');
    const sectors = await remapMarkers(bench);
    bench.step('Load dm-remap-v4-metadata');
    await bench.machine.loadModule('metadata');
    bench.recordStatus('Before the reload');
    bench.step('Reload the module');
    await bench.reload();
    bench.recordStatus('After the reload');
    const { remaps } = bench.device().info();
    bench.check(remaps === sectors.length, `${remaps} of ${sectors.length} remaps persist`);
    await bench.verifyMarkers('Data integrity after the reload', sectors);
  },
};

export const rebootReassembly: Scenario = {
  canUseCopiedImages: true,
  name: 'reboot-reassembly',
  title: 'Reboot with automatic reassembly',
  objective:
    'Reboot, and verify that the device is found from its images alone and that its remaps are restored.',
  proves: [
    'With dm-remap-v4-setup-reassembly a reboot finds the device without a device file',
    'All remaps are restored automatically',
  ],
  doesNotProve: ['Several mains that fit: that is an error that names them'],
  async run(bench) {
    const sectors = await remapMarkers(bench, true);
    const { spec } = bench.device();
    const expected = bench.device().info().remaps;
    bench.recordStatus('Before the reboot');
    bench.step('Reboot without dm-remap-v4-setup-reassembly: nothing must come back by itself');
    await bench.machine.unloadModule('setup-reassembly');
    await bench.reboot({}, [spec.main, ...spec.spares]);
    bench.check(bench.machine.devices().length === 0, 'Without the module no device is reassembled');
    bench.step('Assemble by hand, load the module, reboot');
    await bench.assemble(spec);
    await bench.machine.loadModule('setup-reassembly');
    await bench.reboot({}, [spec.main, ...spec.spares]);
    bench.check(bench.machine.devices().length === 1, 'The device was found from its images alone');
    bench.recordStatus('After the reboot');
    const { remaps } = bench.device().info();
    bench.check(remaps === expected, `${remaps} of ${expected} remaps restored`);
    await bench.verifyMarkers('Data integrity after the reboot', sectors);
  },
};

/** Creates the device, makes the marker sectors bad and writes them, so that each is remapped. */
export async function remapMarkers(
  bench: ScenarioBench,
  canUseCopiedImages = false,
): Promise<readonly number[]> {
  bench.step('Create the device');
  const device = await bench.createDevice({ canUseCopiedImages });
  const sectors = bench.pickSectors();
  bench.step(`Make sectors ${sectors.join(', ')} of main fail`);
  await device.injectErrors({ sectors: sectors.map((sector) => [sector, 1]) });
  bench.step('Write the markers: each write must be remapped');
  const { remapped } = await device.writeMarkers({ sectors });
  bench.check(
    remapped.length === sectors.length,
    `${remapped.length} of ${sectors.length} failed writes were remapped`,
  );
  return sectors;
}

function placeOf({ original, spare }: { original: number; spare: number }): string {
  return `${original} -> ${spare}`;
}

/** The bytes of main under its medium errors, as text to compare. */
async function rawMain(bench: ScenarioBench, sectors: readonly number[]): Promise<string> {
  const image = await openImage(bench.device().spec.main, { readOnly: true, lock: false });
  try {
    const parts: string[] = [];
    for (const sector of sectors) {
      const bytes = new Uint8Array(512);
      await image.read(sector, bytes);
      parts.push(Buffer.from(bytes).toString('base64'));
    }
    return parts.join();
  } finally {
    await image.close();
  }
}
