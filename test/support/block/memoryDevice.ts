import { type BlockDevice, SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { checkRange, checkRequest } from '../../../src/engine/block/range';
import { BlockError } from '../../../src/engine/errors';

/** Small enough that a copy-on-write copy is cheap, large enough that the map stays small. */
const PAGE_SECTORS = 8;
const PAGE_BYTES = PAGE_SECTORS * SECTOR_SIZE;

interface Page {
  readonly bytes: Uint8Array;
  /** The device that may change the page in place; every other one copies it first. */
  readonly owner: object;
}

/**
 * A disk in memory: sparse (an untouched page costs nothing and reads as zeros), and cheap to {@link fork}. Requests
 * take effect at the call, and every write is durable at once.
 *
 * Errors: as {@link BlockDevice} promises; the medium itself never fails.
 */
export class MemoryDevice implements BlockDevice {
  readonly #pages: Map<number, Page>;
  #owner: object = {};
  #closed = false;

  constructor(
    readonly sectorCount: number,
    readonly readOnly = false,
    pages: ReadonlyMap<number, Page> = new Map(),
  ) {
    this.#pages = new Map(pages);
  }

  /**
   * An independent device of the same content, open even when this one is closed. Pages are shared until either side
   * changes them, so a fork costs one copy of a map, however large the content.
   */
  fork(readOnly = false): MemoryDevice {
    this.#owner = {};
    return new MemoryDevice(this.sectorCount, readOnly, this.#pages);
  }

  async read(sector: number, buffer: Uint8Array): Promise<void> {
    this.#checkOpen();
    this.peek(sector, buffer);
  }

  async write(sector: number, buffer: Uint8Array): Promise<void> {
    this.#checkWritable();
    this.poke(sector, buffer);
  }

  async flush(): Promise<void> {
    this.#checkOpen();
  }

  async discard(sector: number, sectorCount: number): Promise<void> {
    this.#checkWritable();
    this.clear(sector, sectorCount);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** {@link read} at once, open or closed. */
  peek(sector: number, buffer: Uint8Array): void {
    checkRequest(sector, buffer.length, this.sectorCount);
    forEachPage(sector * SECTOR_SIZE, buffer.length, (page, start, end, done) => {
      const bytes = this.#pages.get(page)?.bytes;
      if (bytes) buffer.set(bytes.subarray(start, end), done);
      else buffer.fill(0, done, done + end - start);
    });
  }

  /** {@link write} at once, open or closed, writable or not. */
  poke(sector: number, buffer: Uint8Array): void {
    checkRequest(sector, buffer.length, this.sectorCount);
    forEachPage(sector * SECTOR_SIZE, buffer.length, (page, start, end, done) => {
      this.#ownPage(page).set(buffer.subarray(done, done + end - start), start);
    });
  }

  /** {@link discard} at once, open or closed, writable or not. */
  clear(sector: number, sectorCount: number): void {
    checkRange(sector, sectorCount, this.sectorCount);
    const firstByte = sector * SECTOR_SIZE;
    const endByte = firstByte + sectorCount * SECTOR_SIZE;
    // A range may be far larger than what is stored, and then the stored pages are the shorter list.
    if ((endByte - firstByte) / PAGE_BYTES > this.#pages.size) {
      for (const page of [...this.#pages.keys()]) {
        this.#clearPage(page, firstByte - page * PAGE_BYTES, endByte - page * PAGE_BYTES);
      }
      return;
    }
    forEachPage(firstByte, endByte - firstByte, (page, start, end) => this.#clearPage(page, start, end));
  }

  #clearPage(page: number, start: number, end: number): void {
    if (end <= 0 || start >= PAGE_BYTES || !this.#pages.has(page)) return;
    if (start <= 0 && end >= PAGE_BYTES) this.#pages.delete(page);
    else this.#ownPage(page).fill(0, Math.max(start, 0), end);
  }

  #ownPage(page: number): Uint8Array {
    const stored = this.#pages.get(page);
    if (stored?.owner === this.#owner) return stored.bytes;
    const bytes = stored ? stored.bytes.slice() : new Uint8Array(PAGE_BYTES);
    this.#pages.set(page, { bytes, owner: this.#owner });
    return bytes;
  }

  #checkOpen(): void {
    if (this.#closed) throw new BlockError('ENODEV', 'the device is closed', []);
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.readOnly) throw new BlockError('EROFS', 'the device is read-only', []);
  }
}

/** Calls `visit` with each page of a byte run: the bytes `[start, end)` of it, `done` bytes into the run. */
function forEachPage(
  byteOffset: number,
  byteLength: number,
  visit: (page: number, start: number, end: number, done: number) => void,
): void {
  for (let done = 0; done < byteLength; ) {
    const page = Math.floor((byteOffset + done) / PAGE_BYTES);
    const start = byteOffset + done - page * PAGE_BYTES;
    const end = Math.min(PAGE_BYTES, start + byteLength - done);
    visit(page, start, end, done);
    done += end - start;
  }
}
