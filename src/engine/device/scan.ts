import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { mergeRanges, sliceSectors } from '../block/range';
import { systemTicker, type Ticker } from '../block/ticker';
import type { PauseSwitch } from '../concurrency/pauseSwitch';
import { isMediumFailure, RemapError, type SectorRange } from '../errors';

const CHUNK_SECTORS = 2048;
/** Chunks that are read at once: enough to keep the disk busy, few enough to let other I/O through. */
const CHUNKS_IN_FLIGHT = 4;
/** A chunk that took longer is read again in pieces, to find the slow ones. */
const SLOW_CHUNK_MS = 250;
const PIECE_SECTORS = 64;
const SLOW_PIECE_MS = 50;

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Holds the scan between two chunks while it is paused. */
  readonly pause?: PauseSwitch;
  /** Absent: as fast as the disks. */
  readonly bytesPerSecond?: number;
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Waits so many milliseconds; tests replace it. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Tells how long reads take and how fast the scan is; tests replace it. */
  readonly ticker?: Ticker;
  /** Sectors that the device remapped so far, asked to tell how many the scan rescued. */
  readonly remappedSectors?: () => number;
  /** Those of some failing sectors that were not rescued; absent: none. */
  readonly notRescuedIn?: (failing: readonly SectorRange[]) => SectorRange[];
}

interface ScanProgress {
  readonly scannedSectors: number;
  readonly sectorCount: number;
}

/** What a scan of the whole device found. */
export interface ScanReport extends ScanProgress {
  /** Sectors that stayed unreadable when they were tried again, or that a rescue map says were not rescued. */
  readonly failing: SectorRange[];
  /** The part of `failing` that was not rescued. */
  readonly notRescued: SectorRange[];
  /** Sectors that were read slowly, in runs of {@link PIECE_SECTORS}. */
  readonly slow: SectorRange[];
  /** Sectors whose read needed a retry, moved to the spare ahead of their failure. */
  readonly rescued: number;
  readonly seconds: number;
}

/**
 * Reads the whole device while its other I/O goes on. A failing sector is tried again and, if that helps, moved to the
 * spare (the target does that for every read, R3); what stays unreadable or is slow is reported.
 * @throws RemapError `ECANCELED`; errors of the device that are not a medium's
 */
export async function scanDevice(device: BlockDevice, options: ScanOptions = {}): Promise<ScanReport> {
  const scan = new Scan(device, options);
  await Promise.all(Array.from({ length: CHUNKS_IN_FLIGHT }, () => scan.run()));
  return scan.report();
}

class Scan {
  readonly #device: BlockDevice;
  readonly #options: ScanOptions;
  readonly #ticker: Ticker;
  readonly #startedAt: number;
  readonly #remappedBefore: number;
  readonly #failing: SectorRange[] = [];
  readonly #slow: SectorRange[] = [];
  /** Functions that each end one wait; a cancellation calls them all. */
  readonly #waiting = new Set<() => void>();
  #next = 0;
  #scanned = 0;
  #pausedMs = 0;
  /** Ends with the pause; null while the scan isn't paused. */
  #held: Promise<void> | null = null;
  #isStopped = false;

  constructor(device: BlockDevice, options: ScanOptions) {
    this.#device = device;
    this.#options = options;
    this.#ticker = options.ticker ?? systemTicker;
    this.#startedAt = this.#ticker.now();
    this.#remappedBefore = options.remappedSectors?.() ?? 0;
    const endWaiting = (): void => {
      for (const end of this.#waiting) end();
    };
    options.signal?.addEventListener('abort', endWaiting, { once: true });
  }

  async run(): Promise<void> {
    try {
      await this.#scanRest();
    } catch (error) {
      this.#isStopped = true;
      throw error;
    }
  }

  async #scanRest(): Promise<void> {
    const buffer = new Uint8Array(CHUNK_SECTORS * SECTOR_SIZE);
    while (this.#next < this.#device.sectorCount && !this.#isStopped) {
      const first = this.#next;
      const count = Math.min(CHUNK_SECTORS, this.#device.sectorCount - first);
      this.#next += count;
      await this.#mayGoOn();
      await this.#readChunk(first, sliceSectors(buffer, 0, 0, count));
      this.#scanned += count;
      this.#options.onProgress?.({ scannedSectors: this.#scanned, sectorCount: this.#device.sectorCount });
    }
  }

  report(): ScanReport {
    const failing = mergeRanges(this.#failing);
    return {
      scannedSectors: this.#scanned,
      sectorCount: this.#device.sectorCount,
      failing,
      notRescued: this.#options.notRescuedIn?.(failing) ?? [],
      slow: mergeRanges(this.#slow),
      rescued: (this.#options.remappedSectors?.() ?? 0) - this.#remappedBefore,
      seconds: (this.#ticker.now() - this.#startedAt) / 1000,
    };
  }

  async #mayGoOn(): Promise<void> {
    const { pause, bytesPerSecond, sleep = delay } = this.#options;
    if (pause?.isPaused) await this.#waitWhilePaused(pause);
    if (bytesPerSecond) {
      const dueMs = (this.#scanned * SECTOR_SIZE * 1000) / bytesPerSecond;
      const aheadMs = dueMs - (this.#ticker.now() - this.#startedAt - this.#pausedMs);
      if (aheadMs > 1) await this.#untilCancelled(sleep(aheadMs));
    }
    this.#checkCancelled();
  }

  /** Settles with the work, or at once on a cancellation. `Promise.race` would keep each read in memory to the end. */
  #untilCancelled(work: Promise<void>): Promise<void> {
    if (this.#options.signal?.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve);
      work.then(resolve, reject).finally(() => this.#waiting.delete(resolve));
    });
  }

  #checkCancelled(): void {
    if (this.#options.signal?.aborted) throw new RemapError('ECANCELED', 'the scan was cancelled');
  }

  /** All chunks share one wait, so that its time counts once. */
  #waitWhilePaused(pause: PauseSwitch): Promise<void> {
    if (!this.#held) {
      const pausedAt = this.#ticker.now();
      this.#held = this.#untilCancelled(pause.whenRunning()).then(() => {
        this.#pausedMs += this.#ticker.now() - pausedAt;
        this.#held = null;
      });
    }
    return this.#held;
  }

  async #readChunk(first: number, buffer: Uint8Array): Promise<void> {
    const elapsedMs = await this.#timedRead(first, buffer, this.#failing);
    if (elapsedMs <= SLOW_CHUNK_MS) return;
    for (let at = 0; at < buffer.length; at += PIECE_SECTORS * SECTOR_SIZE) {
      const piece = buffer.subarray(at, at + PIECE_SECTORS * SECTOR_SIZE);
      const sector = first + at / SECTOR_SIZE;
      const pieceMs = await this.#timedRead(sector, piece, []);
      if (pieceMs > SLOW_PIECE_MS) this.#slow.push([sector, piece.length / SECTOR_SIZE]);
    }
  }

  async #timedRead(first: number, buffer: Uint8Array, failing: SectorRange[]): Promise<number> {
    const startedAt = this.#ticker.now();
    try {
      // A suspended device answers only when it is resumed: a cancellation doesn't wait for that.
      await this.#untilCancelled(this.#device.read(first, buffer));
      this.#checkCancelled();
    } catch (error) {
      if (!isMediumFailure(error)) throw error;
      for (const run of error.failed) failing.push(run);
    }
    return this.#ticker.now() - startedAt;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
