import {
  clearErrorsOptions,
  injectErrorsOptions,
  listRemapsOptions,
  markerOptions,
  readOptions,
  rebootOptions,
  reloadModuleOptions,
  scanOptions,
  statusOptions,
  writeOptions,
} from '../contract/commandArguments';
import type { CommandResults } from '../contract/commandResults';
import { injectCommand, readCommand } from '../contract/deviceCommands';
import type { Task } from '../contract/task';
import { runVolumeCommand, type VolumeCommand, type VolumeResults } from '../contract/volumeCommands';
import { formatSize } from '../contract/wording';
import { type Machine, type RemapDevice, volumeTargetOf } from '../engine';

/*
 * What verbs ask of a device: the same whether it is assembled for the verb alone or a serve has it. Options and results
 * are those of the extension's commands of the same names.
 */

/** As the extension's settings are without a user's. */
export const DEFAULT_DIALECT = 'v4.0.3';
const DEFAULT_WAIT_SECONDS = 2;

/** A machine, one of whose devices a command is about. */
export interface Host {
  readonly machine: Machine;
  /** Assembles the machine's devices again after a boot. */
  reassemble(): Promise<unknown>;
}

/** What a command works with. */
interface Call {
  readonly host: Host;
  readonly device: RemapDevice;
  readonly options: unknown;
  readonly task: Task;
}

/** Results of the commands that verbs run on a device. */
export type DeviceResults = Pick<
  CommandResults,
  | 'status'
  | 'table'
  | 'listRemaps'
  | 'read'
  | 'write'
  | 'injectErrors'
  | 'clearErrors'
  | 'writeMarkers'
  | 'verifyMarkers'
  | 'checkMetadata'
  | 'repairMetadata'
  | 'relocate'
  | 'scan'
  | 'suspend'
  | 'resume'
  | 'reloadModule'
  | 'reboot'
> &
  VolumeResults & {
    /** What Copy as Shell Script copies. */
    readonly script: string;
  };

export type DeviceCommand = keyof DeviceResults;

/** Whether a text names a command. */
export function isDeviceCommand(name: unknown): name is DeviceCommand {
  return typeof name === 'string' && Object.hasOwn(handlers, name);
}

/** Runs a command. @throws RemapError `EINVAL` for a wrong option, and as the device's methods */
export async function runDeviceCommand<Name extends DeviceCommand>(
  name: Name,
  call: Call,
): Promise<DeviceResults[Name]> {
  return handlers[name](call);
}

const handlers: {
  readonly [Name in DeviceCommand]: (call: Call) => Promise<DeviceResults[Name]> | DeviceResults[Name];
} = {
  status: ({ device, options }) => device.status(statusOptions(options).dialect ?? DEFAULT_DIALECT),
  table: ({ device }) => device.table(),
  listRemaps: ({ device, options }) => device.listRemaps(listRemapsOptions(options)),
  read: ({ device, options }) => readCommand(device, readOptions(options)),
  write: ({ device, options }) => {
    const { sector, bytes } = writeOptions(options);
    return device.write(sector, bytes);
  },
  injectErrors: ({ device, options }) => injectCommand(device, injectErrorsOptions(options, undefined)),
  clearErrors: async ({ device, options }) => {
    const kept = await device.clearErrors(clearErrorsOptions(options));
    return { ...device.info(), kept };
  },
  writeMarkers: ({ device, options, task }) =>
    device.writeMarkers({ ...markerOptions(options), ...followedBy(task) }),
  verifyMarkers: ({ device, options, task }) =>
    device.verifyMarkers({ ...markerOptions(options), ...followedBy(task) }),
  checkMetadata: ({ device }) => device.checkMetadata(),
  repairMetadata: ({ device }) => device.repairMetadata(),
  relocate: ({ device }) => device.relocate(),
  scan: ({ device, options, task }) => scan(device, scanOptions(options).bytesPerSecond ?? 0, task),
  suspend: async ({ host, device }) => {
    await host.machine.suspend(device.name);
    return device.info();
  },
  resume: async ({ host, device }) => {
    await host.machine.resume(device.name);
    return device.info();
  },
  reloadModule: ({ host, device, options, task: { signal, report } }) => {
    const { wait = DEFAULT_WAIT_SECONDS } = reloadModuleOptions(options);
    return host.machine.reload([device.name], { waitMs: wait * 1000, signal, onStep: report });
  },
  reboot: ({ host, options, task }) => reboot(host, options, task),
  script: ({ device }) => device.shellScript(),
  volumes: onVolumes('volumes'),
  ownerOf: onVolumes('ownerOf'),
  sectorsOf: onVolumes('sectorsOf'),
  damage: onVolumes('damage'),
};

function onVolumes<Name extends VolumeCommand>(name: Name) {
  return ({ device, options, task }: Call) => runVolumeCommand(name, volumeTargetOf(device), options, task);
}

/** Takes a whole machine down and up again. @throws RemapError `EINVAL` for a wrong option */
export function reboot(host: Host, options: unknown, { report }: Task): Promise<CommandResults['reboot']> {
  const reassemble = () => host.reassemble();
  return host.machine.reboot({ ...rebootOptions(options), onStep: report, reassemble });
}

function scan(
  device: RemapDevice,
  bytesPerSecond: number,
  { signal, report }: Task,
): Promise<CommandResults['scan']> {
  return device.scan({
    signal,
    ...(bytesPerSecond > 0 && { bytesPerSecond }),
    onProgress: ({ scannedSectors, sectorCount }) =>
      report(`${formatSize(scannedSectors)} of ${formatSize(sectorCount)}`, scannedSectors / sectorCount),
  });
}

function followedBy({ signal, report }: Task) {
  return {
    signal,
    onProgress: (done: number, total: number) => report(`${done} of ${total}`, done / total),
  };
}
