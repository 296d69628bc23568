import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { withoutLinks } from '../contract/foreignText';
import { RemapError } from '../engine';
import type { Reveal } from '../shared/protocol';
import type { Bookmarks } from './bookmarks';
import { SectorDocument } from './document';
import type { DocumentSubject } from './documentSubjects';
import { editorHtml, webviewRoot } from './html';
import type { SectorSizes } from './sectorSizes';
import { EditorSession } from './session';
import type { WorkspaceStructures } from './workspaceStructures';

/** Opens documents of one kind in the sector editor, and knows the editors that show them. */
export class SectorEditorProvider implements vscode.CustomEditorProvider<SectorDocument>, vscode.Disposable {
  readonly #edit = new vscode.EventEmitter<vscode.CustomDocumentEditEvent<SectorDocument>>();
  readonly onDidChangeCustomDocument = this.#edit.event;
  readonly #activity = new vscode.EventEmitter<EditorSession>();
  /** Fires when a session became the active editor or ceased to be it. */
  readonly onDidChangeActivity = this.#activity.event;
  readonly #sessions = new Set<EditorSession>();
  /** The place to show in an editor that opens next, by document. */
  readonly #reveals = new Map<string, Reveal>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly bookmarks: Bookmarks,
    private readonly sectorSizes: SectorSizes,
    private readonly structures: WorkspaceStructures,
    private readonly subjectOf: (uri: vscode.Uri) => DocumentSubject,
  ) {}

  async openCustomDocument(
    uri: vscode.Uri,
    { backupId }: vscode.CustomDocumentOpenContext,
  ): Promise<SectorDocument> {
    const backup = backupId === undefined ? null : vscode.Uri.parse(backupId);
    const document = await SectorDocument.create(uri, this.subjectOf(uri), backup);
    document.onDidEdit(({ label, undo, redo }) => this.#edit.fire({ document, label, undo, redo }));
    return document;
  }

  resolveCustomEditor(document: SectorDocument, panel: vscode.WebviewPanel): void {
    panel.webview.options = {
      enableScripts: true,
      enableForms: false,
      localResourceRoots: [webviewRoot(this.extensionUri)],
    };
    const session = new EditorSession(document, panel, this.bookmarks, this.sectorSizes, this.structures);
    this.#sessions.add(session);
    panel.onDidChangeViewState(() => this.#activity.fire(session));
    panel.onDidDispose(() => {
      this.#sessions.delete(session);
      session.dispose();
      this.#activity.fire(session);
    });
    const reveal = this.#reveals.get(document.uri.toString());
    this.#reveals.delete(document.uri.toString());
    if (reveal) session.reveal(reveal, panel.active);
    panel.webview.html = editorHtml(panel.webview, this.extensionUri);
    this.#activity.fire(session);
  }

  /** Goes to a place in an open editor of the document, the active one if possible; else in the next one that opens. */
  reveal(uri: vscode.Uri, reveal: Reveal, takesFocus: boolean): void {
    const open = [...this.#sessions].filter(({ document }) => document.uri.toString() === uri.toString());
    const session =
      open.find(({ panel }) => panel.active) ?? open.find(({ panel }) => panel.visible) ?? open[0];
    if (session) session.reveal(reveal, takesFocus);
    else this.#reveals.set(uri.toString(), reveal);
  }

  async saveCustomDocument(document: SectorDocument, token: vscode.CancellationToken): Promise<void> {
    await document.save(token).catch(rethrowAsShown);
  }

  saveCustomDocumentAs(): Promise<void> {
    const message = 'A disk is edited in place: copy its image to have another one, and edit the copy.';
    return Promise.reject(new RemapError('EINVAL', message));
  }

  async revertCustomDocument(document: SectorDocument): Promise<void> {
    await document.revert().catch(rethrowAsShown);
  }

  backupCustomDocument(
    document: SectorDocument,
    { destination }: vscode.CustomDocumentBackupContext,
  ): Promise<vscode.CustomDocumentBackup> {
    return document.backup(destination);
  }

  dispose(): void {
    this.#edit.dispose();
    this.#activity.dispose();
  }
}

/** VS Code shows the message of what is thrown in a notification. */
function rethrowAsShown(error: unknown): never {
  throw new Error(withoutLinks(describeError(error).message), { cause: error });
}
