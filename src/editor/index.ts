import * as vscode from 'vscode';
import type { DevicesService } from '../devices/devicesService';
import { toCommandError } from '../devices/errors';
import { reportError } from '../devices/messages';
import { commands, editorCommands, editors } from '../manifest';
import type { CopyFormat, UiCommand } from '../shared/protocol';
import { askWhatToOpen, readOpenSectors } from './openSectors';
import { SectorEditorProvider } from './provider';
import type { EditorSession } from './session';
import { DeviceTarget, ImageTarget } from './targets';

const UI_COMMANDS: Readonly<Record<string, UiCommand>> = {
  [editorCommands.goTo]: 'goTo',
  [editorCommands.find]: 'find',
  [editorCommands.toggleInspector]: 'toggleInspector',
};

const COPY_COMMANDS: Readonly<Record<string, CopyFormat>> = {
  [editorCommands.copyHex]: 'hex',
  [editorCommands.copyText]: 'text',
  [editorCommands.copyC]: 'c',
  [editorCommands.copyBase64]: 'base64',
};

/** The sector editor: for devices, and as an option for any file. */
export function register(context: vscode.ExtensionContext, devices: DevicesService): void {
  const providers = {
    [editors.sectors]: new SectorEditorProvider(
      context.extensionUri,
      (uri) => new DeviceTarget(devices, uri),
    ),
    [editors.image]: new SectorEditorProvider(context.extensionUri, (uri) => new ImageTarget(devices, uri)),
  };
  let active: EditorSession | null = null;
  const follow = (session: EditorSession) => {
    if (session.isActive) active = session;
    else if (active === session) active = null;
    const deviceKey = active?.document.target.deviceKey;
    if (deviceKey) devices.setFocus(deviceKey);
  };
  for (const [viewType, provider] of Object.entries(providers)) {
    context.subscriptions.push(
      provider,
      provider.onDidChangeActivity(follow),
      vscode.window.registerCustomEditorProvider(viewType, provider, {
        supportsMultipleEditorsPerDocument: true,
      }),
    );
  }
  const openSectors = async (target: unknown, options: unknown) => {
    const { uri, editor, reveal } = await readOpenSectors(devices, target, options);
    if (reveal) providers[editor].reveal(uri, reveal);
    await vscode.commands.executeCommand('vscode.openWith', uri, editor);
  };
  const handlers: Record<string, (...args: unknown[]) => unknown> = {
    [commands.openSectors]: (target, options) => openSectorsCommand(devices, openSectors, target, options),
  };
  for (const [id, command] of Object.entries(UI_COMMANDS)) handlers[id] = () => active?.run(command);
  for (const [id, format] of Object.entries(COPY_COMMANDS)) {
    handlers[id] = () => active?.copy(format).catch((error: unknown) => reportError(devices, error));
  }
  for (const [id, handler] of Object.entries(handlers)) {
    context.subscriptions.push(vscode.commands.registerCommand(id, handler));
  }
}

/** From code the arguments are there and errors are thrown; a person is asked and told. */
async function openSectorsCommand(
  devices: DevicesService,
  open: (target: unknown, options: unknown) => Promise<void>,
  target: unknown,
  options: unknown,
): Promise<void> {
  await devices.ready();
  if (target !== undefined) {
    await open(target, options).catch((error: unknown) => {
      throw toCommandError(error);
    });
    return;
  }
  try {
    const chosen = await askWhatToOpen(devices);
    if (chosen !== undefined) await open(chosen, undefined);
  } catch (error) {
    await reportError(devices, error);
  }
}
