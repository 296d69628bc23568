import * as vscode from 'vscode';
import type { DevicesService } from '../devices/devicesService';
import type { RemapDevice } from '../engine';
import { warn } from '../frame/notifications';
import { commands } from '../manifest';

/** A device that is resumed sooner needs no help: reloads suspend all devices for a moment. */
const PATIENCE_MS = 2000;

const RESUME = 'Resume Device';

/** Tells, once for each suspension, that work on a suspended device waits, and offers to resume it. */
export function offerResuming(devices: DevicesService): vscode.Disposable {
  const told = new WeakSet<RemapDevice>();
  return devices.onDidChange((event) => {
    if (event.kind !== 'changed') return;
    const device = devices.machine.device(event.device);
    if (!device?.suspended) {
      if (device) told.delete(device);
      return;
    }
    if (told.has(device) || !device.symptoms().holdsRequests) return;
    told.add(device);
    setTimeout(() => {
      if (device.symptoms().holdsRequests) void offer(devices, device);
      else told.delete(device);
    }, PATIENCE_MS);
  });
}

async function offer(devices: DevicesService, { name }: RemapDevice): Promise<void> {
  const message = `${name} is suspended: reads and writes that have begun wait until it is resumed.`;
  if ((await warn(message, RESUME)) !== RESUME) return;
  const entry = devices.entries().find((each) => each.device?.name === name);
  const { deviceKey } = entry ?? {};
  if (deviceKey !== undefined)
    await vscode.commands.executeCommand(commands.resume, { treeReference: true, deviceKey });
}
