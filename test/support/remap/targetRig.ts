import type { BlockDevice, Clock } from '../../../src/engine/block/blockDevice';
import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { MediumErrors } from '../../../src/engine/block/mediumErrors';
import { constructTarget } from '../../../src/engine/device/construct';
import { KernelLog } from '../../../src/engine/device/kernelLog';
import type { MachineEvent } from '../../../src/engine/machine/machineContracts';
import { formatMetadata } from '../../../src/engine/metadata/formatMetadata';
import type { TargetObserver } from '../../../src/engine/remap/observer';
import type { RemapTarget } from '../../../src/engine/remap/remapTarget';
import { MemoryDevice } from '../block/memoryDevice';
import { ScriptedDevice } from '../block/scriptedDevice';

/** A clock that only moves when told to. */
export class ManualClock implements Clock {
  constructor(public ms = 1_760_620_000_000) {}

  now(): number {
    return this.ms;
  }
}

export const RIG_MAIN_SECTORS = 4096;
export const RIG_SPARE_SECTORS = 2048;

/** Everything a target told its observer, as lines. */
export class RecordingObserver implements TargetObserver {
  readonly lines: string[] = [];

  failed: TargetObserver['failed'] = (operation, sectors) => this.#note(`${operation} failed`, sectors);
  remapped: TargetObserver['remapped'] = (entries) =>
    this.#note(
      'remapped',
      entries.map((entry) => [entry.original, entry.spare]),
    );
  spareSectorFailed: TargetObserver['spareSectorFailed'] = (member, sector) =>
    this.#note('spare failed', [member, sector]);
  spareFull: TargetObserver['spareFull'] = (sectors) => this.#note('spare full', sectors);
  spareBroken: TargetObserver['spareBroken'] = (sectors) => this.#note('spare broken', sectors);
  spareRefused: TargetObserver['spareRefused'] = (sectors) => this.#note('spare refused', sectors);
  spareBehind: TargetObserver['spareBehind'] = (member) => this.#note('spare behind', member);
  held: TargetObserver['held'] = () => this.#note('held', null);
  spareLost: TargetObserver['spareLost'] = (member) => this.#note('spare lost', member);
  commitFailed: TargetObserver['commitFailed'] = (error) => this.#note('commit failed', String(error));
  settled: TargetObserver['settled'] = () => {};

  #note(what: string, facts: unknown): void {
    this.lines.push(`${what} ${JSON.stringify(facts)}`);
  }
}

export interface RigOptions {
  readonly mainSectors?: number;
  readonly spareSectors?: number;
  readonly persistent?: boolean;
  /** Puts a device, such as a recorder, between the medium and the memory below it. */
  readonly wrap?: (device: BlockDevice, role: 'main' | 'spare') => BlockDevice;
}

/** A target over two disks in memory whose sectors can be made bad, and that can be constructed again. */
export class TargetRig {
  readonly clock = new ManualClock();
  readonly observer = new RecordingObserver();
  readonly log: string[] = [];
  readonly main: MediumErrors;
  readonly spare: MediumErrors;
  readonly persistent: boolean;
  target!: RemapTarget;

  private constructor(
    readonly mainDisk: MemoryDevice,
    readonly spareDisk: MemoryDevice,
    { persistent = true, wrap = (device) => device }: RigOptions,
  ) {
    this.main = new MediumErrors(wrap(mainDisk, 'main'));
    this.spare = new MediumErrors(wrap(spareDisk, 'spare'));
    this.persistent = persistent;
  }

  /** A rig with blank disks, the spare formatted. */
  static async create(options: RigOptions = {}): Promise<TargetRig> {
    const { mainSectors = RIG_MAIN_SECTORS, spareSectors = RIG_SPARE_SECTORS } = options;
    const spare = new MemoryDevice(spareSectors);
    await formatMetadata(spare, { mainSectorCount: mainSectors, clock: new ManualClock() });
    return TargetRig.over(new MemoryDevice(mainSectors), spare, options);
  }

  /** A rig over disks that were in use before. */
  static async over(main: MemoryDevice, spare: MemoryDevice, options: RigOptions = {}): Promise<TargetRig> {
    const rig = new TargetRig(main, spare, options);
    await rig.construct();
    return rig;
  }

  async construct(): Promise<void> {
    const log = new KernelLog((event: MachineEvent) => {
      if (event.kind === 'log') this.log.push(event.text);
    });
    const layers = { main: this.main, spares: [this.spare] };
    const { persistent, clock, observer } = this;
    this.target = (await constructTarget(layers, { persistent, clock, observer, log })).target;
  }

  /** Takes the target down in order and constructs it again. */
  async reload(): Promise<void> {
    await this.target.close();
    await this.construct();
  }

  /** Drops the target's memory and constructs it again. */
  async reboot(): Promise<void> {
    await this.target.abandon();
    await this.construct();
  }
}

/** A rig whose requests to the spare are recorded, and can be held and failed. */
export async function recordedRig(persistent = true): Promise<{ rig: TargetRig; spare: ScriptedDevice }> {
  let spare: ScriptedDevice | undefined;
  const wrap = (device: BlockDevice, role: 'main' | 'spare'): BlockDevice => {
    if (role === 'main') return device;
    spare = new ScriptedDevice(device);
    return spare;
  };
  const rig = await TargetRig.create({ persistent, wrap });
  return { rig, spare: spare! };
}

/** A sector's worth of bytes that tell where they belong: sector number and tag, repeated. */
export function taggedSector(sector: number, tag: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR_SIZE);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < SECTOR_SIZE; at += 16) {
    view.setBigUint64(at, BigInt(sector), true);
    view.setBigUint64(at + 8, BigInt(tag), true);
  }
  return bytes;
}

/** Consecutive {@link taggedSector}s. */
export function taggedRun(sector: number, count: number, tag: number): Uint8Array {
  const bytes = new Uint8Array(count * SECTOR_SIZE);
  for (let i = 0; i < count; i++) bytes.set(taggedSector(sector + i, tag), i * SECTOR_SIZE);
  return bytes;
}

export async function readRun(device: BlockDevice, sector: number, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count * SECTOR_SIZE);
  await device.read(sector, bytes);
  return bytes;
}
