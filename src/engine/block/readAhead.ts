import { performance } from 'node:perf_hooks';
import { InFlight } from '../concurrency/inFlight';
import {
  type BlockDevice,
  promiseRead,
  type ReadOptions,
  type ReadRequest,
  SECTOR_SIZE,
} from './blockDevice';
import { sliceSectors } from './range';

/** A disk brings so many in hardly more time than one. */
const WINDOW_SECTORS = 128;
/** Larger requests gain nothing. */
const MAX_REQUEST_SECTORS = 32;
/** How far behind a read the next one may begin and still go on with it. */
const MAX_GAP_SECTORS = 64;
/** Bounds what is seen of changes that somebody makes to the file behind our back. */
const MAX_AGE_MS = 100;

const SOON = Promise.resolve();

/** Consecutive sectors as they were when they were read. */
interface Window {
  readonly first: number;
  readonly bytes: Uint8Array;
  readonly readAt: number;
  /** Written to meanwhile. */
  isStale: boolean;
}

/**
 * Reads on behind small reads of which the caller says that it will go on (`willReadOn`), when they follow each other:
 * remapped sectors lie on the spare in the order in which they failed, so that reading over them comes back for the next ones
 * soon. Keeps one window of 64 KiB. Everything else is passed on, and what is written is forgotten.
 */
export class ReadAhead implements BlockDevice {
  readonly #lower: BlockDevice;
  readonly #now: () => number;
  readonly #fills = new InFlight();
  #buffer: Uint8Array | undefined;
  #window: Window | null = null;
  #filling: Window | null = null;
  #writes = 0;
  /** Where the last read that would go on has ended. */
  #end = -1;
  #closed = false;

  constructor(lower: BlockDevice, now: () => number = () => performance.now()) {
    this.#lower = lower;
    this.#now = now;
  }

  get sectorCount(): number {
    return this.#lower.sectorCount;
  }

  get readOnly(): boolean {
    return this.#lower.readOnly;
  }

  read(sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void> {
    if (!options?.willReadOn) return this.#lower.read(sector, buffer, options);
    return promiseRead(this, sector, buffer, options);
  }

  submitRead(request: ReadRequest): void {
    if (!request.options?.willReadOn || !this.#serve(request)) this.#lower.submitRead(request);
  }

  write(sector: number, buffer: Uint8Array): Promise<void> {
    return this.#change(sector, buffer.length / SECTOR_SIZE, () => this.#lower.write(sector, buffer));
  }

  flush(): Promise<void> {
    return this.#lower.flush();
  }

  discard(sector: number, sectorCount: number): Promise<void> {
    return this.#change(sector, sectorCount, () => this.#lower.discard(sector, sectorCount));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#fills.drained();
    await this.#lower.close();
  }

  /** Answers a request from the window or with a new one; false leaves it to the lower device. */
  #serve(request: ReadRequest): boolean {
    const { sector, buffer } = request;
    const sectorCount = buffer.length / SECTOR_SIZE;
    const gap = sector - this.#end;
    this.#end = sector + sectorCount;
    const isSmall = Number.isInteger(sectorCount) && sectorCount > 0 && sectorCount <= MAX_REQUEST_SECTORS;
    if (this.#closed || !isSmall || !Number.isInteger(sector)) return false;
    if (this.#window && this.#now() - this.#window.readAt <= MAX_AGE_MS && copyFrom(this.#window, request)) {
      // Node's queueMicrotask takes longer than the copying.
      void SOON.then(() => request.answer());
      return true;
    }
    const goesOn = gap >= 0 && gap <= MAX_GAP_SECTORS;
    const fits = sectorCount <= this.sectorCount - sector;
    if (!goesOn || !fits || this.#filling || this.#writes > 0) return false;
    this.#fill(request);
    return true;
  }

  /** Reads a window from the request on, then answers it. What can't be read so is read as it was asked for. */
  #fill(request: ReadRequest): void {
    const first = request.sector;
    this.#buffer ??= new Uint8Array(WINDOW_SECTORS * SECTOR_SIZE);
    const bytes = sliceSectors(this.#buffer, 0, 0, Math.min(WINDOW_SECTORS, this.sectorCount - first));
    const window: Window = { first, bytes, readAt: this.#now(), isStale: false };
    this.#window = null;
    this.#filling = window;
    this.#fills.begin();
    const answer = (error?: unknown): void => {
      this.#filling = null;
      const isGood = error === undefined && !window.isStale;
      if (isGood) this.#window = window;
      if (isGood && copyFrom(window, request)) request.answer();
      else this.#lower.submitRead(request);
      this.#fills.end();
    };
    this.#lower.submitRead({ sector: first, buffer: bytes, options: undefined, answer });
  }

  /** Nothing is read on while sectors change, so that no window holds what was there before. */
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

function touches({ first, bytes }: Window, sector: number, sectorCount: number): boolean {
  return sector < first + bytes.length / SECTOR_SIZE && first < sector + sectorCount;
}

/** Copies a request's bytes from a window that has all of them. */
function copyFrom({ first, bytes }: Window, { sector, buffer }: ReadRequest): boolean {
  const start = (sector - first) * SECTOR_SIZE;
  if (!(start >= 0 && start + buffer.length <= bytes.length)) return false;
  buffer.set(bytes.subarray(start, start + buffer.length));
  return true;
}
