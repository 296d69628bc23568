import type * as vscode from 'vscode';
import { RemapError } from '../engine';
import type { Direction, ViewId } from '../shared/protocol';
import { Listeners } from './listeners';

const MEMENTO_KEY = 'remap.bookmarks';

/** A byte of a view. */
export interface BytePlace {
  readonly view: ViewId;
  readonly byteOffset: number;
}

/** A byte of a document under a name. */
export interface Bookmark extends BytePlace {
  /** The document's. */
  readonly uri: string;
  /** The id of the custom editor that shows the document. */
  readonly editor: string;
  readonly name: string;
}

/** The bookmarks of the workspace, of all documents. */
export class Bookmarks {
  readonly #changes = new Listeners<string>();

  constructor(private readonly memento: vscode.Memento) {}

  /** Calls the listener with the URI of each document whose bookmarks change, until it is disposed of. */
  onDidChange(listener: (uri: string) => void): vscode.Disposable {
    return this.#changes.listen(listener);
  }

  /** All of them: by document, view and place. */
  get all(): readonly Bookmark[] {
    return this.memento.get<readonly Bookmark[]>(MEMENTO_KEY, []);
  }

  /** Those of one document. */
  of(uri: string): readonly Bookmark[] {
    return this.all.filter((bookmark) => bookmark.uri === uri);
  }

  at(uri: string, { view, byteOffset }: BytePlace): Bookmark | undefined {
    return this.of(uri).find((each) => each.view === view && each.byteOffset === byteOffset);
  }

  /** Makes a bookmark, in place of one that the byte has. */
  async add(bookmark: Bookmark): Promise<void> {
    await this.#save([...this.#others(bookmark), bookmark].sort(byPlace), bookmark);
  }

  async remove(bookmark: Bookmark): Promise<void> {
    await this.#save(this.#others(bookmark), bookmark);
  }

  /** The nearest one after or before a place, in the same view. */
  next(uri: string, { view, byteOffset }: BytePlace, direction: Direction): Bookmark | undefined {
    const inView = this.of(uri).filter((bookmark) => bookmark.view === view);
    return direction === 'next'
      ? inView.find((bookmark) => bookmark.byteOffset > byteOffset)
      : inView.findLast((bookmark) => bookmark.byteOffset < byteOffset);
  }

  /**
   * The bookmark of a document with that name; the case matters only where two names differ in nothing else.
   * @throws RemapError `ENOENT` if there is none
   */
  named(uri: string, name: string): Bookmark {
    const bookmarks = this.of(uri);
    const same = (each: Bookmark) => each.name.toLowerCase() === name.toLowerCase();
    const found = bookmarks.find((each) => each.name === name) ?? bookmarks.find(same);
    if (found) return found;
    const names = bookmarks.map((each) => `“${each.name}”`).join(', ');
    const known = names === '' ? 'This document has none' : `There are ${names}`;
    throw new RemapError('ENOENT', `No bookmark is named “${name}”. ${known}.`);
  }

  async #save(all: readonly Bookmark[], { uri }: Bookmark): Promise<void> {
    await this.memento.update(MEMENTO_KEY, all);
    this.#changes.fire(uri);
  }

  #others({ uri, view, byteOffset }: Bookmark): Bookmark[] {
    return this.all.filter(
      (each) => each.uri !== uri || each.view !== view || each.byteOffset !== byteOffset,
    );
  }
}

function byPlace(a: Bookmark, b: Bookmark): number {
  if (a.uri !== b.uri) return a.uri < b.uri ? -1 : 1;
  if (a.view !== b.view) return a.view < b.view ? -1 : 1;
  return a.byteOffset - b.byteOffset;
}
