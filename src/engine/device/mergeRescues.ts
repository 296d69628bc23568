import { SECTOR_SIZE } from '../block/blockDevice';
import { containerRefused, readContainer } from '../block/containerFormat';
import { type DataRuns, findDataRuns } from '../block/dataRuns';
import { fileError } from '../block/fileError';
import { requireFree } from '../block/imageLock';
import { ListedRuns } from '../block/listedRuns';
import { openRegularFile } from '../block/regularFile';
import { type CopyOptions, copySparse } from '../block/sparseCopy';
import { inSlices } from '../concurrency/slices';
import type { SectorRange } from '../errors';
import { createMapfile, formatMapfile, type Mapfile } from '../mapfile/mapfile';
import { loadMapfile } from '../mapfile/mapfileIo';
import { type BlockPair, mergedBlocks, pairedBlocks, type RescuedImage } from '../mapfile/pairedBlocks';
import { stageTextFile } from '../mapfile/textFile';
import { doors } from '../outside/doors';
import type { OpenFile } from '../outside/fileSystem';
import { removeFile } from '../outside/patience';
import { mapfilePath } from './disk';

/** An image of a disk that was rescued in part, and its map. */
export interface Rescue {
  readonly image: string;
  /** Absent: the one beside the image. */
  readonly map?: string | undefined;
}

/** What two rescues make together. */
export interface MergedRescue {
  /** The new image, and the map beside it. */
  readonly path: string;
  readonly map: string;
  readonly bytes: number;
  readonly rescuedBytes: number;
  /** Those of them that only the second image had. */
  readonly takenBytes: number;
  /** Sectors that both images have rescued, and with other bytes: those of the first are taken. The first 10,000 runs. */
  readonly differing: SectorRange[];
  readonly differingSectors: number;
}

/**
 * Makes a new image and its map from two rescues of one disk, as `ddrescue -A -M -m MAP2 IMAGE2 IMAGE1 MAP1` does to the first
 * of them. What either has read is read; of bytes that neither has, and that both have, those of the first are taken.
 * The inputs stay as they are, and no file is overwritten. While the image isn't whole its map says that nothing of it is.
 *
 * @throws RemapError `EBUSY` while an image is in use, `ENOENT` for a missing map too, `EINVAL` for a damaged map or a
 * container, `EEXIST`, `EACCES`, `ENOSPC`, `EIO`; `ECANCELED` when the signal ends it
 */
export async function mergeRescues(
  first: Rescue,
  second: Rescue,
  target: string,
  options: Omit<CopyOptions, 'isDurable'> = {},
): Promise<MergedRescue> {
  const one = await RescueInput.open(first);
  try {
    const other = await RescueInput.open(second);
    try {
      return await mergeTo(target, one, other, options);
    } finally {
      await other.close();
    }
  } finally {
    await one.close();
  }
}

async function mergeTo(
  target: string,
  one: RescueInput,
  other: RescueInput,
  options: CopyOptions,
): Promise<MergedRescue> {
  const map = mapfilePath(target);
  const size = Math.max(one.byteLength, other.byteLength);
  await createMap(map, createMapfile(size, '?'));
  try {
    const merge = new Merge(one, other);
    const { differing } = merge;
    await copySparse(merge, target, { ...options, isDurable: true });
    try {
      const { currentPosition, currentStatus, currentPass } = one.mapfile;
      const blocks = await inSlices(mergedBlocks(one, other));
      const merged = { ...createMapfile(size), currentPosition, currentStatus, currentPass, blocks };
      await (await stageTextFile(map, formatMapfile(merged))).commit();
    } catch (error) {
      await removeFile(target);
      throw error;
    }
    return {
      path: target,
      map,
      bytes: size,
      ...countRescued(one, other),
      differing: differing.runs,
      differingSectors: differing.sectorCount,
    };
  } catch (error) {
    await removeFile(map);
    throw error;
  }
}

/** @throws RemapError `EEXIST`, and as the file system's errors */
async function createMap(path: string, mapfile: Mapfile): Promise<void> {
  const text = [...formatMapfile(mapfile)].join('');
  await doors.files.writeFile(path, text, { flag: 'wx', encoding: 'latin1' }).catch((error) => {
    throw fileError(error, path, 'create');
  });
}

