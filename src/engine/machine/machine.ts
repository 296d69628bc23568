import { type Clock, systemClock } from '../block/blockDevice';
import { SerialQueue } from '../concurrency/serialQueue';
import type { DeviceInfo, DeviceSpec } from '../device/deviceContracts';
import { DeviceEvents } from '../device/deviceEvents';
import { DeviceStack } from '../device/deviceStack';
import type { DiskOptions } from '../device/disk';
import { KernelLog } from '../device/kernelLog';
import { RemapDevice } from '../device/remapDevice';
import {
  deviceCreated,
  deviceRefused,
  deviceRemoved,
  deviceResumed,
  deviceSuspended,
  moduleLoaded,
  moduleUnloaded,
} from '../dmsetup/kernelTexts';
import { RemapError } from '../errors';
import { type MachineEvent, MODULE_NAMES, type ModuleName, type ModuleState } from './machineContracts';
import type {
  BeforeAndAfter,
  MachineOptions,
  ProcedureOptions,
  RebootOptions,
  ReloadOptions,
} from './machineOptions';
import { kernelModuleName, ModuleTable, parseModuleName } from './moduleTable';

/** The modules that a reload takes out and puts back, in load order. */
const RELOADED: readonly ModuleName[] = ['stats', 'real'];

/** The booted machine: modules, devices and the kernel's log. What changes devices or modules is done one at a time. */
export class Machine {
  readonly log: KernelLog;
  readonly clock: Clock;
  readonly #diskOptions: DiskOptions;
  readonly #modules: ModuleTable;
  readonly #devices = new Map<string, RemapDevice>();
  readonly #listeners = new Set<(event: MachineEvent) => void>();
  readonly #queue = new SerialQueue();

