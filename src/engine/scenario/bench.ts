import { join } from 'node:path';
import { SECTOR_SIZE } from '../block/blockDevice';
import { RemapError } from '../errors';
import { DEFAULT_MARKER_SECTORS, DEFAULT_MARKER_TEMPLATE } from '../marker/markerText';
import type { DeviceSpec, MarkerSpec } from '../module/contracts';
import { createImages } from '../module/images';
import type { Machine } from '../module/machine';
import type { RebootOptions } from '../module/machineOptions';
import { findDevices } from '../module/reassembly';
import type { RemapDevice } from '../module/remapDevice';
import type { Finding, ScenarioSettings, SectorVerdict } from './scenario';

/** What the machine lets a scenario do. A test double with a defect takes its place to show that a scenario can fail. */
export type ScenarioMachine = Pick<
  Machine,
  | 'create'
  | 'addSpare'
  | 'remove'
  | 'device'
  | 'devices'
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
  readonly settings: ScenarioSettings;
  readonly signal?: AbortSignal;
  /** Called with each step as it begins. */
  readonly onStep?: (text: string) => void;
}

/** A device as a scenario orders it. */
export interface BenchDevice {
  readonly name?: string;
  readonly mainSectors?: number;
  readonly spareSectors?: number;
  readonly flakey?: string;
  readonly markers?: MarkerSpec;
}

/** Sizes of the test report: 100 MB and 50 MB. */
export const REPORT_MAIN_SECTORS = 204_800;
export const REPORT_SPARE_SECTORS = 102_400;

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
    this.#options.onStep?.(text);
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

  /** Creates sparse images and a device over them, of the test report's sizes unless told otherwise. */
  async createDevice(order: BenchDevice = {}): Promise<RemapDevice> {
    const spec = this.specOf(order);
    const { mainSectors = REPORT_MAIN_SECTORS, spareSectors = REPORT_SPARE_SECTORS } = order;
    await createImages({ main: spec.main, mainSectors, spare: spec.spares[0]!, spareSectors });
    this.configuration.push(
      `Main image: ${sizeInWords(mainSectors)} (sparse file)`,
      `Spare image: ${sizeInWords(spareSectors)} (sparse file)`,
      'Device stack: dm-remap → dm-flakey → medium errors → volatile cache → image file',
      `Error injection: ${spec.flakey === null ? 'none at first' : `dm-flakey \`${spec.flakey}\``}`,
      `Modules: ${this.loadedModules().join(', ')}`,
    );
    return this.assemble(spec);
  }

  specOf(order: BenchDevice): DeviceSpec {
    const name = order.name ?? 'disk';
    return {
      name,
      deviceFile: null,
      main: join(this.folder, `${name}.img`),
      spares: [join(this.folder, `${name}-spare.img`)],
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
  device(name = this.deviceName ?? 'disk'): RemapDevice {
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

  /** Reloads the module as the test report does it, each step on record. */
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

  /** Verifies the device's markers, keeps the verdicts, and checks that all hold. */
  async verifyMarkers(label: string, text?: string): Promise<void> {
    const device = this.device();
    const verification = await device.verifyMarkers(text === undefined ? {} : { text });
    this.sectors = [...verification.results];
    const wrong = verification.results.find((result) => !result.ok);
    const { verified, total } = verification;
    this.check(verified === total, `${label}: ${verified}/${total} markers verified`, wrong?.sector ?? null);
  }

  /** Writes one sector and flushes: acknowledged for good. */
  async writeSector(device: RemapDevice, sector: number, bytes: Uint8Array): Promise<number[]> {
    return (await device.write(sector, bytes)).remapped;
  }
}

/** A size as the test report gives it, with the sectors behind it. */
export function sizeInWords(sectorCount: number): string {
  const mebibytes = (sectorCount * SECTOR_SIZE) / 2 ** 20;
  const size = mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GB` : `${mebibytes.toFixed(0)} MB`;
  return `${size}, ${sectorCount.toLocaleString('en-US')} sectors`;
}
