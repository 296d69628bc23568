import { openImage } from '../block/image';
import { seededRandom } from '../block/random';
import type { RemapDevice } from '../device/remapDevice';
import { copySector } from '../metadata/codec/v4';
import type { ScenarioBench } from './bench';
import { remapMarkers } from './persistence';
import type { Scenario } from './scenario';
import { stampedSector, stampOf } from './stamps';

/** Sectors that the power-loss workload writes to; every third of them fails and is remapped. */
const WORKLOAD_SECTORS = 60;
const WORKLOAD_FIRST = 4000;
const WRITES_PER_POINT = 12;

export const powerLoss: Scenario = {
  name: 'power-loss',
  title: 'Power loss at random points',
  objective:
    'Cut the power at random moments of a workload of writes, remaps and flushes, and verify after each that nothing acknowledged and flushed is lost.',
  proves: [
    'What was acknowledged and flushed survives a power loss at any of the points tried',
    'No sector shows bytes that were never written to it',
    'The remap table is intact after each power loss',
  ],
  doesNotProve: ['Every possible point: the crash tests of the engine cut after every single write'],
  async run(bench) {
    bench.step('Create the device; every third sector of the workload fails');
    const device = await bench.createDevice();
    const bad = Array.from({ length: WORKLOAD_SECTORS / 3 }, (_, i) => [WORKLOAD_FIRST + 3 * i, 1] as const);
    await device.injectErrors({ sectors: bad });
    const random = seededRandom(bench.settings.seed);
    const model = new WorkloadModel();
    const { powerLossPoints, seed } = bench.settings;
    bench.step(`Cut the power ${powerLossPoints} times (seed ${seed}) and check every sector after each`);
    for (let point = 0; point < powerLossPoints; point++) {
      bench.progress(`power loss ${point + 1} of ${powerLossPoints}`);
      await cutOnce(bench, model, random, seed + point);
    }
    bench.recordStatus('After the last power loss');
    const { remaps } = bench.device().info();
    bench.note(
      `${powerLossPoints} power losses, ${model.acknowledged} acknowledged writes, ${remaps} remaps, nothing lost`,
    );
  },
};

async function cutOnce(
  bench: ScenarioBench,
  model: WorkloadModel,
  random: () => number,
  seed: number,
): Promise<void> {
  const device = bench.device();
  const { spec } = device;
  const workload = runWorkload(device, model, random);
  const turns = Math.floor(random() * 60);
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
  await bench.reboot({ powerLoss: true, seed }, [spec.main, ...spec.spares]);
  await workload;
  const after = bench.device();
  for (let sector = WORKLOAD_FIRST; sector < WORKLOAD_FIRST + WORKLOAD_SECTORS; sector++) {
    const { bytes, failed } = await after.read(sector, 1);
    const found = failed.length > 0 ? null : stampOf(bytes, sector);
    const verdict = model.judge(sector, found);
    if (verdict) bench.check(false, `Power loss with seed ${seed}: ${verdict}`, sector);
  }
  const { copies } = await after.checkMetadata();
  const valid = copies.filter((copy) => copy.valid).length;
  if (valid < 2) bench.check(false, `Power loss with seed ${seed}: ${valid} intact metadata copies`);
}

/** Writes and flushes until the power goes; errors from then on are expected. */
async function runWorkload(device: RemapDevice, model: WorkloadModel, random: () => number): Promise<void> {
  try {
    for (let i = 0; i < WRITES_PER_POINT; i++) {
      const sector = WORKLOAD_FIRST + Math.floor(random() * WORKLOAD_SECTORS);
      const version = model.begin(sector);
      await device.write(sector, stampedSector(sector, version), { flush: false });
      model.acknowledged++;
      if (random() < 0.4) {
        const covered = model.snapshot();
        await device.flush();
        model.flushed(covered);
      }
    }
  } catch {
    // The device went away under the write: it was not acknowledged.
  }
}

