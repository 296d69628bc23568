import type { FilePath } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import { type Directories, type DirectoryPiece, encryptedName, shownName } from './directories';
import { isDots } from './directoryEntries';
import type { ExtBlocks } from './extBlocks';
import { ownName } from './fileRecords';
import type { ExtInode } from './inode';
import type { InodeTable } from './inodeTable';
import { BY_PARENT_LINK, ENCRYPTED, type NamePlace, NameStore } from './nameStore';

export const ROOT_INODE = 2;
const ENTRY_HEADER_BYTES = 8;
/** Deeper folders are a loop. */
const MAX_DEPTH = 256;

/** The names that are being gathered by a walk of all inodes. */
export class NameGatherer {
  readonly store = new NameStore();
  readonly #directories: Directories;
  readonly #wanted: ReadonlySet<number> | null;

  /** @param wanted the inodes whose names are gathered; null: all */
  constructor(directories: Directories, wanted: ReadonlySet<number> | null = null) {
    this.#directories = directories;
    this.#wanted = wanted;
  }

  /** Takes the entries of the folders among inodes in use. What can't be read is a name that is not known. */
  async gather(inodes: readonly ExtInode[]): Promise<void> {
    for (const inode of inodes) {
      if (inode.type !== 'dir') continue;
      for await (const piece of this.#directories.pieces(inode, () => {})) this.#add(inode, piece);
    }
  }

  #take(child: number, directory: number, at: number, isFolder: boolean): void {
    if (this.#wanted === null || this.#wanted.has(child)) this.store.add(child, directory, at, isFolder);
  }

  #add(folder: ExtInode, { entries, bytes, byteOffset }: DirectoryPiece): void {
    for (const entry of entries) {
      const at = folder.isEncrypted ? ENCRYPTED : byteOffset + entry.at;
      const isLink = isDots(bytes, entry);
      if (isLink && entry.nameLength === 2) this.#take(folder.number, entry.inode, BY_PARENT_LINK, true);
      else if (!isLink) this.#take(entry.inode, folder.number, at, entry.isDirectory === true);
    }
  }
}

/** The names of some inodes that were looked up again. */
interface Searched {
  readonly ids: ReadonlySet<number>;
  readonly store: NameStore;
}

/** The paths of inodes, by the entries of all folders. */
export class Names {
  readonly #blocks: ExtBlocks;
  readonly #inodes: InodeTable;
  readonly #directories: Directories;
  #store: NameStore | undefined;
  #searched: Searched | undefined;
  #gathering: Promise<NameStore> | undefined;

  constructor(blocks: ExtBlocks, inodes: InodeTable, directories: Directories) {
    this.#blocks = blocks;
    this.#inodes = inodes;
    this.#directories = directories;
  }

  /** What a walk of all inodes gathers into; null when the names are known. */
  begin(): NameGatherer | null {
    return this.#store ? null : new NameGatherer(this.#directories);
  }

  /** Keeps what a walk that reached its end has gathered. */
  finish(gatherer: NameGatherer): void {
    this.#store = gatherer.store;
  }

  async pathsOf(id: number): Promise<FilePath[]> {
    if (id === ROOT_INODE) return ['/'];
    const inode = await this.#inodeOf(id);
    if (inode ? ownName(this.#blocks, inode) !== undefined : this.#blocks.superblock.ownInodes.has(id))
      return [];
    const store = this.#store ?? (await this.#gather());
    const places = await this.#placesOf(store, id);
    const named = places.filter(({ at }) => at !== BY_PARENT_LINK);
    const shown = named.length > 0 ? named : places.slice(0, 1);
    if (shown.length > 0) return Promise.all(shown.map((place) => this.#pathAt(store, id, place, 0)));
    return [inode?.links === 0 ? `(orphan inode ${id})` : unknownName(id)];
  }

  /**
   * Looks up the names of these inodes by one walk of all folders, where they are too many to be kept: {@link pathsOf} has
   * them then.
   */
  async expect(ids: readonly number[], signal?: AbortSignal): Promise<void> {
    const store = this.#store ?? (await this.#gather());
    if (!store.isPartial) return;
    const wanted = new Set(ids);
    const gatherer = new NameGatherer(this.#directories, wanted);
    for await (const inodes of this.#inodes.walk(() => {}, signal)) await gatherer.gather(inodes);
    this.#searched = { ids: wanted, store: gatherer.store };
  }

  /** Where an inode is named; of one whose names are not kept the folders are asked again. */
  async #placesOf(store: NameStore, id: number): Promise<NamePlace[]> {
    const places = store.of(id);
    if (!store.isPartial || places.some(({ at }) => at !== BY_PARENT_LINK)) return places;
    if (!this.#searched?.ids.has(id)) await this.expect([id]);
    const found = this.#searched!.store.of(id);
    return found.length > 0 ? found : places;
  }

  #gather(): Promise<NameStore> {
    this.#gathering ??= this.#walkFolders().finally(() => {
      this.#gathering = undefined;
    });
    return this.#gathering;
  }

  async #walkFolders(): Promise<NameStore> {
    const gatherer = new NameGatherer(this.#directories);
    for await (const inodes of this.#inodes.walk(() => {})) await gatherer.gather(inodes);
    this.finish(gatherer);
    return gatherer.store;
  }

  async #inodeOf(id: number): Promise<ExtInode | null> {
    try {
      return await this.#inodes.get(id);
    } catch (error) {
      if (error instanceof UnreadableError) return null;
      throw error;
    }
  }

  async #pathAt(store: NameStore, id: number, { directory, at }: NamePlace, depth: number): Promise<string> {
    const name = await this.#nameAt(id, at);
    if (directory === ROOT_INODE) return `/${name}`;
    if (depth === MAX_DEPTH) return `(endless folders)/${name}`;
    const places = await this.#placesOf(store, directory);
    const parent = places.find((place) => place.at !== BY_PARENT_LINK) ?? places[0];
    const path = parent ? await this.#pathAt(store, directory, parent, depth + 1) : unknownName(directory);
    return `${path}/${name}`;
  }

  async #nameAt(id: number, at: number): Promise<string> {
    if (at === ENCRYPTED) return encryptedName(id);
    if (at === BY_PARENT_LINK) return unknownName(id);
    try {
      const header = await this.#blocks.reader.bytes(at, ENTRY_HEADER_BYTES, 'a name');
      const length = header[6]! + (this.#blocks.superblock.features.fileTypes ? 0 : header[7]! * 256);
      return shownName(await this.#blocks.reader.bytes(at + ENTRY_HEADER_BYTES, length, 'a name'));
    } catch (error) {
      if (error instanceof UnreadableError) return unknownName(id);
      throw error;
    }
  }
}

function unknownName(inode: number): string {
  return `(unknown name, inode ${inode})`;
}
