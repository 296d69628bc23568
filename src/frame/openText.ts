import * as vscode from 'vscode';

/** Opens a file as text, whatever editor it has, at a one-based place. */
export async function openText(path: string, line = 1, column = 1): Promise<void> {
  const position = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(path), {
    selection: new vscode.Range(position, position),
  });
}
