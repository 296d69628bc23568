import { stat } from 'node:fs/promises';
import { inspectSpare, type MetadataInspection, SECTOR_SIZE } from '../engine';

/** An image that belongs to no known device. */
export interface FreeImage {
  readonly path: string;
  readonly sectorCount: number;
  /** What an inspection as a spare found; undefined when the image can't be read. */
  readonly inspection: MetadataInspection | undefined;
  /** Why it can't be read. */
  readonly problem: unknown;
}

interface Inspected {
  /** Size and time of the file when it was inspected. */
  readonly fileState: string;
  /** Shared by all who ask while it is inspected: the views of images and of devices ask at once. */
  readonly image: Promise<FreeImage>;
}

/** Inspects images, and remembers what was found for as long as a file keeps its size and time. */
export class FreeImages {
  readonly #inspected = new Map<string, Inspected>();

  /** The images that were inspected last. */
  get known(): string[] {
    return [...this.#inspected.keys()];
  }

  /** Inspects these images, in this order, and forgets all others. Never throws: a problem is part of the answer. */
  async inspect(paths: readonly string[]): Promise<FreeImage[]> {
    const wanted = new Set(paths);
    for (const path of this.#inspected.keys()) if (!wanted.has(path)) this.#inspected.delete(path);
    const images: FreeImage[] = [];
    // One at a time: a folder of a thousand images must not have them all open at once.
    for (const path of paths) images.push(await this.#inspect(path));
    return images;
  }

  async #inspect(path: string): Promise<FreeImage> {
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
    const fileState = `${size} ${mtimeMs}`;
    const known = this.#inspected.get(path);
    if (known?.fileState === fileState) return known.image;
    const sectorCount = Math.floor(size / SECTOR_SIZE);
    const image = tryInspection(path).then((found) => ({ path, sectorCount, ...found }));
    this.#inspected.set(path, { fileState, image });
    return image;
  }
}

async function tryInspection(path: string): Promise<Pick<FreeImage, 'inspection' | 'problem'>> {
  try {
    return { inspection: await inspectSpare(path), problem: undefined };
  } catch (problem) {
    return { inspection: undefined, problem };
  }
}
