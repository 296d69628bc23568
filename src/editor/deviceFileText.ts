import * as vscode from 'vscode';
import { deviceFileLanguages } from '../manifest';

/**
 * Has the text of device files edited as JSON with comments, checked by their schema. They are a language of their own for
 * one thing: so that automatic saving, which VS Code sets by language, is off for devices.
 */
export function serveDeviceFileText(): vscode.Disposable {
  const look = (document: vscode.TextDocument) => {
    if (document.languageId !== deviceFileLanguages.own) return;
    void vscode.languages.setTextDocumentLanguage(document, deviceFileLanguages.text);
  };
  vscode.workspace.textDocuments.forEach(look);
  return vscode.workspace.onDidOpenTextDocument(look);
}
