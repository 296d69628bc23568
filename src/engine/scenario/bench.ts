import { join } from 'node:path';
import { SECTOR_SIZE } from '../block/blockDevice';
import { copyImageAndMapfile } from '../device/copyImageAndMapfile';
import type { DeviceSpec, MarkerSpec } from '../device/deviceContracts';
import type { RemapDevice } from '../device/remapDevice';
import { RemapError } from '../errors';
import { createImages } from '../machine/images';
import type { Machine } from '../machine/machine';
import type { RebootOptions } from '../machine/machineOptions';
import { findDevices } from '../machine/reassembly';
import { DEFAULT_MARKER_SECTORS, DEFAULT_MARKER_TEMPLATE } from '../marker/markerText';
import type { Finding, ScenarioSettings, SectorVerdict } from './scenarioResult';

/** What the machine lets a scenario do. A test double with a defect takes its place to show that a scenario can fail. */
export type ScenarioMachine = Pick<
  Machine,
  | 'create'
  | 'addSpare'
  | 'remove'
  | 'device'
  | 'devices'
  | 'onEvent'
  | 'suspend'
  | 'resume'
  | 'reload'
  | 'reboot'
  | 'loadModule'
  | 'unloadModule'
  | 'modules'
  | 'close'
>;

export interface BenchOptions {
  readonly machine: ScenarioMachine;
  /** Where the scenario's images go; exists and is the scenario's alone. */
  readonly folder: string;
  /** The name of the scenario's device. */
  readonly name: string;
  /** Images that a scenario works on copies of, if it can; absent: it makes fresh ones. */
  readonly imagesToCopy?: DeviceImages;
  readonly settings: ScenarioSettings;
  readonly signal?: AbortSignal;
  /** Called with each step as it begins. */
  readonly onStep?: (text: string) => void;
  /** Called with the progress within a step. */
  readonly onProgress?: (text: string) => void;
}

/** The paths of a device's images. */
export interface DeviceImages {
  readonly main: string;
  readonly spares: readonly string[];
}

/** The device that a scenario wants; what is absent has the usual value. */
export interface DeviceOrder {
  /** Whether copies of the images that the run was given will do. */
  readonly canUseCopiedImages?: boolean;
  readonly mainSectors?: number;
  readonly spareSectors?: number;
  readonly flakey?: string;
  readonly markers?: MarkerSpec;
}

/** Sizes of the published persistence test: 100 MB and 50 MB. */
const PUBLISHED_MAIN_SECTORS = 204_800;
const PUBLISHED_SPARE_SECTORS = 102_400;

/** A small device: its spare, little more than the kernel's minimum, has room for a few remaps after the metadata. */
export const SMALL_MAIN_SECTORS = 48_000;
export const SMALL_SPARE_SECTORS = 1310;

/** A check that did not hold: ends the scenario, and says where to look. */
export class CheckFailed extends Error {
  constructor(
    message: string,
    readonly sector: number | null = null,
  ) {
    super(message);
  }
}

/** What a scenario works with and writes its observations to. */
export class ScenarioBench {
  readonly machine: ScenarioMachine;
  readonly settings: ScenarioSettings;
  readonly configuration: string[] = [];
  readonly steps: string[] = [];
  readonly statusLines: { label: string; line: string }[] = [];
  readonly findings: Finding[] = [];
  sectors: SectorVerdict[] = [];
  /** The device that the scenario looked at last. */
  deviceName: string | null = null;
  readonly #options: BenchOptions;

  constructor(options: BenchOptions) {
    this.#options = options;
    this.machine = options.machine;
    this.settings = options.settings;
  }

  get folder(): string {
    return this.#options.folder;
  }

  /** Remaps that the images held when the device was created. */
  remapsAtStart = 0;

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** Begins a step of the procedure; ends the scenario here if it was cancelled. */
  step(text: string): void {
    this.throwIfCancelled();
    this.steps.push(text);
    this.#options.onStep?.(text);
  }

  /** A step's progress, which the report doesn't list. */
  progress(text: string): void {
    this.throwIfCancelled();
    this.#options.onProgress?.(text);
  }

  throwIfCancelled(): void {
    if (this.signal?.aborted) throw new RemapError('ECANCELED', 'the scenario was cancelled');
  }

  /** Notes a statement that must hold, and ends the scenario where it doesn't. */
  check(holds: boolean, text: string, sector: number | null = null): void {
    this.findings.push({ ok: holds, text });
    if (!holds) throw new CheckFailed(text, sector);
  }

  note(text: string): void {
    this.findings.push({ ok: true, text });
  }

  /** Whether an order gets copies of the images that the run was given. */
  usesCopiedImages(order: DeviceOrder): boolean {
    return order.canUseCopiedImages === true && this.#options.imagesToCopy !== undefined;
  }