  constructor(options: MachineOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.log = new KernelLog((event) => this.#emit(event));
    this.#diskOptions = { cacheBytes: options.cacheBytes, log: this.log };
    this.#modules = new ModuleTable((name) => this.#usersOf(name));
    for (const name of options.modules ?? MODULE_NAMES) this.#modules.load(name);
  }

  /** Calls a listener with everything that happens from now on; answers how to stop that. */
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
   * Loads a module. Devices that run without `metadata` begin to use and keep their tables when it comes.
   * @throws RemapError `EINVAL` for an unknown name or a missing dependency
   */
  loadModule(text: string): Promise<ModuleState[]> {
    return this.#queue.run(async () => {
      const name = parseModuleName(text);
      this.#load(name);
      if (name === 'metadata') for (const device of this.devices()) await device.adoptMetadata();
      return this.modules();
    });
  }

  /** @throws RemapError `EINVAL` for an unknown name, `EBUSY` when the module is in use */
  unloadModule(name: string): Promise<ModuleState[]> {
    return this.#queue.run(async () => {
      this.#unload(parseModuleName(name));
      return this.modules();
    });
  }

  /** All devices, by name. */
  devices(): RemapDevice[] {
    return [...this.#devices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  device(name: string): RemapDevice | undefined {
    return this.#devices.get(name);
  }

  /**
   * Opens a device's images and constructs its target over them. Nothing is changed when that fails.
   * @throws RemapError `EEXIST` for a name in use, `EBUSY` for an image in use, `EINVAL` when `real` isn't loaded, or
   * several spares without `spare-pool`; and as {@link DeviceStack.open} and `constructTarget` say
   */
  create(spec: DeviceSpec): Promise<RemapDevice> {
    return this.#queue.run(() => this.#create(spec));
  }

  /**
   * Drains a device, commits and flushes, closes its images. It is gone even when the last flush fails, which is thrown.
   * @throws RemapError `ENODEV` for an unknown name
   */
  remove(name: string): Promise<void> {
    return this.#queue.run(() => this.#remove(name));
  }

  /**
   * Takes another spare into a device's pool while it runs.
   * @throws RemapError `ENODEV`; `EINVAL` when spare-pool isn't loaded; and as {@link RemapDevice.addSpare}
   */
  addSpare(name: string, path: string): Promise<RemapDevice> {
    return this.#queue.run(async () => {
      const device = this.#get(name);
      this.#requirePool(name);
      await device.addSpare(path);
      this.log.info(`Spare ${path} added to ${name}`);
      this.#emit({ kind: 'modules' });
      return device;
    });
  }

  /** @throws RemapError `ENODEV` */
  async suspend(name: string): Promise<void> {
    await this.#get(name).suspend();
    this.log.line(deviceSuspended(name));
    this.#emit({ kind: 'changed', device: name });
  }

  /** @throws RemapError `ENODEV` */
  async resume(name: string): Promise<void> {
    this.#get(name).resume();
    this.log.line(deviceResumed(name));
    this.#emit({ kind: 'changed', device: name });
  }

  /**
   * The test report's module reload: suspend, resume, remove, unload `real` then `stats`, wait, load them again, and
   * create with the same parameters. The layers below dm-remap stay. All devices go through it, since a module in use
   * can't be unloaded.
   * @param names whose state the result tells; absent: of all devices
   */
  reload(names?: readonly string[], options: ReloadOptions = {}): Promise<BeforeAndAfter> {
    return this.#queue.run(async () => {
      const asked = names?.map((name) => this.#get(name).name);
      const before = this.#infos(asked);
      const stacks = this.devices().map(({ spec, stack }) => ({ spec, stack }));
      for (const { spec } of stacks) await this.#takeDown(spec.name, options);
      for (const name of [...RELOADED].reverse())
        this.#step(options, `unload ${name}`, () => this.#unload(name));
      await this.#wait(options);
      for (const name of RELOADED) this.#step(options, `load ${name}`, () => this.#load(name));
      await this.#bringUp(stacks, options);
      return { before, after: this.#infos(asked) };
    });
  }

  /**
   * A reboot: all memory is dropped, and devices come back only if setup-reassembly finds them. A power loss also drops any
   * part of what was not flushed.
   */
  async reboot(options: RebootOptions = {}): Promise<BeforeAndAfter> {
    const before = await this.#queue.run(() => this.#goDown(options));
    options.onStep?.('boot');
    if (this.isLoaded('setup-reassembly')) await options.reassemble?.();
    else if (before.length > 0)
      this.log.warning('dm-remap-v4-setup-reassembly is not loaded: no device is reassembled');
    return { before, after: this.#infos() };
  }

  /** Removes every device; throws the first error when all are closed. */
  close(): Promise<void> {
    return this.#queue.run(async () => {
      const results = await Promise.allSettled(this.devices().map((device) => this.#remove(device.name)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });
  }

  async #create(spec: DeviceSpec): Promise<RemapDevice> {
    this.#checkCreate(spec);
    const stack = await DeviceStack.open(spec, this.clock, this.#diskOptions);
    try {
      return await this.#construct(spec, stack);
    } catch (error) {
      await stack.close().catch(() => undefined);
      throw error;
    }
  }

  #checkCreate(spec: DeviceSpec): void {
    if (!this.isLoaded('real')) {
      throw new RemapError('EINVAL', `${spec.name} needs dm-remap-v4-real: load it first`, {
        module: 'real',
      });
    }
    if (spec.spares.length > 1) this.#requirePool(spec.name);
    if (this.#devices.has(spec.name)) {
      throw new RemapError('EEXIST', `there is a device named ${spec.name} already: remove it first`);
    }
  }

  #requirePool(name: string): void {
    if (this.isLoaded('spare-pool')) return;
    const text = `several spares for ${name} need dm-remap-v4-spare-pool: load it first`;
    throw new RemapError('EINVAL', text, { module: 'spare-pool' });
  }

  async #construct(spec: DeviceSpec, stack: DeviceStack): Promise<RemapDevice> {
    const events = new DeviceEvents(spec.name, (event) => this.#emit(event));
    try {
      const persistent = this.isLoaded('metadata');
      const device = await RemapDevice.construct(spec, stack, {
        persistent,
        clock: this.clock,
        log: this.log,
        events,
      });
      await device.saveIdentity();
      this.#devices.set(spec.name, device);
      const spareSectors = device.info().spareSectors;
      const [spare] = spec.spares;
      this.log.lines(
        deviceCreated({ main: spec.main, spare: spare!, mainSectors: device.sectorCount, spareSectors }),
      );
      this.#emit({ kind: 'created', device: spec.name });
      this.#emit({ kind: 'modules' });
      return device;
    } catch (error) {
      if (error instanceof RemapError) this.log.lines(deviceRefused(error));
      throw nameSpare(error, spec);
    }
  }

  async #remove(name: string): Promise<void> {
    const device = this.#get(name);
    this.#devices.delete(name);
    try {
      await device.saveIdentity();
      await device.target.close();
    } finally {
      await device.stack.close().finally(() => this.#removed(name));
    }
  }

  async #takeDown(name: string, options: ReloadOptions): Promise<void> {
    const device = this.#get(name);
    const { target } = device;
    await device.saveIdentity();
    options.onStep?.(`suspend ${name}`);
    if (!target.suspended) await target.suspend();
    this.log.line(deviceSuspended(name));
    options.onStep?.(`resume ${name}`);
    target.resume();
    this.log.line(deviceResumed(name));
    options.onStep?.(`remove ${name}`);
    await target.close();
    this.#devices.delete(name);
    this.#removed(name);
  }

  /** Tries every device before it throws what failed with the first: one broken device must not take the others along. */
  async #bringUp(
    stacks: readonly { spec: DeviceSpec; stack: DeviceStack }[],
    options: ReloadOptions,
  ): Promise<void> {
    const failures: unknown[] = [];
    for (const { spec, stack } of stacks) {
      options.onStep?.(`create ${spec.name}`);
      try {
        await stack.reopenMissing(spec);
        await this.#construct(spec, stack);
      } catch (error) {
        failures.push(error);
        await stack.close().catch((closing) => failures.push(closing));
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async #goDown({
    powerLoss = false,
    seed = this.clock.now() % 2 ** 32,
    onStep,
  }: RebootOptions): Promise<DeviceInfo[]> {
    const before = this.#infos();
    onStep?.(powerLoss ? `power loss, seed ${seed}` : 'reboot');
    this.log.info(powerLoss ? `Power loss (seed ${seed})` : 'Reboot');
    for (const [i, device] of this.devices().entries()) {
      this.#devices.delete(device.name);
      if (!powerLoss) await device.saveIdentity();
      await device.target.abandon();
      if (powerLoss) {
        const dropped = await device.stack.powerLoss(seed + i);
        this.log.warning(`${device.name}: ${dropped} unflushed sectors lost`);
      } else {
        await device.stack.close();
      }
      this.#removed(device.name);
    }
    return before;
  }

  #step(options: ProcedureOptions, text: string, work: () => void): void {
    options.onStep?.(text);
    work();
  }

  /** A cancelled wait ends early; the procedure goes on, since devices without modules help nobody. */
  async #wait({ waitMs = 0, signal, onStep }: ReloadOptions): Promise<void> {
    if (waitMs <= 0 || signal?.aborted) return;
    onStep?.(`wait ${waitMs / 1000} s`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #load(name: ModuleName): void {
    if (!this.#modules.load(name)) return;
    this.log.line(moduleLoaded(kernelModuleName(name)));
    this.#emit({ kind: 'modules' });
  }

  #unload(name: ModuleName): void {
    if (!this.#modules.unload(name)) return;
    this.log.line(moduleUnloaded(kernelModuleName(name)));
    this.#emit({ kind: 'modules' });
  }

  #usersOf(name: ModuleName): string[] {
    const devices = this.devices();
    if (name === 'real') return devices.map((device) => device.name);
    if (name === 'metadata')
      return devices.filter((device) => device.persistent).map((device) => device.name);
    if (name === 'spare-pool') return devices.filter((d) => d.spec.spares.length > 1).map((d) => d.name);
    return [];
  }

  #infos(names?: readonly string[]): DeviceInfo[] {
    return this.devices()
      .filter((device) => names?.includes(device.name) ?? true)
      .map((device) => device.info());
  }

  #get(name: string): RemapDevice {
    const device = this.#devices.get(name);
    if (device) return device;
    throw new RemapError('ENODEV', `there is no assembled device named ${name}: assemble it first`, { name });
  }

  #removed(name: string): void {
    this.log.line(deviceRemoved(name));
    this.#emit({ kind: 'removed', device: name });
    this.#emit({ kind: 'modules' });
  }

  #emit(event: MachineEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** Adds the file to an error about what the spare holds. */
function nameSpare(error: unknown, spec: DeviceSpec): unknown {
  if (!(error instanceof RemapError) || error.details.path !== undefined) return error;
  const path = spec.spares[0]!;
  return new RemapError(
    error.code,
    `${path}: ${error.message}`,
    { ...error.details, path },
    { cause: error },
  );
}
