import { SECTOR_SIZE } from '../../block/blockDevice';
import type { AllocationTable } from '../clusters/allocationTable';
import type { ClusterState, ClusterStates } from '../clusters/clusterStates';
import type { Doubt } from '../volumeContracts';
import { UnreadableError, type VolumeReader } from '../volumeReader';

/** Where a part of the bitmap is, in sectors from the start of the volume. */
export interface BitmapRun {
  readonly sector: number;
  readonly sectorCount: number;
  /** The place of the part within the bitmap, in sectors. */
  readonly fileSector: number;
}

/** A window of the bitmap holds the states of 65,536 clusters. */
const WINDOW_SECTORS = 16;
const WINDOW_BYTES = WINDOW_SECTORS * SECTOR_SIZE;
const KEPT_WINDOWS = 32;

interface Window {
  readonly number: number;
  readonly bytes: Uint8Array;
  /** Its sectors, from its start, that can't be read, and where they are on the disk: -1 where that isn't known. */
  readonly unreadable: ReadonlyMap<number, number>;
}

/** The allocation bitmap of exFAT, which alone says what is free. The FAT only tells a bad cluster from a used one. */
export class ExfatBitmap implements ClusterStates {
  readonly #windows = new Map<number, Window>();
  #current: Window = { number: -1, bytes: new Uint8Array(0), unreadable: new Map() };

  /**
   * @param runs ascending, without gaps as far as they are known
   * @param doubt why runs are missing
   */
  constructor(
    private readonly reader: VolumeReader,
    private readonly table: AllocationTable,
    private readonly badEntry: number,
    private readonly runs: readonly BitmapRun[],
    private readonly byteLength: number,
    private readonly doubt: Doubt,
  ) {}

  stateNow(cluster: number): ClusterState | undefined {
    const bit = cluster - 2;
    const byte = Math.floor(bit / 8);
    const number = Math.floor(byte / WINDOW_BYTES);
    if (this.#current.number !== number) {
      const kept = this.#windows.get(number);
      if (!kept) return undefined;
      this.#current = kept;
    }
    const at = byte % WINDOW_BYTES;
    const { bytes, unreadable } = this.#current;
    if (unreadable.size > 0 && unreadable.has(Math.floor(at / SECTOR_SIZE))) return 'unknown';
    if (!((bytes[at]! >> (bit % 8)) & 1)) return 'free';
    return 'used';
  }

  /** The FAT says of a used cluster that it is bad. */
  async isMarkedBad(cluster: number): Promise<boolean> {
    return (await this.table.entry(cluster)) === this.badEntry;
  }

  async load(cluster: number): Promise<void> {
    const number = Math.floor((cluster - 2) / 8 / WINDOW_BYTES);
    const window = await this.#read(number);
    this.#windows.set(number, window);
    if (this.#windows.size > KEPT_WINDOWS) this.#windows.delete(this.#windows.keys().next().value!);
    this.#current = window;
  }

  doubtOf(cluster: number): Doubt {
    const sector = Math.floor((cluster - 2) / 8 / SECTOR_SIZE);
    const number = Math.floor(sector / WINDOW_SECTORS);
    const place = this.#windows.get(number)?.unreadable.get(sector % WINDOW_SECTORS) ?? -1;
    if (place < 0) return this.doubt;
    return { reason: `the bitmap's bit of cluster ${cluster} can't be read`, ranges: [[place, 1]] };
  }

  async #read(number: number): Promise<Window> {
    const bytes = new Uint8Array(WINDOW_BYTES);
    const first = number * WINDOW_SECTORS;
    const end = Math.min(first + WINDOW_SECTORS, Math.ceil(this.byteLength / SECTOR_SIZE));
    const unreadable = new Map(Array.from({ length: WINDOW_SECTORS }, (_, at) => [at, -1]));
    for (const run of this.runs) {
      const from = Math.max(first, run.fileSector);
      const to = Math.min(end, run.fileSector + run.sectorCount);
      if (to <= from) continue;
      const bad = await this.#readRun(
        run.sector + from - run.fileSector,
        bytes.subarray((from - first) * SECTOR_SIZE),
        to - from,
      );
      for (let at = from; at < to; at++) {
        const place = run.sector + at - run.fileSector;
        if (bad.has(place)) unreadable.set(at - first, this.reader.first + place);
        else unreadable.delete(at - first);
      }
    }
    return { number, bytes, unreadable };
  }

  async #readRun(sector: number, into: Uint8Array, count: number): Promise<Set<number>> {
    try {
      const { bytes, unreadable } = await this.reader.whatCanBeRead(
        sector * SECTOR_SIZE,
        count * SECTOR_SIZE,
        'the bitmap',
      );
      into.set(bytes);
      return new Set(unreadable);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      return new Set(Array.from({ length: count }, (_, at) => sector + at));
    }
  }
}
