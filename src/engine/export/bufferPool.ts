/** Sizes are rounded up to a multiple of this, so that a buffer fits requests of nearly its size. */
const ROUND_BYTES = 4096;

/**
 * Buffers for data under way, which are used again: the system must give a new one its pages, and that takes as long as
 * copying them does. What a buffer held before is still in it when it is taken.
 */
export class BufferPool {
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #limitBytes: number;
  #freeBytes = 0;

  /** @param limitBytes of the buffers that are kept for use */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** A buffer of that length, with any content. */
  take(byteCount: number): Buffer {
    const size = Math.ceil(byteCount / ROUND_BYTES) * ROUND_BYTES;
    const found = this.#free.get(size)?.pop();
    if (!found) return Buffer.allocUnsafeSlow(size).subarray(0, byteCount);
    this.#freeBytes -= size;
    return Buffer.from(found, 0, byteCount);
  }

  /** Takes back a buffer, to which nothing refers any more. */
  give(buffer: Buffer): void {
    const bytes = buffer.buffer as ArrayBuffer;
    const size = bytes.byteLength;
    if (this.#freeBytes + size > this.#limitBytes) {
      // They are of sizes that are not asked for any more, or too many.
      this.#free.clear();
      this.#freeBytes = 0;
    }
    const list = this.#free.get(size);
    if (list) list.push(bytes);
    else this.#free.set(size, [bytes]);
    this.#freeBytes += size;
  }
}

/** The buffers of all servers: as much as the clients of one hold at a time, since what isn't kept must be collected. */
export const dataBuffers = new BufferPool(16 * 1024 * 1024);
