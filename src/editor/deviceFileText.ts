import * as vscode from 'vscode';
import { deviceFileText } from '../manifest';

/**
 * Starts VS Code's JSON service for the text of device files: it serves their language, and so checks them by the schema,
 * but starts by itself only for files of its own languages.
 */
export function serveDeviceFileText(): vscode.Disposable {
  const look = ({ languageId }: vscode.TextDocument) => {
    if (languageId === deviceFileText.language)
      void vscode.extensions.getExtension(deviceFileText.jsonService)?.activate();
  };
  vscode.workspace.textDocuments.forEach(look);
  return vscode.workspace.onDidOpenTextDocument(look);
}
