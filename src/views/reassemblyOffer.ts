import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { DeviceEntry } from '../devices/deviceEntry';
import { isOutdated } from '../devices/deviceEntry';
import type { DevicesService } from '../devices/devicesService';
import { askToWrite } from '../frame/askToWrite';
import { inform, reportError } from '../frame/notifications';
import { commands } from '../manifest';

/** A device stays as it is when its file changes: offers, once for each change, to assemble it again. */
export function offerReassembly(devices: DevicesService): vscode.Disposable {
  const offered = new Map<string, unknown>();
  return devices.onDidChange(({ kind }) => {
    if (kind !== 'registry') return;
    for (const entry of devices.entries()) {
      const isNews = isOutdated(entry) && !isDeepStrictEqual(offered.get(entry.deviceKey), entry.content);
      offered.set(entry.deviceKey, entry.content);
      if (isNews) void offer(devices, entry);
    }
  });
}

async function offer(devices: DevicesService, { name, deviceKey }: DeviceEntry): Promise<void> {
  const reassemble = 'Reassemble';
  const message = `The device file of ${name} has changed. The assembled device goes on as it was.`;
  if ((await inform(message, reassemble)) !== reassemble) return;
  try {
    const asked = await askToWrite(devices, { deviceKey });
    if (!asked) return;
    const choice = { ...devices.readOnlyChoice(deviceKey), ...asked };
    const device = devices.find({ deviceKey }).device;
    if (device?.displaced.some(({ isSaved }) => !isSaved)) {
      await vscode.commands.executeCommand(commands.remove, { treeReference: true, deviceKey });
      if (devices.find({ deviceKey }).device) return;
    } else await devices.remove({ deviceKey });
    await devices.assemble({ deviceKey }, choice);
  } catch (error) {
    await reportError(devices, error);
  }
}
