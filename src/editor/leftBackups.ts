import type * as vscode from 'vscode';

const MEMENTO_KEY = 'remap.leftBackups';

/**
 * Where the backups of unsaved edits are, of documents that are open. VS Code knows it, too, but gives a document up when
 * the extension host dies; a backup that is still noted when its document is opened again was left by such a death.
 */
export class LeftBackups {
  constructor(private readonly memento: vscode.Memento) {}

  /** The backup that was left for a document, by the id of its editor and its address. */
  of(document: string): string | undefined {
    return this.#all[document];
  }

  /** A document has this backup from now on. */
  async note(document: string, backup: string): Promise<void> {
    await this.memento.update(MEMENTO_KEY, { ...this.#all, [document]: backup });
  }

  /** A document needs this backup (absent: any) no more. */
  async forget(document: string, backup?: string): Promise<void> {
    const { [document]: noted, ...others } = this.#all;
    if (noted === undefined || (backup !== undefined && noted !== backup)) return;
    await this.memento.update(MEMENTO_KEY, others);
  }

  get #all(): Readonly<Record<string, string>> {
    return this.memento.get<Readonly<Record<string, string>>>(MEMENTO_KEY, {});
  }
}
