/** Below this an allocation costs less than keeping account. */
const MIN_POOLED_BYTES = 64 * 1024;

/**
 * Keeps large buffers for reuse: the system hands out fresh memory page by page, which takes longer than filling it.
 */
export class BufferPool {
  #free: Uint8Array[] = [];
  #byteCount = 0;

  /** @param maxBytes how much memory it keeps at most */
  constructor(private readonly maxBytes: number) {}

  /** A copy, in a used buffer of the same length if the last one given back has it. */
  copyOf(bytes: Uint8Array): Uint8Array {
    if (this.#free.at(-1)?.length !== bytes.length) return new Uint8Array(bytes);
    const copy = this.#free.pop()!;
    this.#byteCount -= copy.length;
    copy.set(bytes);
    return copy;
  }

  /** Takes a buffer that nobody looks at any more. */
  giveBack(buffer: Uint8Array): void {
    if (buffer.length < MIN_POOLED_BYTES || this.#byteCount + buffer.length > this.maxBytes) return;
    this.#free.push(buffer);
    this.#byteCount += buffer.length;
  }

  /** Lets go of the memory. */
  clear(): void {
    this.#free = [];
    this.#byteCount = 0;
  }
}
