import * as vscode from 'vscode';
import { displacedMessage, SAVE_OPEN_IMAGE } from '../contract/displacedTexts';
import type { DevicesService } from '../devices/devicesService';
import type { RemapDevice } from '../engine';
import { complain } from '../frame/notifications';
import type { TreeReference } from '../frame/treeReference';
import { commands } from '../manifest';

/** Images often go together, with their folder: they make one notification. */
const GATHER_MS = 200;

const REMOVE = 'Remove Device';

/** Tells once of each device that one of its images is displaced, and offers what can be done (R13). */
export function offerSaving(devices: DevicesService): vscode.Disposable {
  const told = new WeakSet<RemapDevice>();
  return devices.onDidChange((event) => {
    if (event.kind !== 'displaced') return;
    const entry = devices.entries().find(({ name, device }) => device && name === event.device);
    if (!entry?.device || entry.scenario !== undefined || told.has(entry.device)) return;
    told.add(entry.device);
    const { device, deviceKey } = entry;
    setTimeout(() => {
      const isThere = devices.entries().some((each) => each.device === device);
      if (isThere) void offer(device, { treeReference: true, deviceKey });
    }, GATHER_MS);
  });
}

async function offer(device: RemapDevice, reference: TreeReference): Promise<void> {
  const message = displacedMessage(device.name, device.displaced);
  const chosen = await complain(message, SAVE_OPEN_IMAGE, REMOVE);
  if (chosen === SAVE_OPEN_IMAGE) await vscode.commands.executeCommand(commands.saveOpenImage, reference);
  if (chosen === REMOVE) await vscode.commands.executeCommand(commands.remove, reference);
}
