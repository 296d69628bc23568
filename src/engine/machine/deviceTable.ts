import type { Clock } from '../block/blockDevice';
import type { DeviceInfo, DeviceSpec } from '../device/deviceContracts';
import { DeviceStack, type StackOptions } from '../device/deviceStack';
import type { KernelLog } from '../device/kernelLog';
import { RemapDevice } from '../device/remapDevice';
import { deviceCreated, deviceRefused, deviceRemoved } from '../dmsetup/kernelTexts';
import { RemapError } from '../errors';
import type { MachineEvent, ModuleName } from './machineContracts';
import type { ModuleTable } from './moduleTable';

/** What the devices of a machine need of it. */
export interface DeviceHost {
  readonly clock: Clock;
  readonly log: KernelLog;
  readonly disks: StackOptions;
  readonly modules: Pick<ModuleTable, 'has'>;
  readonly emit: (event: MachineEvent) => void;
}

/** The assembled devices of a machine. Each device that is added or removed is logged and told to the listeners. */
export class DeviceTable {
  readonly #host: DeviceHost;
  readonly #devices = new Map<string, RemapDevice>();

  constructor(host: DeviceHost) {
    this.#host = host;
  }

  /** All devices, by name. */
  list(): RemapDevice[] {
    return [...this.#devices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): RemapDevice | undefined {
    return this.#devices.get(name);
  }

  /** @throws RemapError `ENODEV` for an unknown name */
  get(name: string): RemapDevice {
    const device = this.#devices.get(name);
    if (device) return device;
    throw new RemapError('ENODEV', `there is no assembled device named ${name}: assemble it first`, { name });
  }

  /** What the devices are like now. @param names of the devices to describe; absent: all */
  infos(names?: readonly string[]): DeviceInfo[] {
    return this.list()
      .filter((device) => names?.includes(device.name) ?? true)
      .map((device) => device.info());
  }

  /** Names of the devices that keep a module from being unloaded. */
  usersOf(module: ModuleName): string[] {
    const uses: Partial<Record<ModuleName, (device: RemapDevice) => boolean>> = {
      real: () => true,
      metadata: ({ persistent }) => persistent,
      'spare-pool': ({ spec }) => spec.spares.length > 1,
    };
    return this.list()
      .filter((device) => uses[module]?.(device) ?? false)
      .map(({ name }) => name);
  }

  /** Opens a device's images and constructs it over them. Nothing is changed when that fails. */
  async create(spec: DeviceSpec): Promise<RemapDevice> {
    this.#checkCreate(spec);
    const stack = await DeviceStack.open(spec, this.#host.clock, this.#host.disks);
    try {
      const device = await this.construct(spec, stack);
      for (const note of device.info().notes ?? []) this.#host.log.warning(note);
      return device;
    } catch (error) {
      await stack.close().catch(() => undefined);
      throw error;
    }
  }

  /** Constructs a device over layers that are open, and stay so when that fails. */
  async construct(spec: DeviceSpec, stack: DeviceStack): Promise<RemapDevice> {
    const { clock, log, modules, emit } = this.#host;
    try {
      const device = await RemapDevice.construct(spec, stack, {
        persistent: modules.has('metadata'),
        clock,
        emit,
      });
      this.#devices.set(spec.name, device);
      log.lines(
        deviceCreated({
          main: spec.main,
          spare: spec.spares[0]!,
          mainSectors: device.sectorCount,
          spareSectors: device.info().spareSectors,
        }),
      );
      emit({ kind: 'created', device: spec.name });
      emit({ kind: 'modules' });
      return device;
    } catch (error) {
      if (error instanceof RemapError) log.lines(deviceRefused(error));
      throw nameSpare(error, spec);
    }
  }

  /** @throws RemapError `EINVAL` when spare-pool isn't loaded */
  requirePool(name: string): void {
    if (this.#host.modules.has('spare-pool')) return;
    const text = `several spares for ${name} need dm-remap-v4-spare-pool: load it first`;
    throw new RemapError('EINVAL', text, { module: 'spare-pool' });
  }

  /** Closes a device. It is gone even when that fails, which is thrown. */
  async close(device: RemapDevice): Promise<void> {
    this.#devices.delete(device.name);
    await device.close().finally(() => this.#removed(device.name, false));
  }

  /** Ends a device as a reload does; it is still there when that fails. Returns its layers, which stay open. */
  async detach(device: RemapDevice): Promise<DeviceStack> {
    const stack = await device.detach();
    this.#devices.delete(device.name);
    this.#removed(device.name, true);
    return stack;
  }

  /** Drops a device as a reboot does. */
  async abandon(device: RemapDevice): Promise<void> {
    this.#devices.delete(device.name);
    await device.abandon().finally(() => this.#removed(device.name, true));
  }

  /** Drops a device as a power loss does: any part of what was not flushed goes with it. */
  async losePower(device: RemapDevice, seed: number): Promise<void> {
    this.#devices.delete(device.name);
    try {
      const lostSectors = await device.losePower(seed);
      this.#host.log.warning(`${device.name}: ${lostSectors} unflushed sectors lost`);
    } finally {
      this.#removed(device.name, true);
    }
  }

  #checkCreate({ name, spares }: DeviceSpec): void {
    if (!this.#host.modules.has('real')) {
      throw new RemapError('EINVAL', `${name} needs dm-remap-v4-real: load it first`, { module: 'real' });
    }
    if (spares.length > 1) this.requirePool(name);
    if (this.#devices.has(name)) {
      throw new RemapError('EEXIST', `there is a device named ${name} already: remove it first`);
    }
  }

  #removed(name: string, comesBack: boolean): void {
    this.#host.log.line(deviceRemoved(name));
    this.#host.emit({ kind: 'removed', device: name, comesBack });
    this.#host.emit({ kind: 'modules' });
  }
}

/** Adds the spare's path to an error about what the spare holds. */
function nameSpare(error: unknown, spec: DeviceSpec): unknown {
  if (!(error instanceof RemapError) || error.details.path !== undefined) return error;
  const { member } = error.details;
  const path = spec.spares[typeof member === 'number' ? member : 0]!;
  return new RemapError(
    error.code,
    `${path}: ${error.message}`,
    { ...error.details, path },
    { cause: error },
  );
}
