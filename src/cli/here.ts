import { editFlakey, stageDeviceFile } from '../contract/deviceFile';
import type { Task } from '../contract/task';
import {
  checkSpares,
  type DeviceSpec,
  Machine,
  type RemapDevice,
  RemapError,
  type StagedText,
} from '../engine';
import {
  type DeviceCommand,
  type DeviceResults,
  type Host,
  reboot,
  runDeviceCommand,
} from './deviceCommands';
import { openedReadOnly, readSpec } from './deviceFiles';

/** A command for a device, by the real path of its file. */
export interface DeviceRequest<Name extends DeviceCommand = DeviceCommand> {
  readonly command: Name;
  readonly deviceFile: string;
  /** The options in the form that callers in code give them. */
  readonly options: unknown;
}

/** The commands that write no byte (R15): the device is opened read-only for them, without locks. */
export const LOOKING: ReadonlySet<DeviceCommand> = new Set<DeviceCommand>([
  'status',
  'table',
  'listRemaps',
  'read',
  'verifyMarkers',
  'checkMetadata',
  'script',
  'volumes',
  'ownerOf',
  'sectorsOf',
  'damage',
]);

/** Why a device is opened read-only for a command that looks. */
const ONLY_LOOKING = 'a command that looks opened it';

/**
 * Runs a command on a device that is assembled for it alone, and closed after it.
 * @throws RemapError `EBUSY` while another process has its images, `ENODEV` for a command that needs a serve, and as
 * `Machine.create` and {@link runDeviceCommand}
 */
export async function runHere<Name extends DeviceCommand>(
  { command, deviceFile, options }: DeviceRequest<Name>,
  task: Task,
): Promise<DeviceResults[Name]> {
  const spec = await readSpec(deviceFile);
  if (command === 'checkMetadata') return (await checkSpares(spec.spares)) as DeviceResults[Name];
  if (command === 'suspend' || command === 'resume') throw notServed(spec);
  const opened = LOOKING.has(command) ? await openedReadOnly(spec, ONLY_LOOKING) : spec;
  return onMachine([opened], async (host) => {
    const device = host.machine.device(spec.name)!;
    const run = () => runDeviceCommand(command, { host, device, options, task });
    return command === 'injectErrors' || command === 'clearErrors'
      ? keepingFlakey(deviceFile, () => device.flakeyTable, run)
      : run();
  });
}

/** Opens a device read-only, and closes it after some work. @throws RemapError as {@link runHere} */
export async function lookAtDevice<T>(
  deviceFile: string,
  work: (device: RemapDevice) => Promise<T>,
): Promise<T> {
  const spec = await openedReadOnly(await readSpec(deviceFile), ONLY_LOOKING);
  return onMachine([spec], ({ machine }) => work(machine.device(spec.name)!));
}

/** Boots a machine with some devices, takes it down and up again. @throws RemapError as {@link runHere} */
export async function rebootHere(
  deviceFiles: readonly string[],
  options: unknown,
  task: Task,
): Promise<DeviceResults['reboot']> {
  const specs = await Promise.all(deviceFiles.map(readSpec));
  return onMachine(specs, (host) => reboot(host, options, task));
}

async function onMachine<T>(specs: readonly DeviceSpec[], work: (host: Host) => Promise<T>): Promise<T> {
  const machine = new Machine();
  const assemble = async () => {
    for (const spec of specs) await machine.create(spec);
  };
  try {
    await assemble();
    return await work({ machine, reassemble: assemble });
  } finally {
    await machine.close();
  }
}

/**
 * A flakey layer goes with its machine: where that lives for one command, the device file keeps the layer for the next.
 * A file that can't be written refuses the command.
 */
async function keepingFlakey<T>(
  deviceFile: string,
  flakeyTable: () => string | null,
  run: () => Promise<T>,
): Promise<T> {
  const before = flakeyTable();
  await (await stage(deviceFile, before)).discard();
  const result = await run();
  const after = flakeyTable();
  if (after !== before) await (await stage(deviceFile, after)).commit();
  return result;
}

function stage(deviceFile: string, flakey: string | null): Promise<StagedText> {
  return stageDeviceFile(deviceFile, (text) => editFlakey(text, flakey));
}

function notServed({ name }: DeviceSpec): RemapError {
  return new RemapError(
    'ENODEV',
    `no serve has the device "${name}", and it would be suspended for as long as this command runs: serve it first`,
    { device: name },
  );
}
