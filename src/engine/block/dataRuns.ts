import type { SectorRange } from '../errors';
import { doors } from '../outside/doors';
import { SECTOR_SIZE } from './blockDevice';
import { RangeSet } from './rangeSet';

/** Less than this is read faster than its holes are found. */
export const SMALL_FILE_BYTES = 16 * 2 ** 20;

/** Where a file has data; elsewhere it has holes, which read as zeros. */
export class DataRuns {
  readonly #bounds: Float64Array;
  /** The bounds before it lie before the byte that was asked for last. */
  #next = 0;

  /** @param bounds starts and ends in bytes by turns, ascending */
  constructor(bounds: Float64Array) {
    this.#bounds = bounds;
  }

  /** Those of a file without holes. */
  static everywhere(): DataRuns {
    return new DataRuns(Float64Array.of(0, Number.POSITIVE_INFINITY));
  }

  /** What is left of a disk between runs of sectors that read as zeros, ascending. */
  static beside(empty: readonly SectorRange[], sectorCount: number): DataRuns {
    const bounds: number[] = [];
    let start = 0;
    for (const [first, count] of [...empty, [sectorCount, 0] as const]) {
      if (first > start) bounds.push(start * SECTOR_SIZE, first * SECTOR_SIZE);
      start = first + count;
    }
    return new DataRuns(Float64Array.from(bounds));
  }

  /** The same with other bytes that count as data, too: runs of `[byteOffset, byteCount]`. */
  and(runs: readonly (readonly [byteOffset: number, byteCount: number])[]): DataRuns {
    const bounds = this.#bounds;
    if (runs.length === 0 || bounds.at(-1) === Number.POSITIVE_INFINITY) return this;
    const data = new RangeSet();
    for (let i = 0; i < bounds.length; i += 2) data.add(bounds[i]!, bounds[i + 1]! - bounds[i]!);
    for (const run of runs) data.add(...run);
    return new DataRuns(Float64Array.from([...data].flatMap(([start, count]) => [start, start + count])));
  }

  /** The first byte at or after this one that may be data; infinite: only a hole follows. Cheap in ascending order. */
  nextData(byteOffset: number): number {
    const bounds = this.#bounds;
    if (this.#next > 0 && bounds[this.#next - 1]! > byteOffset) this.#next = 0;
    while (this.#next < bounds.length && bounds[this.#next + 1]! <= byteOffset) this.#next += 2;
    return Math.max(byteOffset, bounds[this.#next] ?? Number.POSITIVE_INFINITY);
  }

  /** Where the data end that a byte is in; the byte itself, where it is in a hole. */
  endOfData(byteOffset: number): number {
    return this.nextData(byteOffset) > byteOffset ? byteOffset : this.#bounds[this.#next + 1]!;
  }
}

/**
 * Finds where a file has data, for as long as nothing writes to it. A small file, one without holes, and one on a file
 * system that doesn't tell count as data throughout.
 */
export async function findDataRuns(path: string): Promise<DataRuns> {
  const everything = DataRuns.everywhere();
  const { size, blocks } = await doors.files.stat(path);
  if (size < SMALL_FILE_BYTES || blocks * 512n >= size) return everything;
  const bounds = await doors.files.dataRuns(path);
  return bounds ? new DataRuns(bounds) : everything;
}

/**
 * The runs of sectors that lie in holes of a file whole, ascending: they read as zeros for as long as nothing writes. Nothing
 * is read. The file system may have more: holes below 1 MiB, and what follows after very many.
 * @returns null where the file system doesn't tell
 */
export async function findEmptyRuns(path: string): Promise<SectorRange[] | null> {
  const { size } = await doors.files.stat(path);
  const bounds = await doors.files.dataRuns(path);
  if (!bounds) return null;
  const byteCount = Number(size);
  const runs: SectorRange[] = [];
  let holeStart = 0;
  for (let index = 0; index <= bounds.length; index += 2) {
    const holeEnd = bounds[index] ?? byteCount;
    const first = Math.ceil(holeStart / SECTOR_SIZE);
    // What is left after the last whole sector of a file is a sector, too.
    const end = holeEnd >= byteCount ? Math.ceil(byteCount / SECTOR_SIZE) : Math.floor(holeEnd / SECTOR_SIZE);
    if (end > first) runs.push([first, end - first]);
    holeStart = bounds[index + 1] ?? byteCount;
  }
  return runs;
}
