import * as vscode from 'vscode';

const shownKey = 'shown';

/**
 * The extension that `npm start` adds to the sample's window. Once for a workspace, it opens what a person is to see
 * first: the sidebar, the sector editor at the first sector that comes from the spare, and the sample's README below it.
 */
export async function activate({ workspaceState }: vscode.ExtensionContext): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder || workspaceState.get(shownKey) === true) return;
  await vscode.commands.executeCommand('workbench.view.extension.remap');
  const [device] = (await vscode.commands.executeCommand<{ name: string }[]>('remap.assembleAll')) ?? [];
  if (!device) return;
  const { remaps } = await vscode.commands.executeCommand<{ remaps: { original: number }[] }>(
    'remap.listRemaps',
    device.name,
    { limit: 1 },
  );
  await vscode.commands.executeCommand('vscode.setEditorLayout', {
    orientation: 1,
    groups: [{ size: 0.65 }, { size: 0.35 }],
  });
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, 'README.md'), {
    viewColumn: vscode.ViewColumn.Two,
    preview: false,
  });
  await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
  await vscode.commands.executeCommand('remap.openSectors', device.name, {
    sector: remaps[0]?.original ?? 0,
  });
  await workspaceState.update(shownKey, true);
}
