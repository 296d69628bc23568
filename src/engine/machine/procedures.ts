import type { DeviceSpec } from '../device/deviceContracts';
import type { DeviceStack } from '../device/deviceStack';
import type { KernelLog } from '../device/kernelLog';
import type { RemapDevice } from '../device/remapDevice';
import { deviceResumed, deviceSuspended } from '../dmsetup/kernelTexts';
import type { DeviceTable } from './deviceTable';
import type { ModuleName } from './machineContracts';
import type { RebootOptions, ReloadOptions } from './machineOptions';
import type { ModuleTable } from './moduleTable';

/** The devices of a machine, and its log. */
interface DevicesAndLog {
  readonly devices: DeviceTable;
  readonly log: KernelLog;
}

/** The layers of a device that is to be constructed again. */
interface Detached {
  readonly spec: DeviceSpec;
  readonly stack: DeviceStack;
  readonly wasSuspended: boolean;
}

/** The modules that a reload takes out and puts back, in load order. */
const RELOADED: readonly ModuleName[] = ['stats', 'real'];

/**
 * The module reload of the published persistence test: suspend, resume and remove each device, unload `real` then `stats`,
 * wait, load them again, and create each device with the same parameters. The layers below dm-remap stay.
 */
export async function reloadModules(
  { modules, ...machine }: DevicesAndLog & { readonly modules: ModuleTable },
  options: ReloadOptions,
): Promise<void> {
  await refuseDisplaced(machine.devices);
  await flushAll(machine.devices);
  const detached = await takeAllDown(machine, options);
  for (const name of [...RELOADED].reverse()) {
    options.onStep?.(`unload ${name}`);
    modules.unload(name);
  }
  await wait(options);
  for (const name of RELOADED) {
    options.onStep?.(`load ${name}`);
    modules.load(name);
  }
  await bringUp(machine, detached, options);
}

/**
 * Drops every device, as a reboot and a power loss do. What couldn't be flushed is logged: it is dropped like the rest.
 * @param seed decides what a power loss drops of what was not flushed; null for a reboot
 */
export async function shutDown(
  { devices, log }: DevicesAndLog,
  seed: number | null,
  { onStep }: RebootOptions,
): Promise<void> {
  onStep?.(seed === null ? 'reboot' : `power loss, seed ${seed}`);
  log.info(seed === null ? 'Reboot' : `Power loss (seed ${seed})`);
  for (const [i, device] of devices.list().entries()) {
    try {
      if (seed === null) await devices.abandon(device);
      else await devices.losePower(device, seed + i);
    } catch (error) {
      log.error(`${device.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The target of a displaced image can't be flushed, and its layers must stay: they alone have what was written (R13). */
async function refuseDisplaced(devices: DeviceTable): Promise<void> {
  await Promise.all(devices.list().map((device) => device.checkPlaces()));
  for (const device of devices.list()) device.requirePlaces();
}

/** The last moment at which a reload can fail without a device having been taken down. */
async function flushAll(devices: DeviceTable): Promise<void> {
  for (const device of devices.list()) await (device.suspended ? device.suspend() : device.flush());
}

/** Brings back what is down already when a device can't be taken down, suspended as it was, and throws why. */
async function takeAllDown(machine: DevicesAndLog, options: ReloadOptions): Promise<Detached[]> {
  const detached: Detached[] = [];
  try {
    for (const device of machine.devices.list()) detached.push(await takeDown(machine, device, options));
    return detached;
  } catch (error) {
    await bringUp(machine, detached, options).catch((second) => machine.log.error(String(second)));
    for (const { spec, wasSuspended } of detached) {
      const device = machine.devices.find(spec.name);
      if (wasSuspended && device) await suspendAgain(machine, device);
    }
    throw error;
  }
}

async function takeDown(
  machine: DevicesAndLog,
  device: RemapDevice,
  { onStep }: ReloadOptions,
): Promise<Detached> {
  const { name, spec, suspended: wasSuspended } = device;
  const { devices, log } = machine;
  onStep?.(`suspend ${name}`);
  if (!wasSuspended) await device.suspend();
  log.line(deviceSuspended(name));
  onStep?.(`resume ${name}`);
  device.resume();
  log.line(deviceResumed(name));
  onStep?.(`remove ${name}`);
  try {
    return { spec, stack: await devices.detach(device), wasSuspended };
  } catch (error) {
    if (wasSuspended) await suspendAgain(machine, device);
    throw error;
  }
}

/** A reload that fails leaves a device suspended that it has resumed, also where a flush fails. */
async function suspendAgain({ log }: DevicesAndLog, device: RemapDevice): Promise<void> {
  await device.suspend(true).catch((error) => log.error(`${device.name}: ${String(error)}`));
  log.line(deviceSuspended(device.name));
}

/** Tries every device before it throws the first error: a device that fails must not keep the others from coming back. */
async function bringUp(
  { devices }: DevicesAndLog,
  detached: readonly Detached[],
  { onStep }: ReloadOptions,
): Promise<void> {
  const failures: unknown[] = [];
  for (const { spec, stack } of detached) {
    onStep?.(`create ${spec.name}`);
    try {
      await stack.reopenMissing(spec);
      await devices.construct(spec, stack);
    } catch (error) {
      failures.push(error);
      await stack.close().catch((closing) => failures.push(closing));
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** A cancelled wait ends early and the procedure goes on: if it ended here, the devices would not come back. */
async function wait({ waitMs = 0, signal, onStep }: ReloadOptions): Promise<void> {
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