function countRescued(one: RescuedImage, other: RescuedImage) {
  const counts = { rescuedBytes: 0, takenBytes: 0 };
  for (const { start, end, first, second } of pairedBlocks(one, other)) {
    if (first === '+' || second === '+') counts.rescuedBytes += end - start;
    if (first !== '+' && second === '+') counts.takenBytes += end - start;
  }
  return counts;
}

/** An image that is read, and what its map says of it. */
class RescueInput implements RescuedImage {
  private constructor(
    private readonly path: string,
    private readonly file: OpenFile,
    readonly byteLength: number,
    readonly mapfile: Mapfile,
    readonly data: DataRuns,
  ) {}

  static async open({ image, map = mapfilePath(image) }: Rescue): Promise<RescueInput> {
    const mapfile = await loadMapfile(map);
    const file = await openRegularFile(image, 'r', 'a disk image').catch((error) => {
      throw fileError(error, image, 'open');
    });
    try {
      await requireFree(image);
      const { size } = await file.stat();
      const container = await readContainer(file, size);
      if (container) throw containerRefused(image, container);
      return new RescueInput(image, file, size, mapfile, await findDataRuns(image));
    } catch (error) {
      await file.close();
      throw fileError(error, image, 'open');
    }
  }

  get blocks() {
    return this.mapfile.blocks;
  }

  /** Fills the buffer, with zeros where the image has ended. */
  async read(buffer: Buffer, byteOffset: number): Promise<void> {
    let done = 0;
    while (done < buffer.length) {
      const { bytesRead } = await this.file
        .read(buffer, done, buffer.length - done, byteOffset + done)
        .catch((error) => {
          throw fileError(error, this.path, 'open');
        });
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    buffer.fill(0, done);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The bytes of two rescues as one, read in ascending order. */
class Merge {
  readonly size: number;
  readonly differing = new ListedRuns();
  readonly #pairs: Iterator<BlockPair>;
  #pair: IteratorResult<BlockPair>;
  #bytes = Buffer.alloc(0);

  constructor(
    private readonly one: RescueInput,
    private readonly other: RescueInput,
  ) {
    this.size = Math.max(one.byteLength, other.byteLength);
    this.#pairs = pairedBlocks(one, other);
    this.#pair = this.#pairs.next();
  }

  nextData(byteOffset: number): number {
    return Math.min(this.one.data.nextData(byteOffset), this.other.data.nextData(byteOffset));
  }

  async read(buffer: Buffer, byteOffset: number): Promise<number> {
    const pairs = this.#pairsIn(byteOffset, byteOffset + buffer.length);
    await this.one.read(buffer, byteOffset);
    if (!pairs.some(({ second }) => second === '+')) return buffer.length;
    if (this.#bytes.length < buffer.length) this.#bytes = Buffer.alloc(buffer.length);
    const bytes = this.#bytes.subarray(0, buffer.length);
    await this.other.read(bytes, byteOffset);
    for (const { start, end, first, second } of pairs) {
      if (second !== '+') continue;
      const [from, to] = [start - byteOffset, end - byteOffset];
      if (first === '+') this.#compare(buffer.subarray(from, to), bytes.subarray(from, to), start);
      else bytes.copy(buffer, from, from, to);
    }
    return buffer.length;
  }

  /** The runs that the maps have there, cut to it. Those before it are gone then. */
  #pairsIn(start: number, end: number): BlockPair[] {
    const pairs: BlockPair[] = [];
    for (; !this.#pair.done; this.#pair = this.#pairs.next()) {
      const pair = this.#pair.value;
      if (pair.start >= end) break;
      if (pair.end > start) {
        pairs.push({ ...pair, start: Math.max(pair.start, start), end: Math.min(pair.end, end) });
      }
      if (pair.end > end) break;
    }
    return pairs;
  }

  #compare(first: Buffer, second: Buffer, byteOffset: number): void {
    if (first.equals(second)) return;
    for (let at = 0; at < first.length; ) {
      const sector = Math.floor((byteOffset + at) / SECTOR_SIZE);
      const end = Math.min(first.length, (sector + 1) * SECTOR_SIZE - byteOffset);
      if (first.compare(second, at, end, at, end) !== 0) this.differing.add(sector, 1);
      at = end;
    }
  }
}