/** What each sector may hold: its last flushed version, or any that was written after it. */
class WorkloadModel {
  acknowledged = 0;
  #lastVersion = 0;
  readonly #allowed = new Map<number, number[]>();
  readonly #durable = new Map<number, number>();

  begin(sector: number): number {
    const version = ++this.#lastVersion;
    this.#allowed.set(sector, [...(this.#allowed.get(sector) ?? []), version]);
    return version;
  }

  /** The newest version of each sector: what a flush that begins now makes durable. */
  snapshot(): Map<number, number> {
    return new Map([...this.#allowed].map(([sector, versions]) => [sector, versions[versions.length - 1]!]));
  }

  flushed(covered: ReadonlyMap<number, number>): void {
    for (const [sector, version] of covered) {
      this.#durable.set(sector, version);
      const later = (this.#allowed.get(sector) ?? []).filter((candidate) => candidate >= version);
      this.#allowed.set(sector, later);
    }
  }

  /** Judges what a sector held after a power loss. Null when it is right: from then on the sector holds that for certain. */
  judge(sector: number, found: number | null): string | null {
    const durable = this.#durable.get(sector);
    const allowed = this.#allowed.get(sector) ?? [];
    const isAllowed =
      found === null ? durable === undefined : found === (durable ?? 0) || allowed.includes(found);
    if (!isAllowed) {
      const what =
        found === null
          ? 'can no longer be read'
          : found === -1
            ? 'holds foreign bytes'
            : `holds version ${found}`;
      return `sector ${sector} ${what}; version ${durable ?? 'none'} was flushed`;
    }
    if (found !== null && found > 0) {
      this.#durable.set(sector, found);
      this.#allowed.set(sector, [found]);
    } else {
      this.#allowed.delete(sector);
    }
    return null;
  }
}

export const corruptCopies: Scenario = {
  canUseCopiedImages: true,
  name: 'corrupt-copies',
  title: 'Corrupted metadata copies',
  objective:
    'Corrupt two of the five metadata copies, then all but one, then all, and verify that the table survives as long as one copy does.',
  proves: [
    'Any one intact copy of the metadata restores the whole table, and the others are repaired from it',
    'With no copy left the spare is refused with an error, not formatted over',
  ],
  doesNotProve: ['Corruption of data sectors: the device keeps no checksums of data'],
  async run(bench) {
    const sectors = await remapMarkers(bench, true);
    const { spec } = bench.device();
    const expected = bench.device().info().remaps;
    for (const copies of [
      [1, 3],
      [0, 1, 2, 4],
    ]) {
      bench.step(`Corrupt metadata copies ${copies.join(', ')}`);
      await bench.machine.remove(spec.name);
      await corrupt(spec.spares[0]!, copies);
      const device = await bench.assemble(spec);
      bench.check(
        device.info().remaps === expected,
        `${copies.length} of 5 copies corrupted: ${device.info().remaps} of ${expected} remaps restored`,
      );
      const { copies: repaired } = await device.checkMetadata();
      bench.check(
        repaired.every((copy) => copy.valid),
        'All five copies were repaired',
      );
      await bench.verifyMarkers(`Data integrity with ${copies.length} copies corrupted`, sectors);
    }
    bench.recordStatus('With all copies repaired');
    bench.step('Corrupt all five copies');
    await bench.machine.remove(spec.name);
    await corrupt(spec.spares[0]!, [0, 1, 2, 3, 4]);
    const refusal = await bench.machine.create(spec).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    bench.check(refusal !== null, `With all five corrupted the spare is refused: ${refusal}`);
  },
};

/** Flips bytes within the structures of the given copies. */
async function corrupt(spare: string, copies: readonly number[]): Promise<void> {
  const image = await openImage(spare, { lock: true });
  try {
    for (const copy of copies) {
      const bytes = new Uint8Array(512);
      await image.read(copySector(copy) + 1, bytes);
      for (let i = 0; i < 16; i++) bytes[i * 32]! ^= 0x5a;
      await image.write(copySector(copy) + 1, bytes);
    }
    await image.flush();
  } finally {
    await image.close();
  }
}
