import * as vscode from 'vscode';
import { printable } from '../engine';

const SCHEME = 'remap-report';

/** Shows what commands found as read-only texts, each in an editor of its own. */
export class ReportDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #change = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#change.event;
  readonly #disposables = [
    this.#change,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) this.#texts.delete(uri.path);
    }),
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  /** Shows a text under a title; a text that is shown under the same title is replaced. */
  async show(title: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${printable(title).replaceAll('/', '-')}` });
    this.#texts.set(uri.path, text.split('\n').map(printable).join('\n'));
    this.#change.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
