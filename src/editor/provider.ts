import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { withoutLinks } from '../contract/foreignText';
import { RemapError } from '../engine';
import type { Reveal } from '../shared/protocol';
import type { Bookmarks } from './bookmarks';
import { SectorDocument } from './document';
import type { DocumentSubject } from './documentSubjects';
import { editorHtml, webviewRoot } from './html';
import type { LeftBackups } from './leftBackups';
import type { SectorSizes } from './sectorSizes';
import { EditorSession } from './session';
import type { WorkspaceStructures } from './workspaceStructures';

/** An editor that VS Code was asked to open is there within this time. */
const OPEN_WITHIN_MS = 10_000;

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

  /** Documents with edits of a left backup, which VS Code doesn't know of yet. */
  readonly #restored = new WeakSet<SectorDocument>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly leftBackups: LeftBackups,
    private readonly bookmarks: Bookmarks,
    private readonly sectorSizes: SectorSizes,
    private readonly structures: WorkspaceStructures,
    private readonly subjectOf: (uri: vscode.Uri) => DocumentSubject,
  ) {}

  async openCustomDocument(
    uri: vscode.Uri,
    { backupId }: vscode.CustomDocumentOpenContext,
  ): Promise<SectorDocument> {
    const name = uri.toString();
    const left = backupId === undefined ? await this.#leftBackup(name) : undefined;
    const backup = backupId ?? left;
    const document = await SectorDocument.create(
      uri,
      this.subjectOf(uri),
      backup === undefined ? null : vscode.Uri.parse(backup),
    );
    document.onDidEdit(({ label, undo, redo }) => this.#edit.fire({ document, label, undo, redo }));
    document.onDidDispose(() => this.leftBackups.forget(name));
    if (left !== undefined) this.#restored.add(document);
    return document;
  }

  /** The backup of a document that VS Code gave up when the extension host died, if its file is still there. */
  async #leftBackup(name: string): Promise<string | undefined> {
    const left = this.leftBackups.of(name);
    if (left === undefined) return undefined;
    const isThere = await vscode.workspace.fs.stat(vscode.Uri.parse(left)).then(
      () => true,
      () => false,
    );
    if (isThere) return left;
    await this.leftBackups.forget(name);
    return undefined;
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
    if (this.#restored.delete(document)) document.announceRestored();
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

  /**
   * Opens a document in a column, and gives its editor there.
   * @param besides an editor of the same document that isn't meant
   * @throws RemapError `ENODEV` if none opens
   */
  async open(
    uri: vscode.Uri,
    viewType: string,
    column: vscode.TextDocumentShowOptions,
    besides: EditorSession | null,
  ): Promise<EditorSession> {
    await vscode.commands.executeCommand('vscode.openWith', uri, viewType, column);
    const deadline = Date.now() + OPEN_WITHIN_MS;
    for (;;) {
      const shown = [...this.#sessions].filter(
        (session) =>
          session !== besides && session.panel.visible && session.document.uri.toString() === uri.toString(),
      );
      const session = shown.find(({ panel }) => panel.active) ?? shown.at(-1);
      if (session) return session;
      if (Date.now() > deadline)
        throw new RemapError('ENODEV', `${uri.fsPath} did not open beside the other editor`);
      await this.#nextActivity();
    }
  }

  /** Resolves when an editor opened or was shown, or after a moment. */
  #nextActivity(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        listener.dispose();
        resolve();
      };
      const timer = setTimeout(end, 200);
      const listener = this.onDidChangeActivity(end);
    });
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

  async backupCustomDocument(
    document: SectorDocument,
    { destination }: vscode.CustomDocumentBackupContext,
  ): Promise<vscode.CustomDocumentBackup> {
    const backup = await document.backup(destination);
    const name = document.uri.toString();
    await this.leftBackups.note(name, backup.id);
    const forget = () => {
      void this.leftBackups.forget(name, backup.id);
      backup.delete();
    };
    return { id: backup.id, delete: forget };
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
