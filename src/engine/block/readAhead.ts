import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from './blockDevice';
import { Layer } from './layer';
import { sliceSectors } from './range';
import { systemTicker, type Ticker } from './ticker';

/** How many sectors are read at a time: a disk takes hardly longer for them than for one. */
const WINDOW_SECTORS = 128;
/** Larger requests are served as fast without a window. */
const MAX_REQUEST_SECTORS = 32;
/** How many sectors may lie between two reads that count as following each other. */
const MAX_GAP_SECTORS = 64;
/** How long a window is used, since another program may change the file without our notice. */
const MAX_AGE_MS = 100;

/** The answer to every read that the window serves. */
const DONE = Promise.resolve();

/** Bytes of consecutive sectors as they were at `readAt`, in milliseconds of the ticker. */
interface Window {
  readonly first: number;
  readonly bytes: Uint8Array;
  readonly readAt: number;
  /** Sectors of it were changed while it was being read. */
  isStale: boolean;
}

/**
 * When small reads whose caller will read on (`willReadOn`) follow each other, reads more than was asked for and serves
 * the next ones from memory. Remapped sectors lie on the spare in the order in which they failed, so a
 * pass over main reads the spare in small steps. Keeps one window of 64 KiB, and drops it when a write or discard touches
 * it. All other reads pass down.
 */
export class ReadAhead extends Layer {
  readonly #ticker: Ticker;
  #buffer: Uint8Array | undefined;
  #window: Window | null = null;
  #filling: Window | null = null;
  #writes = 0;
  /** The sector after the last read with `willReadOn`. */
  #end = -1;

  constructor(lower: BlockDevice, ticker: Ticker = systemTicker) {
    super(lower);
    this.#ticker = ticker;
  }

  protected override ownRead(
    sector: number,
    buffer: Uint8Array,
    options: ReadOptions | undefined,
  ): Promise<void> | null {
    if (!options?.willReadOn) return null;
    const sectorCount = buffer.length / SECTOR_SIZE;
    const gap = sector - this.#end;
    this.#end = sector + sectorCount;
    const isSmall = Number.isInteger(sectorCount) && sectorCount > 0 && sectorCount <= MAX_REQUEST_SECTORS;
    if (!isSmall || !Number.isInteger(sector)) return null;
    if (this.#window && this.#isFresh(this.#window) && copyFrom(this.#window, sector, buffer)) return DONE;
    const goesOn = gap >= 0 && gap <= MAX_GAP_SECTORS;
    const fits = sectorCount <= this.sectorCount - sector;
    if (!goesOn || !fits || this.#filling || this.#writes > 0) return null;
    return this.#fill(sector, buffer, options);
  }

  protected override ownWrite(sector: number, buffer: Uint8Array): Promise<void> {
    return this.#change(sector, buffer.length / SECTOR_SIZE, () => this.lower.write(sector, buffer));
  }

  protected override ownDiscard(sector: number, sectorCount: number): Promise<void> {
    return this.#change(sector, sectorCount, () => this.lower.discard(sector, sectorCount));
  }

  #isFresh({ readAt }: Window): boolean {
    return this.#ticker.now() - readAt <= MAX_AGE_MS;
  }

  /** Reads a window that begins with the request, and serves the request from it. If that fails, reads just the request. */
  async #fill(first: number, buffer: Uint8Array, options: ReadOptions): Promise<void> {
    this.#buffer ??= new Uint8Array(WINDOW_SECTORS * SECTOR_SIZE);
    const bytes = sliceSectors(this.#buffer, 0, 0, Math.min(WINDOW_SECTORS, this.sectorCount - first));
    const window: Window = { first, bytes, readAt: this.#ticker.now(), isStale: false };
    this.#window = null;
    this.#filling = window;
    const isRead = await this.lower.read(first, bytes).then(isTrue, isFalse);
    this.#filling = null;
    const isGood = isRead && !window.isStale;
    if (isGood) this.#window = window;
    if (!isGood || !copyFrom(window, first, buffer)) await this.lower.read(first, buffer, options);
  }

  /** No window is begun while sectors change, so that none holds their old bytes. */
  async #change(sector: number, sectorCount: number, change: () => Promise<void>): Promise<void> {
    if (this.#window && touches(this.#window, sector, sectorCount)) this.#window = null;
    if (this.#filling && touches(this.#filling, sector, sectorCount)) this.#filling.isStale = true;
    this.#writes++;
    try {
      await change();
    } finally {
      this.#writes--;
    }
  }
}

const isTrue = (): boolean => true;
const isFalse = (): boolean => false;

function touches({ first, bytes }: Window, sector: number, sectorCount: number): boolean {
  return sector < first + bytes.length / SECTOR_SIZE && first < sector + sectorCount;
}

/** Copies a request's bytes from a window. Answers false, with nothing copied, unless the window has all of them. */
function copyFrom({ first, bytes }: Window, sector: number, buffer: Uint8Array): boolean {
  const start = (sector - first) * SECTOR_SIZE;
  if (!(start >= 0 && start + buffer.length <= bytes.length)) return false;
  buffer.set(bytes.subarray(start, start + buffer.length));
  return true;
}
