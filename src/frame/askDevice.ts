import { plural, stateWords } from '../contract/wording';
import type { DeviceEntry } from '../devices/deviceEntry';
import type { DevicesService } from '../devices/devicesService';
import { type RemapDevice, RemapError } from '../engine';
import { askToWrite } from './askToWrite';
import type { CommandOrigin } from './command';
import type { Dialog } from './dialog';
import { folderOf } from './folderText';

/** What to ask when a device has to be picked. */
export interface DeviceQuestion {
  /** Which devices are offered; absent: all of the user's own. */
  readonly among?: (entry: DeviceEntry) => boolean;
  /** The error message when no device is offered. */
  readonly none?: string;
}

/**
 * The device that the origin names, the only one there is, or the one that the person picks.
 * @throws RemapError `ENODEV` when there is none to offer, and as `DevicesService.find` for an origin
 */
export async function askDevice(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
  {
    among = () => true,
    none = 'no device is known: create one, or open a folder with a .remap file',
  }: DeviceQuestion = {},
): Promise<DeviceEntry> {
  if (origin) return devices.find(origin);
  const entries = devices.entries().filter((entry) => entry.scenario === undefined && among(entry));
  if (entries.length === 0) throw new RemapError('ENODEV', none);
  if (entries.length === 1) return entries[0]!;
  const focused = devices.focus()?.deviceKey;
  entries.sort((a, b) => Number(b.deviceKey === focused) - Number(a.deviceKey === focused));
  const choices = entries.map((entry) => ({
    label: entry.name,
    description: describe(entry),
    detail: folderOf(entry.deviceKey),
    value: entry,
  }));
  return dialog.choice('Device', choices);
}

/** As {@link askDevice}, for commands that need an assembled device: one that isn't yet is assembled. */
export async function askAssembled(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<RemapDevice> {
  const entry = await askDevice(devices, origin, dialog);
  if (entry.device) return entry.device;
  const choice = await askToWrite(devices, entry);
  if (!choice) throw new RemapError('ECANCELED', `${entry.name} is not assembled`);
  return devices.assemble(entry, choice);
}

function describe({ device, problem }: DeviceEntry): string {
  if (!device) return problem ? 'not assembled, has a problem' : 'not assembled';
  const { state, remaps } = device.info();
  return `${stateWords[state]}, ${plural(remaps, 'remap')}`;
}
