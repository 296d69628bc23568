import { type Clock, systemClock } from '../block/blockDevice';
import { SerialQueue } from '../concurrency/serialQueue';
import type { DeviceSpec } from '../device/deviceContracts';
import { KernelLog } from '../device/kernelLog';
import { ListedAnswers } from '../device/listedBlocks';
import type { RemapDevice } from '../device/remapDevice';
import { deviceResumed, deviceSuspended, moduleLoaded, moduleUnloaded } from '../dmsetup/kernelTexts';
import { fullnessOf, isHostFull, RemapError, reasonOf } from '../errors';
import { DeviceTable } from './deviceTable';
import { type MachineEvent, MODULE_NAMES, type ModuleName, type ModuleState } from './machineContracts';
import type { BeforeAndAfter, MachineOptions, RebootOptions, ReloadOptions } from './machineOptions';
import { kernelModuleName, ModuleTable, parseModuleName } from './moduleTable';
import { reloadModules, shutDown } from './procedures';

/** A booted machine: modules, devices and the kernel's log. What changes devices or modules is done one at a time. */
export class Machine {
  readonly log: KernelLog;
  readonly clock: Clock;
  /** What its devices have answered to `listbadblocks`. */
  readonly listed = new ListedAnswers();
  readonly #modules: ModuleTable;
  readonly #devices: DeviceTable;
  readonly #listeners = new Set<(event: MachineEvent) => void>();
  readonly #queue = new SerialQueue();

