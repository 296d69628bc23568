import type { FileLabel } from './claim';
import type { FileRecord } from './volumeContracts';

const CHUNK_FILES = 65_536;
/** The number of a kind fits a byte. Only a damaged volume has more kinds of its own files. */
const MAX_KINDS = 256;
const FILE_BYTES = 8 + 8 + 1;
/** Stands for a size that the file system doesn't keep. */
const NO_SIZE = -1;

interface Columns {
  readonly ids: Float64Array;
  readonly sizes: Float64Array;
  readonly kinds: Uint8Array;
}

/** Files by their place in the table, in columns. */
export class FileTable {
  readonly #chunks: Columns[] = [];
  readonly #kinds: Pick<FileRecord, 'kind' | 'what'>[] = [];
  readonly #kindNumbers = new Map<string, number>();
  #length = 0;

  get byteLength(): number {
    return this.#chunks.length * CHUNK_FILES * FILE_BYTES;
  }

  /** False once there are more kinds of files than it can tell apart: what it says counts no more. */
  get isRight(): boolean {
    return this.#kinds.length <= MAX_KINDS;
  }

  /** Adds a file. @returns its place */
  add({ id, size, kind, what }: FileLabel): number {
    const place = this.#length++;
    const at = place % CHUNK_FILES;
    if (at === 0) {
      this.#chunks.push({
        ids: new Float64Array(CHUNK_FILES),
        sizes: new Float64Array(CHUNK_FILES),
        kinds: new Uint8Array(CHUNK_FILES),
      });
    }
    const { ids, sizes, kinds } = this.#chunks.at(-1)!;
    ids[at] = id;
    sizes[at] = size ?? NO_SIZE;
    kinds[at] = this.#kindOf(kind, what);
    return place;
  }

  at(place: number): FileLabel {
    const { ids, sizes, kinds } = this.#chunks[Math.floor(place / CHUNK_FILES)]!;
    const at = place % CHUNK_FILES;
    const size = sizes[at]!;
    return { id: ids[at]!, size: size === NO_SIZE ? null : size, ...this.#kinds[kinds[at]!]! };
  }

  #kindOf(kind: FileRecord['kind'], what: string | undefined): number {
    const key = what === undefined ? kind : `${kind} ${what}`;
    const known = this.#kindNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#kinds.push(what === undefined ? { kind } : { kind, what }) - 1;
    this.#kindNumbers.set(key, number);
    return number;
  }
}
