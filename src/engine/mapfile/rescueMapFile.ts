import { SECTOR_SIZE } from '../block/blockDevice';
import type { MediumEdit } from '../block/mediumEditor';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import { inSlices } from '../concurrency/slices';
import { RemapError } from '../errors';
import { removeFile } from '../outside/patience';
import { createMapfile, formatMapfile, type Mapfile } from './mapfile';
import { readMapfile } from './mapfileParser';
import { describeMapSize } from './mapSize';
import { formatChanges } from './mediumAnnotations';
import { type LoadedMedium, mediumOf, withEdit } from './mediumState';
import {
  appendToTextFile,
  type FileVersion,
  isSameVersion,
  keepCopy,
  readTextFile,
  type StagedText,
  stageTextFile,
  versionOf,
} from './textFile';

/** A file of fewer bytes is written anew for each change: that costs a few milliseconds. */
const SMALL_FILE_BYTES = 256 * 1024;

/** A file that is written all the time, or whose numbers are made up at each look, is read so often and no more. */
const MAX_REREADS = 20;

/** So many lines at most are added for one change: more of them cost as much as writing the file anew. */
const MAX_ADDED_LINES = 4096;

/**
 * The rescue map of an image, in its file, which other programs may write too. It knows which version of the file it
 * has read or written last, and replaces no other one.
 *
 * What changes is written into the map. Into a large one it is first added as comments at the end, so that the change
 * costs what it adds; {@link prepare} with an edit of nothing puts it into its place.
 */
export class RescueMapFile {
  readonly path: string;
  /** What is said of a map that has another size than the image; null: nothing. */
  sizeNote: string | null = null;
  readonly #sectorCount: number;
  /** Null: there was no file; undefined: not read yet. */
  #version: FileVersion | null | undefined;
  /** Another version that was seen last, and one that couldn't be read. */
  #seen: FileVersion | null = null;
  #damaged: FileVersion | null = null;
  #hasAdded = false;
  #endsWithLine = false;

  constructor(path: string, sectorCount: number) {
    this.path = path;
    this.#sectorCount = sectorCount;
  }

  /** Whether something was added to the file that isn't in its place yet. */
  get hasAdded(): boolean {
    return this.#hasAdded;
  }

  /** Whether there was a file when it was last read or written. */
  get exists(): boolean {
    return Boolean(this.#version);
  }

  /** Whether the file, or that there is none, is what was read or written last. */
  async isCurrent(): Promise<boolean> {
    return this.#isKnown(await this.#look());
  }

  /** Whether there is a file, and not the version that was read or written last. */
  async isReplaced(): Promise<boolean> {
    const version = await this.#look();
    return version !== null && !this.#isKnown(version);
  }

  /** As {@link isReplaced}, but only of a version that was there at the last call too, and isn't known to be damaged. */
  async isReplacedForGood(): Promise<boolean> {
    const version = await this.#look();
    const isSettled = isSameVersion(version, this.#seen);
    this.#seen = version;
    return isSettled && version !== null && !this.#isKnown(version) && !isSameVersion(version, this.#damaged);
  }

  /**
   * Reads the map; null if there is no such file.
   * @throws RemapError the code of the failed file operation; `EINVAL` with the line that is wrong
   */
  async read(signal?: AbortSignal): Promise<Mapfile | null> {
    for (let patience = MAX_REREADS; ; patience--) {
      const version = await versionOf(this.path);
      const bytes = version && (await readTextFile(this.path));
      if (patience > 0 && version && !isSameVersion(await versionOf(this.path, version), version)) continue;
      const mapfile = bytes && (await this.#parse(bytes, version, signal));
      this.#version = version;
      this.#noteContent(bytes, mapfile);
      return mapfile;
    }
  }

  /** The medium that the map describes; null if there is no such file. Errors: {@link read}. */
  async readMedium(): Promise<LoadedMedium | null> {
    const mapfile = await this.read();
    return mapfile && inSlices(mediumOf(mapfile, this.#sectorCount));
  }

  /**
   * Writes the map with some changes beside the file; committing puts it in the file's place, if that is still the
   * version that was read.
   * @returns null if it is another version already
   * @throws RemapError the code of the failed file operation; the reason of the signal once it is aborted
   */
  async prepare(edit: MediumEdit, signal?: AbortSignal): Promise<StagedText | null> {
    const expected = this.#version ?? null;
    const mapfile = (await this.read(signal)) ?? createMapfile(this.#sectorCount * SECTOR_SIZE);
    if (!isSameVersion(expected, this.#version ?? null)) return this.#forget();
    const edited = await inSlices(withEdit(mapfile, edit), signal);
    const prepared = await stageTextFile(this.path, formatMapfile(edited), signal);
    const commit = async (): Promise<FileVersion | undefined> => {
      const version = await prepared.commit(expected);
      if (version === undefined) this.#forget();
      else this.#noteWritten(version, false);
      return version;
    };
    return {
      commit,
      discard: prepared.discard,
      get isInPlace() {
        return prepared.isInPlace;
      },
    };
  }

  /** Whether changes can be added to the end of the file: it is large, and they are few. */
  canAdd(states: ReadonlyRangeSet): boolean {
    const byteLength = this.#version?.byteLength ?? 0;
    return this.#endsWithLine && byteLength > SMALL_FILE_BYTES && states.runCount <= MAX_ADDED_LINES;
  }

  /**
   * Adds to the end of the file what some sectors became, each tagged with its state.
   * @returns false if the file is another version than the one read last; what it says is as it was
   * @throws RemapError the code of the failed file operation
   */
  async add(states: ReadonlyRangeSet): Promise<boolean> {
    const lines = `${[...formatChanges(states)].join('\n')}\n`;
    const version = this.#version && (await appendToTextFile(this.path, lines, this.#version));
    if (!version) {
      this.#forget();
      return false;
    }
    this.#noteWritten(version, true);
    return true;
  }

  /** Keeps the file as it is under another name, which it answers. Errors: {@link keepCopy}. */
  keepCopy(): Promise<string> {
    return keepCopy(this.path);
  }

  /** Takes back {@link keepCopy}. */
  async dropCopy(path: string): Promise<void> {
    await removeFile(path).catch(() => undefined);
  }

  async #parse(bytes: Uint8Array, version: FileVersion | null, signal?: AbortSignal): Promise<Mapfile> {
    try {
      return await inSlices(readMapfile(bytes, { path: this.path }), signal);
    } catch (error) {
      if (error instanceof RemapError) this.#damaged = version;
      throw error;
    }
  }

  #look(): Promise<FileVersion | null> {
    return versionOf(this.path, this.#version);
  }

  #isKnown(version: FileVersion | null): boolean {
    return this.#version !== undefined && isSameVersion(version, this.#version);
  }

  #noteContent(bytes: Uint8Array | null, mapfile: Mapfile | null): void {
    this.#endsWithLine = bytes?.at(-1) === NEWLINE;
    this.#hasAdded = mapfile?.hasAdded ?? false;
    this.sizeNote = mapfile && describeMapSize(mapfile.blocks, this.#sectorCount * SECTOR_SIZE);
  }

  #noteWritten(version: FileVersion, hasAdded: boolean): void {
    this.#version = version;
    this.#hasAdded = hasAdded;
    this.#endsWithLine = true;
  }

  /** The file isn't the one that was read: it must be read again. */
  #forget(): null {
    this.#version = undefined;
    return null;
  }
}

const NEWLINE = 0x0a;

/** An edit that changes nothing. */
export const NO_EDIT: MediumEdit = { states: new RangeSet() };
