import * as vscode from 'vscode';
import { deletionQuestion, withoutTrashQuestion } from '../contract/deletionQuestion';
import { type DeletionPlan, eraseFiles, planDeletion } from '../devices/deleteDevice';
import type { DevicesService } from '../devices/devicesService';
import { RemapError, reasonOf } from '../engine';
import { askDevice } from '../frame/askDevice';
import { defineAction } from '../frame/command';
import { answerTo } from '../frame/decisions';
import { uiCommands } from '../manifest';

/** The command that deletes a device with its files. */
export function deletionCommands(devices: DevicesService) {
  return {
    [uiCommands.deleteDevice]: defineAction('Delete Device and Images', async (origin, dialog) => {
      devices.policy.requireTrust();
      const entry = await askDevice(devices, origin, dialog);
      await entry.device?.checkPlaces();
      const deletion = await planDeletion(entry, devices.entries(), (spec) =>
        devices.policy.filesToAskFor(spec),
      );
      if (deletion.files.length === 0) throw new RemapError('ENOENT', `${entry.name} has no file to delete`);
      const clients = entry.device ? devices.exports.clientsOf(entry.device) : 0;
      if ((await answerTo(deletionQuestion(deletion, hasTrash(), clients))) === undefined) return;
      if (entry.device) await devices.remove(entry);
      await erase(deletion);
      await devices.search();
    }),
  };
}

/** Only a window on the machine that has the files reaches its trash. */
function hasTrash(): boolean {
  return vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
}

async function erase(deletion: DeletionPlan): Promise<void> {
  await eraseFiles(deletion, {
    useTrash: hasTrash(),
    erase: async (path, useTrash) => {
      await vscode.workspace.fs.delete(vscode.Uri.file(path), { useTrash });
    },
    mayEraseForGood: async (reason) =>
      (await answerTo(withoutTrashQuestion(deletion, reasonOf(reason)))) !== undefined,
  });
}
