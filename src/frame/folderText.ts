import { dirname } from 'node:path';
import * as vscode from 'vscode';

/**
 * The folder of a file, for a row of a list that has the file's name already; undefined at the top of the only workspace
 * folder, where there is nothing to tell apart.
 */
export function folderOf(path: string): string | undefined {
  const folder = dirname(vscode.workspace.asRelativePath(path));
  return folder === '.' ? undefined : folder;
}
