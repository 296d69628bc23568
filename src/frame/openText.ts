import * as vscode from 'vscode';

/** Opens a file in the text editor, also one that has an editor of its own. Line and column count from 1. */
export async function openText(path: string, line = 1, column = 1): Promise<void> {
  const position = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(path), {
    selection: new vscode.Range(position, position),
  });
}
