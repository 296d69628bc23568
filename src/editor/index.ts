import * as vscode from 'vscode';
import { toCommandError } from '../contract/errorSentences';
import { isSamePath } from '../contract/pathKey';
import type { DevicesService } from '../devices/devicesService';
import type { RemapDevice } from '../engine';
import { runDialog } from '../frame/dialog';
import { inform, reportError } from '../frame/notifications';
import type { TreeReference } from '../frame/treeReference';
import { commands, editorCommands, editors, uiCommands } from '../manifest';
import type { ClipboardFormat, UiCommand } from '../shared/protocol';
import { chooseBookmark, goToNextBookmark, toggleBookmark } from './bookmarkCommands';
import { type Bookmark, Bookmarks } from './bookmarks';
import { EditorComparisons } from './comparisonCommands';
import { copyDdCommand } from './copyDd';
import { serveDeviceFileText } from './deviceFileText';
import { toggleFolding } from './displaySettings';
import { DeviceSubject, ImageSubject } from './documentSubjects';
import { goToNextSectorOfFile, openFileUnderCursor } from './fileCommands';
import { fill } from './fill';
import { LeftBackups } from './leftBackups';
import { askWhatToOpen, readOpenSectors } from './openSectors';
import { pasteAs } from './pasteAs';
import { SectorEditorProvider } from './provider';
import { subjectFor } from './savedSubject';
import { saveSelectionAs } from './saveSelection';
import { SectorSizes } from './sectorSizes';
import type { EditorSession } from './session';
import { goToStructure, interpretAs } from './structureCommands';
import { WorkspaceStructures } from './workspaceStructures';
import { writeFileAtSector } from './writeFile';

const UI_COMMANDS: Readonly<Record<string, UiCommand>> = {
  [editorCommands.goTo]: 'goTo',
  [editorCommands.find]: 'find',
  [editorCommands.toggleInspector]: 'toggleInspector',
  [editorCommands.toggleMap]: 'toggleMap',
  [editorCommands.goBack]: 'back',
  [editorCommands.goForward]: 'forward',
};

const COPY_COMMANDS: Readonly<Record<string, ClipboardFormat>> = {
  [editorCommands.copyHex]: 'hex',
  [editorCommands.copyText]: 'text',
  [editorCommands.copyC]: 'c',
  [editorCommands.copyBase64]: 'base64',
  [editorCommands.copyXxd]: 'xxd',
};

const SESSION_COMMANDS = {
  [editorCommands.nextSectorOfFile]: goToNextSectorOfFile,
  [editorCommands.openFile]: openFileUnderCursor,
  [editorCommands.copyDd]: copyDdCommand,
  [editorCommands.pasteAs]: pasteAs,
  [editorCommands.fill]: fill,
  [editorCommands.writeFile]: writeFileAtSector,
  [editorCommands.goToStructure]: goToStructure,
  [editorCommands.interpretAs]: interpretAs,
};

