import * as vscode from 'vscode';
import { settings } from '../manifest';
import { DEFAULT_DISPLAY, type DisplaySettings, displayParts } from '../shared/display';

/** The setting of each part of how bytes are shown. */
const SETTINGS: Readonly<Record<keyof DisplaySettings, string>> = {
  bytesPerRow: settings.editorBytesPerRow,
  grouping: settings.editorGrouping,
  offsets: settings.editorOffsets,
  text: settings.editorTextEncoding,
  colors: settings.editorByteColors,
  structureColors: settings.editorStructureColors,
  folds: settings.editorFoldEqualSectors,
};

const PARTS = Object.keys(SETTINGS) as (keyof DisplaySettings)[];

/** How bytes are shown, by the settings; a setting that makes no sense counts as not set. */
export function readDisplay(): DisplaySettings {
  const configuration = vscode.workspace.getConfiguration();
  const values = PARTS.map((part) => {
    const value: unknown = configuration.get(SETTINGS[part]);
    return [part, displayParts[part](value) ? value : DEFAULT_DISPLAY[part]];
  });
  return Object.fromEntries(values) as DisplaySettings;
}

/** Changes the settings that differ: in the workspace where it has its own, else those of the person. */
export async function writeDisplay(wanted: DisplaySettings): Promise<void> {
  const now = readDisplay();
  const configuration = vscode.workspace.getConfiguration();
  for (const part of PARTS.filter((each) => wanted[each] !== now[each])) {
    const id = SETTINGS[part];
    const isOfWorkspace = configuration.inspect(id)?.workspaceValue !== undefined;
    const { Workspace, Global } = vscode.ConfigurationTarget;
    await configuration.update(id, wanted[part], isOfWorkspace ? Workspace : Global);
  }
}

/** Folds equal sectors where they are not folded, and the other way round. Errors: those of {@link writeDisplay}. */
export function toggleFolding(): Promise<void> {
  const display = readDisplay();
  return writeDisplay({ ...display, folds: !display.folds });
}

/** Calls back whenever a setting of how bytes are shown has changed. */
export function onDidChangeDisplay(changed: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (PARTS.some((part) => event.affectsConfiguration(SETTINGS[part]))) changed();
  });
}