  constructor({ clock = systemClock, cacheBytes, modules = MODULE_NAMES }: MachineOptions = {}) {
    const emit = (event: MachineEvent): void => this.#emit(event);
    this.clock = clock;
    this.log = new KernelLog(emit);
    this.#modules = new ModuleTable(
      (name) => this.#devices.usersOf(name),
      (name, isLoaded) => this.#moduleChanged(name, isLoaded),
    );
    const disks = { cacheBytes, log: this.log, listed: this.listed };
    this.#devices = new DeviceTable({ clock, log: this.log, disks, modules: this.#modules, emit });
    for (const name of modules) this.#modules.load(name);
  }

  /** Calls a listener with everything that happens from now on; the returned function ends that. */
  onEvent(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  modules(): ModuleState[] {
    return this.#modules.list();
  }

  isLoaded(name: ModuleName): boolean {
    return this.#modules.has(name);
  }

  /**
   * Loads a module. Devices that run without `metadata` begin to use and keep their tables when it comes; a device that can't
   * goes on without, and if none can, the module isn't loaded.
   * @throws RemapError `EINVAL` for an unknown name or a missing dependency; why a device can't use its table
   */
  loadModule(text: string): Promise<ModuleState[]> {
    return this.#queue.run(async () => {
      const name = parseModuleName(text);
      const isNew = this.#modules.load(name);
      if (name === 'metadata') await this.#adoptMetadata(isNew);
      return this.modules();
    });
  }

  /** @throws RemapError `EINVAL` for an unknown name, `EBUSY` when the module is in use */
  unloadModule(name: string): Promise<ModuleState[]> {
    return this.#queue.run(async () => {
      this.#modules.unload(parseModuleName(name));
      return this.modules();
    });
  }

  /** All devices, by name. */
  devices(): RemapDevice[] {
    return this.#devices.list();
  }

  device(name: string): RemapDevice | undefined {
    return this.#devices.find(name);
  }

  /**
   * Opens a device's images and constructs its target over them. Nothing is changed when that fails, nor by a device that
   * its spec says is read-only: no image, map or lock file is written for as long as it is there.
   * @throws RemapError `EEXIST` for a name in use, `EBUSY` for an image in use, `EINVAL` when `real` isn't loaded, or
   * several spares without `spare-pool`; and as `DeviceStack.open` and `constructTarget` say
   */
  create(spec: DeviceSpec): Promise<RemapDevice> {
    return this.#queue.run(() => this.#devices.create(spec));
  }

  /**
   * Waits for a device's I/O, commits, flushes and closes its images. The device is gone even when the last flush fails;
   * that error is thrown. Only while a file system is full, on which an image finds no room, nothing is changed: what was
   * written can still be saved.
   * @throws RemapError `ENODEV` for an unknown name, `ENOSPC` while a file system is full
   */
  remove(name: string): Promise<void> {
    return this.#queue.run(async () => {
      const device = this.#devices.get(name);
      if (!device.suspended) await device.flush().catch((error: unknown) => refuseIfFull(name, error));
      await this.#devices.close(device);
    });
  }

  /**
   * Takes another spare into a device's pool while it runs.
   * @param record keeps what the device is made of then; if it fails, the spare isn't taken in
   * @throws RemapError `ENODEV`; `EINVAL` when spare-pool isn't loaded; and as {@link RemapDevice.addSpare}
   */
  addSpare(name: string, path: string, record?: () => Promise<void>): Promise<RemapDevice> {
    return this.#queue.run(async () => {
      const device = this.#devices.get(name);
      this.#devices.requirePool(name);
      await device.addSpare(path, record);
      this.log.info(`Spare ${path} added to ${name}`);
      this.#emit({ kind: 'modules' });
      return device;
    });
  }

  /** @throws RemapError `ENODEV`, and the error of a commit or a flush that fails: the device is resumed then */
  async suspend(name: string): Promise<void> {
    await this.#devices.get(name).suspend();
    this.log.line(deviceSuspended(name));
    this.#emit({ kind: 'changed', device: name });
  }

  /** @throws RemapError `ENODEV` */
  async resume(name: string): Promise<void> {
    this.#devices.get(name).resume();
    this.log.line(deviceResumed(name));
    this.#emit({ kind: 'changed', device: name });
  }

  /**
   * Reloads the module as {@link reloadModules} does. All devices go through it, since a module in use can't be unloaded.
   * @param names the devices that the result describes; absent: all
   * @throws RemapError `ENODEV` for an unknown name, before anything is changed
   */
  reload(names?: readonly string[], options: ReloadOptions = {}): Promise<BeforeAndAfter> {
    return this.#queue.run(async () => {
      const asked = names?.map((name) => this.#devices.get(name).name);
      const before = this.#devices.infos(asked);
      await reloadModules({ devices: this.#devices, modules: this.#modules, log: this.log }, options);
      return { before, after: this.#devices.infos(asked) };
    });
  }

  /**
   * A reboot: all memory is dropped, and devices come back only if setup-reassembly finds them. A power loss also drops any
   * part of what was not flushed.
   */
  async reboot(options: RebootOptions = {}): Promise<BeforeAndAfter> {
    const { powerLoss = false, seed = this.clock.now() % 2 ** 32 } = options;
    const before = await this.#queue.run(async () => {
      const infos = this.#devices.infos();
      if (powerLoss) this.#emit({ kind: 'powerLoss' });
      await shutDown({ devices: this.#devices, log: this.log }, powerLoss ? seed : null, options);
      return infos;
    });
    options.onStep?.('boot');
    if (this.isLoaded('setup-reassembly')) await options.reassemble?.();
    else if (before.length > 0)
      this.log.warning('dm-remap-v4-setup-reassembly is not loaded: no device is reassembled');
    return { before, after: this.#devices.infos() };
  }

  /** Removes every device. The first error is thrown only after all are closed. */
  close(): Promise<void> {
    return this.#queue.run(async () => {
      const results = await Promise.allSettled(this.devices().map((device) => this.#devices.close(device)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });
  }

  async #adoptMetadata(isNew: boolean): Promise<void> {
    const failures: { readonly name: string; readonly error: unknown }[] = [];
    for (const device of this.devices()) {
      await device.adoptMetadata().catch((error: unknown) => failures.push({ name: device.name, error }));
    }
    const [first] = failures;
    if (!first) return;
    const isUsed = this.devices().some(({ persistent }) => persistent);
    if (isNew && !isUsed) this.#modules.unload('metadata');
    throw isUsed
      ? partlyLoaded(
          failures.map(({ name }) => name),
          first.error,
        )
      : first.error;
  }

  #moduleChanged(name: ModuleName, isLoaded: boolean): void {
    const file = kernelModuleName(name);
    this.log.line(isLoaded ? moduleLoaded(file) : moduleUnloaded(file));
    this.#emit({ kind: 'modules' });
  }

  #emit(event: MachineEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** @throws RemapError `ENOSPC` when a device is to be removed and its disk has no room for what was written */
function refuseIfFull(name: string, error: unknown): void {
  if (!isHostFull(error)) return;
  const text = `${name} stays assembled, or what was written would be lost: ${reasonOf(error)}`;
  throw new RemapError('ENOSPC', text, { name, ...fullnessOf(error) }, { cause: error });
}

/** The error of loading the metadata module when some devices can't use it. */
function partlyLoaded(names: readonly string[], error: unknown): RemapError {
  const code = error instanceof RemapError ? error.code : 'EIO';
  const text = `dm-remap-v4-metadata is loaded, but ${names.join(', ')} can't keep a remap table: ${reasonOf(error)}`;
  return new RemapError(code, text, { devices: names, ...fullnessOf(error) }, { cause: error });
}