/** Registers the sector editor, for devices and as an option for any file, and its commands. */
export function register(context: vscode.ExtensionContext, devices: DevicesService): void {
  const bookmarks = new Bookmarks(context.workspaceState);
  const sectorSizes = new SectorSizes(context.workspaceState);
  const leftBackups = new LeftBackups(context.workspaceState);
  const structures = new WorkspaceStructures();
  const saved = new vscode.EventEmitter<string>();
  const providers = {
    [editors.sectors]: new SectorEditorProvider(
      context.extensionUri,
      leftBackups,
      bookmarks,
      sectorSizes,
      structures,
      (uri) => subjectFor(uri, (file) => new DeviceSubject(devices, file, saved)),
    ),
    [editors.image]: new SectorEditorProvider(
      context.extensionUri,
      leftBackups,
      bookmarks,
      sectorSizes,
      structures,
      (uri) => subjectFor(uri, (file) => new ImageSubject(devices, file, saved.event)),
    ),
  };
  context.subscriptions.push(saved, structures, serveDeviceFileText());
  let active: EditorSession | null = null;
  const comparisons = new EditorComparisons(devices, providers, () => active);
  const follow = (session: EditorSession) => {
    if (session.isActive) active = session;
    else if (active === session) active = null;
    const deviceKey = active?.document.subject.deviceKey;
    if (deviceKey) devices.setFocus(deviceKey);
    comparisons.tellContext();
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
  const openSectors = async (subject: unknown, options: unknown) => {
    const { uri, editor, reveal, beside } = await readOpenSectors(devices, subject, options);
    if (reveal) providers[editor].reveal(uri, reveal, !beside);
    if (beside && isShownBeside(uri, editor)) return;
    const place = beside ? { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true } : undefined;
    await vscode.commands.executeCommand('vscode.openWith', uri, editor, place);
  };
  // A command is over when its error is said, not only when the notification is closed.
  const tell = (error: unknown): void => void reportError(devices, error);
  const handlers: Record<string, (...args: unknown[]) => unknown> = {
    [commands.openSectors]: (subject, options) => openSectorsCommand(devices, openSectors, subject, options),
  };
  for (const [id, command] of Object.entries(UI_COMMANDS)) handlers[id] = () => active?.run(command);
  for (const [id, format] of Object.entries(COPY_COMMANDS)) {
    handlers[id] = () => active?.copy(format).catch(tell);
  }
  const openBookmark = async ({ uri, editor, view, byteOffset }: Bookmark) => {
    const document = vscode.Uri.parse(uri);
    const provider = editor === editors.sectors ? providers[editors.sectors] : providers[editors.image];
    provider.reveal(document, { view, byteOffset }, true);
    await vscode.commands.executeCommand('vscode.openWith', document, editor);
  };
  handlers[editorCommands.toggleBookmark] = () => active && toggleBookmark(bookmarks, active);
  handlers[editorCommands.nextBookmark] = () => active && goToNextBookmark(bookmarks, active, 'next');
  handlers[editorCommands.previousBookmark] = () => active && goToNextBookmark(bookmarks, active, 'previous');
  handlers[editorCommands.listBookmarks] = async () => {
    const chosen = await chooseBookmark(bookmarks, active);
    if (chosen) await openBookmark(chosen);
  };
  handlers[editorCommands.toggleFolding] = () => toggleFolding().catch(tell);
  handlers[editorCommands.revealInRemaps] = () => active && revealInRemaps(devices, active);
  const compare: Record<string, (...args: unknown[]) => Promise<void>> = {
    [editorCommands.compare]: (origin) => comparisons.compare(origin),
    [editorCommands.compareSelected]: (_, selected) => comparisons.compareSelected(selected),
    [editorCommands.nextDifference]: () => comparisons.step('next'),
    [editorCommands.previousDifference]: () => comparisons.step('previous'),
    [editorCommands.listDifferences]: () => comparisons.list(),
  };
  for (const [id, act] of Object.entries(compare)) {
    handlers[id] = (...args) => act(...args).catch(tell);
  }
  const sessionCommands: Record<string, (session: EditorSession) => Promise<void>> = {
    ...SESSION_COMMANDS,
    [editorCommands.saveSelectionAs]: (session) => saveSelectionAs(session, devices),
  };
  for (const [id, act] of Object.entries(sessionCommands)) {
    handlers[id] = () => active && act(active).catch(tell);
  }
  for (const [id, handler] of Object.entries(handlers)) {
    context.subscriptions.push(vscode.commands.registerCommand(id, handler));
  }
}

/** Shows the remap of the sector under the cursor in the side bar; of a spare, that of the sector whose data it holds. */
async function revealInRemaps(devices: DevicesService, { document, cursor }: EditorSession): Promise<void> {
  const { deviceKey } = document.subject;
  if (!deviceKey || !cursor) return;
  const device = devices.entries().find((entry) => isSamePath(entry.deviceKey, deviceKey))?.device;
  if (!device) return;
  const { view, sector } = cursor;
  const origin: TreeReference = { treeReference: true, deviceKey };
  const original = view.startsWith('spare') ? originalOn(device, view, sector) : sector;
  if (original !== null) {
    await vscode.commands.executeCommand(uiCommands.showRemap, { ...origin, sector: original });
    return;
  }
  void inform(`Sector ${sector} of the spare holds no sector of ${device.name}.`);
}

/** The sector of the device whose data a spare's sector holds; null: none. */
function originalOn(device: RemapDevice, view: string, sector: number): number | null {
  const member = Number(view.slice('spare'.length));
  const [found] = device.origins('spare', sector, 1, member);
  return found?.kind === 'spare' ? (found.detail ?? null) : null;
}

/** Whether another column than the active one shows the editor. To open it there again would make that one active. */
function isShownBeside(uri: vscode.Uri, viewType: string): boolean {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  return all.some(({ activeTab, viewColumn }) => {
    const input = activeTab?.input;
    return (
      viewColumn !== activeTabGroup.viewColumn &&
      input instanceof vscode.TabInputCustom &&
      input.viewType === viewType &&
      input.uri.toString() === uri.toString()
    );
  });
}

/** Called with arguments (from code) it throws errors; without (from the palette) it asks, and shows errors. */
async function openSectorsCommand(
  devices: DevicesService,
  open: (subject: unknown, options: unknown) => Promise<void>,
  subject: unknown,
  options: unknown,
): Promise<void> {
  await devices.ready();
  if (subject !== undefined) {
    await open(subject, options).catch((error: unknown) => {
      throw toCommandError(error);
    });
    return;
  }
  try {
    const chosen = await runDialog('Open Sectors', (dialog) => askWhatToOpen(devices, dialog));
    if (chosen !== undefined) await open(chosen, undefined);
  } catch (error) {
    await reportError(devices, error);
  }
}
