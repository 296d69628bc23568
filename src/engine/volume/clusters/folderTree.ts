import type { Doubt, FilePath, FileRecord, WalkOptions } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import { ClusterSet } from './clusterSet';
import { recordPieces, wholeRecord } from './fileRecords';
import type { FolderEntry } from './folderEntry';
import { type Folder, FolderIndex } from './folderIndex';
import { type FolderFormat, folderEntries } from './folderReader';

type OnDoubt = (doubt: Doubt) => void;

/** The names of one folder are kept when it has no more entries than this. */
const KEPT_NAMES = 65_536;

interface Pending {
  readonly folder: Folder;
  /** The part of the walk that it stands for: all folders together are 1. */
  readonly share: number;
}

/** The folders of a FAT or exFAT volume: the walk, paths, and the way from a path to a file. */
export class FolderTree {
  readonly #index: FolderIndex;
  #isIndexed = false;
  #named: { readonly folder: Folder; readonly names: ReadonlyMap<number, string> } | null = null;

  constructor(private readonly format: FolderFormat) {
    this.#index = new FolderIndex(format.volume.heap, format.root);
  }

  /** The walk of all files, as `FileSystem.files` promises it. */
  async *files(options: WalkOptions & { onDoubt: OnDoubt }): AsyncGenerator<FileRecord> {
    const { volume, root } = this.format;
    yield* recordPieces(volume, root);
    for await (const entries of this.#walk(options)) {
      for (const entry of entries) {
        options.signal?.throwIfAborted();
        yield* recordPieces(volume, entry);
      }
    }
  }

  async pathsOf(id: number): Promise<FilePath[]> {
    let folder = this.#index.get(id);
    if (folder) return [this.#index.pathOf(folder)];
    if (!this.#isIndexed && !this.#index.folderOf(id)) await this.#indexAll();
    folder = this.#index.folderOf(id);
    const name = folder && (await this.#nameIn(folder, id));
    if (name === undefined) return [];
    const path = this.#index.pathOf(folder!);
    return [path === '/' ? `/${name}` : `${path}/${name}`];
  }

  async find(path: FilePath): Promise<FileRecord | null> {
    let folder = this.#index.root;
    let entry = folder.entry;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (entry.kind !== 'dir') return null;
      const found = await this.#entryNamed(folder, name);
      if (!found) return null;
      [entry, folder] = [found, this.#index.get(found.id) ?? { entry: found, parent: folder }];
    }
    return wholeRecord(this.format.volume, entry);
  }

  async *children(
    id: number,
    onDoubt: OnDoubt,
  ): AsyncGenerator<{ name: string; id: number; kind: FileRecord['kind'] }> {
    if (!this.#index.get(id) && !this.#isIndexed) await this.#indexAll();
    const folder = this.#index.get(id);
    if (!folder) return onDoubt({ reason: 'no folder that can be read leads to this one', ranges: [] });
    for await (const entries of this.#list(folder, onDoubt)) {
      for (const { name, id, kind } of entries) if (kind !== 'meta') yield { name, id, kind };
    }
  }

  /** The entries of a folder; keeps where they are. */
  async *#list(folder: Folder, onDoubt: OnDoubt): AsyncGenerator<FolderEntry[]> {
    for (const doubt of folder.entry.doubts) onDoubt(doubt);
    for await (const entries of folderEntries(this.format, folder.entry, onDoubt)) {
      this.#index.keep(folder, entries);
      yield entries;
    }
  }

  /** The entries of all folders. A folder to which two entries lead is gone through once. */
  async *#walk({
    signal,
    progress,
    onDoubt,
  }: WalkOptions & { onDoubt: OnDoubt }): AsyncGenerator<FolderEntry[]> {
    const entered = new ClusterSet();
    const pending: Pending[] = [{ folder: this.#index.root, share: 1 }];
    let done = 0;
    for (let next = pending.pop(); next; next = pending.pop()) {
      signal?.throwIfAborted();
      const { folder, share } = next;
      if (!this.#enter(entered, folder, onDoubt)) continue;
      const within: Folder[] = [];
      for await (const entries of this.#list(folder, onDoubt)) {
        yield entries;
        for (const entry of entries) if (entry.kind === 'dir') within.push({ entry, parent: folder });
      }
      if (this.#index.isFull) onDoubt({ reason: 'there are more folders than are looked into', ranges: [] });
      else for (const inner of within) pending.push({ folder: inner, share: share / (within.length + 1) });
      done += within.length > 0 && !this.#index.isFull ? share / (within.length + 1) : share;
      progress?.(Math.min(1, done));
    }
    this.#isIndexed = true;
  }

  #enter(entered: ClusterSet, { entry, parent }: Folder, onDoubt: OnDoubt): boolean {
    if (entry.space === null) {
      onDoubt({ reason: `the folder ${entry.name} can't be looked into`, ranges: [] });
      return false;
    }
    if (entry.space.at === 'area' || entered.add(entry.space.first)) return true;
    onDoubt({ reason: `two folders share their space: ${entry.name} in ${parent?.entry.name}`, ranges: [] });
    return false;
  }

  async #indexAll(): Promise<void> {
    const walk = this.#walk({ onDoubt: () => {} });
    while (!(await walk.next()).done);
  }

  async #nameIn(folder: Folder, id: number): Promise<string | undefined> {
    if (this.#named?.folder === folder) return this.#named.names.get(id);
    const names = new Map<number, string>();
    let found: string | undefined;
    for await (const entries of this.#list(folder, () => {})) {
      for (const entry of entries) {
        if (entry.id === id) found = entry.name;
        if (entry.kind !== 'meta' && names.size < KEPT_NAMES) names.set(entry.id, entry.name);
      }
    }
    if (names.size < KEPT_NAMES) this.#named = { folder, names };
    return this.#named?.folder === folder ? names.get(id) : found;
  }

  /** Both file systems take names that differ in case for one; the exact name goes before. */
  async #entryNamed(folder: Folder, name: string): Promise<FolderEntry | null> {
    const doubts: Doubt[] = [];
    let alike: FolderEntry | null = null;
    for await (const entries of this.#list(folder, (doubt) => doubts.push(doubt))) {
      for (const entry of entries) {
        if (entry.kind === 'meta') continue;
        if (entry.name === name) return entry;
        if (alike === null && upperCase(entry.name) === upperCase(name)) alike = entry;
      }
    }
    if (alike === null && doubts.length > 0) throw new UnreadableError(doubts[0]!);
    return alike;
  }
}

/** Character by character, as both file systems compare names. */
function upperCase(name: string): string {
  const upper = (character: string) => {
    const changed = character.toUpperCase();
    return changed.length === character.length ? changed : character;
  };
  return Array.from(name, upper).join('');
}
