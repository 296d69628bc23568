import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import type { Task } from '../contract/task';
import { RemapError } from '../engine';
import { SECTOR_SIZE, type ToPage, type ViewId } from '../shared/protocol';
import { formatBackup, parseBackup } from './backup';
import type { DirectWrite } from './directWrite';
import type { DocumentSubject } from './documentSubjects';
import { type SectorEdit, SectorEdits, type UnsavedRun } from './sectorEdits';
import type { SectorSource, SourceChange } from './sectorSource';

/**
 * What a document tells its editors. `opened`: there is something to show, or its views differ. `failed`: there is
 * nothing to show, or nothing any more. `stepped`: an edit was undone or redone.
 */
export type DocumentEvent =
  | { readonly kind: 'opened' | 'failed' }
  | { readonly kind: 'stepped'; readonly view: ViewId; readonly byteOffset: number }
  | {
      readonly kind: 'changed';
      readonly view: ViewId | null;
      readonly ranges: Extract<ToPage, { type: 'changed' }>['ranges'];
    };

/** A device or a file in the sector editor: its source, if there is one now, and the unsaved edits over it. */
export class SectorDocument implements vscode.CustomDocument {
  readonly edits = new SectorEdits(() => this.source);
  readonly #event = new vscode.EventEmitter<DocumentEvent>();
  readonly onDidChange = this.#event.event;
  readonly #edit = new vscode.EventEmitter<{ label: string; undo(): Promise<void>; redo(): Promise<void> }>();
  readonly onDidEdit = this.#edit.event;
  readonly #disposed = new vscode.EventEmitter<void>();
  readonly onDidDispose = this.#disposed.event;
  readonly #subscription: vscode.Disposable;
  #source: SectorSource | null = null;
  #stopListening: (() => void) | null = null;
  #opening: Promise<void> | null = null;
  #failure: unknown = null;
  /** The subject appeared since the last attempt to open it began. */
  #appeared = false;
  #isDisposed = false;
  /** The edits of a backup, kept until there is a source to apply them to. */
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

  /**
   * A source that can't be opened is no error here: the editors show why.
   * @throws RemapError `EINVAL` for a damaged backup
   */
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

  /** What is shown now. @throws an error that says why there is nothing to show */
  get source(): SectorSource {
    if (this.#source) return this.#source;
    throw this.#failure ?? new RemapError('ENODEV', 'There is nothing to show yet.');
  }

  /** Why there is nothing to show, or null. */
  get failure(): string | null {
    return this.#source ? null : describeError(this.#failure).message;
  }

  /** Whether what is shown is gone for a moment only: a reload or a reboot brings it back. */
  get comesBack(): boolean {
    return this.#failure instanceof RemapError && this.#failure.details.comesBack === true;
  }

  /** Opens the source; after a failure, tries again. Never rejects: see `failure`. */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** Tries again if the subject appeared during an attempt that failed. */
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
      await this.#applyEdits();
      this.#event.fire({ kind: 'opened' });
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** Applies to the new source the edits of a backup, and those that were made over an earlier source. */
  async #applyEdits(): Promise<void> {
    await this.edits.restore(this.#toRestore);
    this.#toRestore = [];
    await this.edits.rebase(null).catch(() => undefined);
  }

  /**
   * Overwrites bytes as one undo step.
   * @param label names the step in VS Code
   * @throws RemapError as `SectorEdits.apply`
   */
  async overwrite(
    view: ViewId,
    byteOffset: number,
    bytes: Uint8Array,
    label: string,
    task?: Task,
  ): Promise<void> {
    const edit = await this.edits.apply(view, byteOffset, bytes, task);
    this.#changed(edit);
    const step = async (run: () => Promise<void>) => {
      await run();
      this.#changed(edit);
      this.#event.fire({ kind: 'stepped', view, byteOffset });
    };
    this.#edit.fire({
      label,
      undo: () => step(() => this.edits.undo(edit)),
      redo: () => step(() => this.edits.redo(edit)),
    });
  }

  /**
   * Writes bytes to the disk at once: no edit, so that they may be any number, and can't be undone.
   * @returns how many were written: fewer where the task was cancelled
   * @throws RemapError as `SectorEdits.writeNow`
   */
  async writeNow(write: DirectWrite, task: Task): Promise<number> {
    try {
      return await this.edits.writeNow(write, task);
    } finally {
      this.#event.fire({ kind: 'changed', view: null, ranges: null });
    }
  }

  /** Tells VS Code of edits that come from a backup which it doesn't know: they are one step, which can be undone. */
  announceRestored(): void {
    const runs = [...this.#toRestore, ...this.edits.unsaved()];
    if (runs.length === 0) return;
    const redo = async () => {
      await this.edits.restore(runs);
      this.#event.fire({ kind: 'changed', view: null, ranges: null });
    };
    this.#edit.fire({ label: 'Restore Unsaved Edits', undo: () => this.revert(), redo });
  }

  /** Writes every edit through the source. @throws RemapError `ECANCELED` when cancelled, between two writes */
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

  /** Reads the disk again. */
  async refresh(): Promise<void> {
    await this.#source?.refresh();
  }

  /** Drops every edit and reads the disk again. */
  async revert(): Promise<void> {
    await this.edits.revert();
    this.#toRestore = [];
    await this.refresh();
    this.#event.fire({ kind: 'changed', view: null, ranges: null });
  }

  /** Writes the unsaved edits to a file for hot exit. */
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
    this.#disposed.fire();
    this.#disposed.dispose();
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

  #changed({ view, byteOffset, bytes }: SectorEdit): void {
    const first = Math.floor(byteOffset / SECTOR_SIZE);
    const count = Math.floor((byteOffset + bytes.length - 1) / SECTOR_SIZE) - first + 1;
    this.#event.fire({ kind: 'changed', view, ranges: [[first, count]] });
  }
}
