import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { isSamePath, pathKey } from '../contract/pathKey';
import type { UnreadableCounts } from '../contract/wording';
import { describeMapSize, loadMapfile, loadMedium, mapfilePath, type RangeSet, SECTOR_SIZE } from '../engine';

const MEMENTO_KEY = 'remap.maps';

/** The endings of rescue maps that other programs, and people, choose. */
const ENDINGS = ['.map', '.mapfile', '.log'];

/** What a rescue map says of an image's sectors. */
export interface RescueFindings {
  readonly badSectors: RangeSet;
  /** Tagged with why: see `statusOfTag`. */
  readonly notRescued: RangeSet;
  /** Whether the map is about as many bytes as the image has. */
  readonly fits: boolean;
  /** What is said of a map of another size, in a sentence; null: nothing. */
  readonly sizeNote: string | null;
}

/** A rescue map, and how many sectors of its image it says can't be read. */
export interface CountedMap extends UnreadableCounts {
  readonly path: string;
  /** What is said of a map of another size than the image, in a sentence; null or absent: nothing. */
  readonly sizeNote?: string | null;
}

/** The rescue maps of an image. */
export interface ImageMaps {
  /** The one that counts; null: there is none, or it can't be used. */
  readonly used: CountedMap | null;
  /** One under another name that fits the image and says that sectors can't be read, where none counts. */
  readonly offered: CountedMap | null;
  /** Why the map that should count can't be used, in one sentence. */
  readonly problem: string | null;
}

/**
 * Reads a rescue map of an image of so many bytes.
 * @throws RemapError the code of the failed file operation; `EINVAL` for what is no map, with the line that is wrong
 */
export async function readRescueMap(path: string, byteCount: number): Promise<RescueFindings> {
  const mapfile = await loadMapfile(path);
  const whole = Math.floor(byteCount / SECTOR_SIZE);
  const { badSectors, notRescued } = await loadMedium(mapfile, Math.ceil(byteCount / SECTOR_SIZE));
  // A map ends where the image does: what is missing of the last sector isn't for it to tell.
  const { blocks } = mapfile;
  const last = blocks.length - 1;
  const isTailRescued =
    blocks.end >= byteCount && blocks.startOf(last) <= whole * SECTOR_SIZE && blocks.statusOf(last) === '+';
  if (isTailRescued) notRescued.remove(whole, 1);
  const fits = blocks.end === byteCount || blocks.end === whole * SECTOR_SIZE;
  const size = fits ? null : describeMapSize(blocks, byteCount);
  return { badSectors, notRescued, fits, sizeNote: size && `${basename(path)}: ${size}.` };
}

/** Finds the rescue maps of images, and remembers which ones people chose for images that belong to no device. */
export class RescueMaps {
  /** What was counted last, for as long as the files stay as they are. */
  readonly #counted = new Map<string, { state: string; counts: Promise<CountedMap & { fits: boolean }> }>();

  constructor(private readonly memento: Pick<vscode.Memento, 'get' | 'update'>) {}

  /** Where the map of an image that belongs to no device is: the chosen one, else the one of the usual name. */
  async pathFor(image: string): Promise<string> {
    const chosen = this.#chosen()[pathKey(image)];
    return chosen !== undefined && (await stateOf(chosen)) !== null ? chosen : mapfilePath(image);
  }

  /** Chooses the map of an image that belongs to no device. */
  async choose(image: string, map: string): Promise<void> {
    await this.memento.update(MEMENTO_KEY, { ...this.#chosen(), [pathKey(image)]: map });
  }

  /** Looks for the maps of an image. Never rejects: a problem is part of the answer. */
  async look(image: string, map?: string): Promise<ImageMaps> {
    const usual = map ?? (await this.pathFor(image));
    try {
      const used = await this.#count(image, usual);
      return { used, offered: used ? null : await this.#findOther(image, usual), problem: null };
    } catch (error) {
      return { used: null, offered: null, problem: describeError(error).message };
    }
  }

  async #findOther(image: string, usual: string): Promise<CountedMap | null> {
    for (const path of otherMapPaths(image)) {
      if (isSamePath(path, usual)) continue;
      const map = await this.#count(image, path).catch(() => null);
      if (map?.fits && map.badSectors + map.notRescued > 0) return map;
    }
    return null;
  }

  /** Null for a map that isn't there. */
  async #count(image: string, map: string): Promise<(CountedMap & { fits: boolean }) | null> {
    const [imageState, mapState] = await Promise.all([stateOf(image), stateOf(map)]);
    if (!imageState || !mapState) return null;
    const state = `${imageState.size} ${mapState.size} ${mapState.mtimeMs} ${mapState.ino}`;
    const key = `${image}\0${map}`;
    const known = this.#counted.get(key);
    if (known?.state === state) return known.counts;
    const counts = readRescueMap(map, imageState.size).then(({ badSectors, notRescued, fits, sizeNote }) => ({
      path: map,
      badSectors: badSectors.sectorCount,
      notRescued: notRescued.sectorCount,
      fits,
      sizeNote,
    }));
    this.#counted.set(key, { state, counts });
    return counts;
  }

  #chosen(): Readonly<Record<string, string>> {
    return this.memento.get<Record<string, string>>(MEMENTO_KEY, {});
  }
}

/** Where else a map of the image may be: `disk.map` and `disk.img.log` for `disk.img`. */
export function otherMapPaths(image: string): string[] {
  const stems = [basename(image, extname(image)), basename(image)];
  const names = ENDINGS.flatMap((ending) => stems.map((stem) => stem + ending));
  return names.map((name) => join(dirname(image), name)).filter((path) => !isSamePath(path, image));
}

async function stateOf(path: string): Promise<{ size: number; mtimeMs: number; ino: number } | null> {
  return stat(path).catch(() => null);
}