  /**
   * Creates a device over copies of images, or over sparse images, which have the sizes of the published persistence test
   * unless the order names others.
   */
  async createDevice(order: DeviceOrder = {}): Promise<RemapDevice> {
    const spec = this.usesCopiedImages(order)
      ? await this.#copyImages(order)
      : await this.#createImages(order);
    const device = await this.assemble(spec);
    const { sectors, spareSectors, remaps } = device.info();
    this.remapsAtStart = remaps;
    const kind = this.usesCopiedImages(order) ? `copy, ${remaps} remaps` : 'sparse file';
    this.configuration.push(
      `Main image: ${sizeInWords(sectors)} (${kind})`,
      `Spare image: ${sizeInWords(spareSectors)} (${kind})`,
      'Device stack: dm-remap → dm-flakey → medium errors → volatile cache → image file',
      `Error injection: ${spec.flakey === null ? 'none at first' : `dm-flakey ${spec.flakey}`}`,
      `Modules: ${this.loadedModules().join(', ')}`,
    );
    return device;
  }

  /** The device's marker sectors that are not remapped yet, filled up with others to as many. */
  pickSectors(): number[] {
    const device = this.device();
    const { sectors } = device.spec.markers;
    const isFree = (sector: number): boolean => device.origins('device', sector, 1)[0]!.kind === 'main';
    const picked = sectors.filter((sector) => sector < device.sectorCount && isFree(sector));
    for (let sector = 64; picked.length < sectors.length && sector < device.sectorCount; sector += 7) {
      if (isFree(sector) && !picked.includes(sector)) picked.push(sector);
    }
    return picked;
  }

  async #createImages(order: DeviceOrder): Promise<DeviceSpec> {
    const spec = this.#specOf(order, [`${this.#options.name}-spare.img`]);
    const { mainSectors = PUBLISHED_MAIN_SECTORS, spareSectors = PUBLISHED_SPARE_SECTORS } = order;
    await createImages({ main: spec.main, mainSectors, spare: spec.spares[0]!, spareSectors });
    return spec;
  }

  async #copyImages(order: DeviceOrder): Promise<DeviceSpec> {
    const { main, spares } = this.#options.imagesToCopy!;
    const spec = this.#specOf(
      order,
      spares.map((_, i) => `${this.#options.name}-spare-${i}.img`),
    );
    for (const [i, source] of [main, ...spares].entries()) {
      const target = [spec.main, ...spec.spares][i]!;
      await copyImageAndMapfile(source, target, { signal: this.signal });
    }
    return spec;
  }

  #specOf(order: DeviceOrder, spareNames: readonly string[]): DeviceSpec {
    const { folder, name } = this.#options;
    return {
      name,
      deviceFile: null,
      main: join(folder, `${name}.img`),
      spares: spareNames.map((spare) => join(folder, spare)),
      flakey: order.flakey ?? null,
      markers: order.markers ?? { sectors: DEFAULT_MARKER_SECTORS, text: DEFAULT_MARKER_TEMPLATE },
    };
  }

  async assemble(spec: DeviceSpec): Promise<RemapDevice> {
    const device = await this.machine.create(spec);
    this.deviceName = device.name;
    return device;
  }

  /** The device as it is now: a reload or a reboot makes a new one. */
  device(name = this.#options.name): RemapDevice {
    const device = this.machine.device(name);
    if (!device) throw new CheckFailed(`the device ${name} is not there`);
    return device;
  }

  loadedModules(): string[] {
    return this.machine
      .modules()
      .filter((module) => module.loaded)
      .map((module) => module.name);
  }

  /** Keeps the device's status line for the report. */
  recordStatus(label: string): void {
    this.statusLines.push({ label, line: this.device().status() });
  }

  /** Reloads the module as the published persistence test does it, and tells each step. */
  async reload(waitMs = 0): Promise<RemapDevice> {
    await this.machine.reload(undefined, { waitMs, onStep: (text) => this.progress(text) });
    return this.device();
  }

  /** Reboots, with the devices found again from the images in the scenario's folder where setup-reassembly is loaded. */
  async reboot(options: Omit<RebootOptions, 'reassemble'>, images: readonly string[]): Promise<void> {
    const markers = this.device().spec.markers;
    const reassemble = async (): Promise<void> => {
      const { found, problems } = await findDevices(images);
      for (const { error } of problems) throw error;
      for (const { name, main, spares } of found) {
        const present = spares.map((path) => path ?? join(this.folder, 'missing'));
        await this.machine.create({ name, deviceFile: null, main, spares: present, flakey: null, markers });
      }
    };
    await this.machine.reboot({ ...options, reassemble });
  }

  /** Verifies the markers of these sectors, keeps the verdicts, and checks that all hold. */
  async verifyMarkers(label: string, sectors: readonly number[]): Promise<void> {
    const verification = await this.device().verifyMarkers({ sectors });
    this.sectors = [...verification.results];
    const wrong = verification.results.find((result) => !result.ok);
    const { verified, total } = verification;
    this.check(verified === total, `${label}: ${verified}/${total} markers verified`, wrong?.sector ?? null);
  }
}

/** A size as the published persistence test gives it, followed by its sectors. */
function sizeInWords(sectorCount: number): string {
  const mebibytes = (sectorCount * SECTOR_SIZE) / 2 ** 20;
  const size = mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GB` : `${mebibytes.toFixed(0)} MB`;
  return `${size}, ${sectorCount.toLocaleString('en-US')} sectors`;
}
