import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { RemapError } from '../engine';
import { SECTOR_SIZE, type ToWebview, type ViewId } from '../shared/protocol';
import { formatBackup, parseBackup } from './backup';
import type { DocumentSubject } from './documentSubjects';
import { type SectorEdit, SectorEdits, type UnsavedRun } from './sectorEdits';
import type { SectorSource, SourceChange } from './source';

/** What every editor of a document is told. */
export type DocumentEvent =
  | { readonly kind: 'opened' | 'failed' }
  | {
      readonly kind: 'changed';
      readonly view: ViewId | null;
      readonly ranges: Extract<ToWebview, { type: 'changed' }>['ranges'];
    };

/** A device or an image in the sector editor: its source, if there is one now, and the edits over it. */
export class SectorDocument implements vscode.CustomDocument {
  readonly edits = new SectorEdits(() => this.source);
  readonly #event = new vscode.EventEmitter<DocumentEvent>();
  readonly onDidChange = this.#event.event;
  readonly #edit = new vscode.EventEmitter<{ label: string; undo(): Promise<void>; redo(): Promise<void> }>();
  readonly onDidEdit = this.#edit.event;
  readonly #subscription: vscode.Disposable;
  #source: SectorSource | null = null;
  #stopListening: (() => void) | null = null;
  #opening: Promise<void> | null = null;
  #failure: unknown = null;
  /** The subject appeared since the last attempt to open it began. */
  #appeared = false;
  #isDisposed = false;
  /** Edits of an earlier session that wait for the source. */
  #toRestore: UnsavedRun[];

  private constructor(
    readonly uri: vscode.Uri,
    readonly subject: DocumentSubject,
    toRestore: UnsavedRun[],
  ) {
    this.#toRestore = toRestore;
    this.#subscription = subject.onDidAppear(() => {
      this.#appeared = true;
      if (!this.#source) void this.open();
    });
  }

  /** @throws RemapError `EINVAL` for a damaged backup; that the source can't be opened is the editors' matter */
  static async create(
    uri: vscode.Uri,
    subject: DocumentSubject,
    backup: vscode.Uri | null,
  ): Promise<SectorDocument> {
    const content = backup && new TextDecoder().decode(await vscode.workspace.fs.readFile(backup));
    const document = new SectorDocument(uri, subject, content === null ? [] : parseBackup(content));
    await document.open();
    return document;
  }

  /** @throws RemapError why there is nothing to show */
  get source(): SectorSource {
    if (this.#source) return this.#source;
    throw this.#failure ?? new RemapError('ENODEV', 'There is nothing to show yet.');
  }

  /** Why there is nothing to show, or null. */
  get failure(): string | null {
    return this.#source ? null : describeError(this.#failure).message;
  }

  /** Opens the source, or once more after a failure. */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** What appears while an attempt fails is worth another one. */
  async #open(): Promise<void> {
    do {
      this.#appeared = false;
      await this.#tryToOpen();
    } while (this.#appeared && !this.#source && !this.#isDisposed);
  }

  async #tryToOpen(): Promise<void> {
    try {
      const source = await this.subject.open();
      await this.#close();
      if (this.#isDisposed) {
        await source.dispose();
        return;
      }
      this.#source = source;
      this.#stopListening = source.onDidChange((change) => void this.#follow(change));
      await this.#putEditsOver();
      this.#event.fire({ kind: 'opened' });
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** Edits of an earlier session come back; those over an earlier source follow what the new one has. */
  async #putEditsOver(): Promise<void> {
    await this.edits.restore(this.#toRestore);
    this.#toRestore = [];
    await this.edits.rebase(null).catch(() => undefined);
  }

  /** Overwrites bytes as one undo step, or as a part of the last one. */
  async overwrite(view: ViewId, byteOffset: number, bytes: Uint8Array, merge: boolean): Promise<void> {
    const edit = await this.edits.apply(view, byteOffset, bytes, merge);
    this.#changed(view, byteOffset, bytes.length);
    if (!edit) return;
    const step = async (run: () => Promise<void>) => {
      await run();
      this.#changed(view, byteOffset, edit.bytes.length);
    };
    this.#edit.fire({
      label: labelOf(edit),
      undo: () => step(() => this.edits.undo(edit)),
      redo: () => step(() => this.edits.redo(edit)),
    });
  }

  async save(token: vscode.CancellationToken): Promise<void> {
    const controller = new AbortController();
    const cancellation = token.onCancellationRequested(() => controller.abort());
    try {
      await this.edits.save(controller.signal);
    } finally {
      cancellation.dispose();
      this.#event.fire({ kind: 'changed', view: null, ranges: null });
    }
  }

  /** Looks at the disk again. */
  async refresh(): Promise<void> {
    await this.#source?.refresh();
  }

  async revert(): Promise<void> {
    await this.edits.revert();
    this.#toRestore = [];
    await this.refresh();
    this.#event.fire({ kind: 'changed', view: null, ranges: null });
  }

  async backup(destination: vscode.Uri): Promise<vscode.CustomDocumentBackup> {
    const content = formatBackup([...this.#toRestore, ...this.edits.unsaved()]);
    await vscode.workspace.fs.writeFile(destination, new TextEncoder().encode(content));
    return {
      id: destination.toString(),
      delete: () => void vscode.workspace.fs.delete(destination).then(undefined, () => undefined),
    };
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#subscription.dispose();
    this.subject.dispose();
    void this.#close();
    this.#event.dispose();
    this.#edit.dispose();
  }

  async #follow(change: SourceChange): Promise<void> {
    if (change.kind === 'gone') await this.#fail(change.error);
    else if (change.kind === 'views') this.#event.fire({ kind: 'opened' });
    else {
      await this.edits.rebase(change.view).catch(() => undefined);
      this.#event.fire({ kind: 'changed', view: change.view, ranges: change.ranges });
    }
  }

  async #fail(error: unknown): Promise<void> {
    await this.#close();
    this.#failure = error;
    this.#event.fire({ kind: 'failed' });
  }

  async #close(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = null;
    const source = this.#source;
    this.#source = null;
    await source?.dispose();
  }

  #changed(view: ViewId, byteOffset: number, byteCount: number): void {
    const first = Math.floor(byteOffset / SECTOR_SIZE);
    const count = Math.floor((byteOffset + byteCount - 1) / SECTOR_SIZE) - first + 1;
    this.#event.fire({ kind: 'changed', view, ranges: [[first, count]] });
  }
}

function labelOf({ bytes }: SectorEdit): string {
  return bytes.length === 1 ? 'Overwrite Byte' : `Overwrite ${bytes.length} Bytes`;
}
