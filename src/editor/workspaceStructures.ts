import { isAbsolute, relative, resolve } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { RemapError } from '../engine';
import { settings } from '../manifest';
import { BUILT_IN, type StructureDescription } from '../structure';
import { readStructureFolder, type StructureFile } from './structureFiles';

/** A burst of file events causes one look at the files. */
const SETTLE_MS = 150;

/**
 * The structures that are looked for: ours, and those that the folders of the workspace describe. Their files are data, and
 * small, so they count in Restricted Mode too; what is wrong with one stands in the Problems view.
 */
export class WorkspaceStructures implements vscode.Disposable {
  readonly #change = new vscode.EventEmitter<void>();
  /** There are others from now on. */
  readonly onDidChange = this.#change.event;
  readonly #problems = vscode.languages.createDiagnosticCollection('remap-structures');
  readonly #disposables: vscode.Disposable[] = [];
  #watchers: vscode.Disposable[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #descriptions: readonly StructureDescription[] = BUILT_IN;
  /** The look at the files that counts: an older one that ends later doesn't. */
  #looks = 0;

  constructor() {
    this.#disposables.push(
      this.#change,
      this.#problems,
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#watch()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.editorStructures)) this.#watch();
      }),
    );
    this.#watch();
  }

  get descriptions(): readonly StructureDescription[] {
    return this.#descriptions;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#looks++;
    vscode.Disposable.from(...this.#disposables, ...this.#watchers).dispose();
  }

  /** Watches the folders that are named now, and looks at their files. */
  #watch(): void {
    vscode.Disposable.from(...this.#watchers).dispose();
    this.#watchers = foldersNamed().flatMap(({ folder, name }) => {
      const pattern = new vscode.RelativePattern(folder, `${name}/*.json`);
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const look = () => this.#lookSoon();
      return [watcher, watcher.onDidCreate(look), watcher.onDidChange(look), watcher.onDidDelete(look)];
    });
    this.#lookSoon();
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), SETTLE_MS);
  }

  async #look(): Promise<void> {
    const look = ++this.#looks;
    const read = await Promise.all(foldersNamed().map(({ path }) => readStructureFolder(path)));
    if (look !== this.#looks) return;
    const files = read.flat();
    this.#problems.clear();
    for (const file of files) {
      if (!file.description) this.#problems.set(vscode.Uri.file(file.path), [problemOf(file)]);
    }
    // Ours come first: of two that are told by the same bytes the first is meant.
    this.#descriptions = [...BUILT_IN, ...files.flatMap(({ description }) => description ?? [])];
    this.#change.fire();
  }
}

/** The folders of descriptions, one in each local folder of the workspace, which they can't be outside of. */
function foldersNamed(): { folder: vscode.WorkspaceFolder; name: string; path: string }[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
    if (folder.uri.scheme !== 'file') return [];
    const named: unknown = vscode.workspace
      .getConfiguration(undefined, folder)
      .get(settings.editorStructures);
    if (typeof named !== 'string' || named.trim() === '') return [];
    const path = resolve(folder.uri.fsPath, named);
    const name = relative(folder.uri.fsPath, path).replaceAll('\\', '/');
    return name === '' || name.startsWith('..') || isAbsolute(name) ? [] : [{ folder, name, path }];
  });
}

function problemOf({ path, error }: StructureFile): vscode.Diagnostic {
  const details = error instanceof RemapError ? error.details : {};
  const { line = 1, column = 1 } = details as { line?: number; column?: number };
  const place = new vscode.Position(line - 1, column - 1);
  const words = describeError(error).message;
  // The Problems view names the file and the line itself.
  const message = words.replace(`${path}:${line}:${column}: `, '').replace(`${path}: `, '');
  return new vscode.Diagnostic(new vscode.Range(place, place.translate(0, 1)), message);
}
