import * as vscode from 'vscode';
import { DEVICE_FILE_ENDING, isCompanion, isDeviceFile } from '../contract/deviceFile';
import { Gathered } from './gathered';

export type FileChange = 'created' | 'changed' | 'deleted';

const deviceFilePattern = `**/*${DEVICE_FILE_ENDING}`;
/** Endings of disk images; `.001` is the first, or only, part that imaging programs write. */
const imageEndings = ['img', 'bin', 'raw', 'dd', 'iso', '001'];
const imagePattern = `**/*.{${imageEndings.map(inAnyCase).join()}}`;
const mapPattern = `**/*.{map,mapfile,log}`;
const ignoredPattern = '**/{node_modules,.git}/**';
/** Programs write a map in several steps. What goes on being written is told all the same. */
const SETTLE_MS = 300;
const MAX_WAIT_MS = 2000;
/** The Images view shows no more. */
const MAX_IMAGES = 2000;

/** Finds and watches device files and images. Tells paths, since the engine works on files of this machine only. */
export class WorkspaceFiles implements vscode.Disposable {
  readonly #onDeviceFile = new vscode.EventEmitter<{ path: string; change: FileChange }>();
  readonly #onImages = new vscode.EventEmitter<void>();
  readonly #onGone = new vscode.EventEmitter<string>();
  readonly #onMaps = new vscode.EventEmitter<ReadonlySet<string>>();
  readonly #disposables: vscode.Disposable[] = [
    this.#onDeviceFile,
    this.#onImages,
    this.#onGone,
    this.#onMaps,
  ];
  readonly #maps = new Gathered(SETTLE_MS, MAX_WAIT_MS, (paths) => this.#onMaps.fire(paths));

  readonly onDeviceFile = this.#onDeviceFile.event;
  /** An image appeared or went. Changes of its bytes are not told: our own writes make most of them. */
  readonly onImages = this.#onImages.event;
  /** Rescue maps, or files that may be some, were written or went; a burst of changes is told once, with all of them. */
  readonly onMaps = this.#onMaps.event;
  /** A file or a folder was deleted; for the files in a deleted folder no other event comes. */
  readonly onGone = this.#onGone.event;
  /** The folders of the workspace have changed. */
  readonly onFolders: vscode.Event<unknown> = vscode.workspace.onDidChangeWorkspaceFolders;

  /** Begins to watch; until then nothing is reported. */
  watch(): void {
    const deviceFiles = vscode.workspace.createFileSystemWatcher(deviceFilePattern);
    const images = vscode.workspace.createFileSystemWatcher(imagePattern, false, true, false);
    const anything = vscode.workspace.createFileSystemWatcher('**', true, true, false);
    const maps = vscode.workspace.createFileSystemWatcher(mapPattern);
    const tellMaps = ({ fsPath }: vscode.Uri) => this.#maps.add(fsPath);
    const tell = (change: FileChange) => (uri: vscode.Uri) => {
      if (uri.scheme === 'file' && isDeviceFile(uri.fsPath))
        this.#onDeviceFile.fire({ path: uri.fsPath, change });
    };
    this.#disposables.push(
      deviceFiles,
      images,
      anything,
      maps,
      maps.onDidCreate(tellMaps),
      maps.onDidChange(tellMaps),
      maps.onDidDelete(tellMaps),
      deviceFiles.onDidCreate(tell('created')),
      deviceFiles.onDidChange(tell('changed')),
      deviceFiles.onDidDelete(tell('deleted')),
      images.onDidCreate(() => this.#onImages.fire()),
      images.onDidDelete(() => this.#onImages.fire()),
      anything.onDidDelete(({ fsPath }) => this.#onGone.fire(fsPath)),
    );
  }

  /** The local workspace folders. */
  folders(): readonly string[] {
    return workspaceFolders();
  }

  /** The paths of all device files, sorted. */
  deviceFiles(): Promise<string[]> {
    return findPaths(deviceFilePattern);
  }

  /** The paths of the images, sorted; at most {@link MAX_IMAGES}. */
  images(): Promise<string[]> {
    return findPaths(imagePattern, MAX_IMAGES);
  }

  dispose(): void {
    this.#maps.dispose();
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}

/** The local workspace folders. */
export function workspaceFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter((folder) => folder.uri.scheme === 'file').map((folder) => folder.uri.fsPath);
}

/** The folder that relative paths in the arguments of commands start from; undefined: none is open. */
export function baseFolder(): string | undefined {
  return workspaceFolders()[0];
}

/** A glob of an ending: globs know case, and `DISK.IMG` is an image too. */
function inAnyCase(ending: string): string {
  return ending.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

async function findPaths(pattern: string, limit?: number): Promise<string[]> {
  const uris = await vscode.workspace.findFiles(pattern, ignoredPattern, limit);
  return uris
    .filter((uri) => uri.scheme === 'file' && !isCompanion(uri.fsPath))
    .map((uri) => uri.fsPath)
    .sort();
}
