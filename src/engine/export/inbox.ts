/** Bytes that came from a socket and were not taken yet. */
export class Inbox {
  readonly #chunks: Buffer[] = [];
  /** Where the first chunk begins: bytes before that are taken. */
  #start = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The next bytes, or null while there are fewer. They are copied only where they came in several chunks. */
  take(byteCount: number): Buffer | null {
    if (this.#length < byteCount) return null;
    const first = this.#chunks[0];
    const start = this.#start;
    if (first && first.length - start >= byteCount) {
      this.#advance(byteCount);
      return first.subarray(start, start + byteCount);
    }
    const bytes = Buffer.allocUnsafe(byteCount);
    this.takeInto(bytes, 0);
    return bytes;
  }

  /** Moves as many bytes as there are into the rest of a buffer, and answers how many. */
  takeInto(target: Buffer, from: number): number {
    let at = from;
    while (at < target.length && this.#length > 0) {
      const copied = this.#chunks[0]!.copy(target, at, this.#start);
      this.#advance(copied);
      at += copied;
    }
    return at - from;
  }

  /** Drops up to so many bytes, and answers how many. */
  skip(byteCount: number): number {
    let left = byteCount;
    while (left > 0 && this.#length > 0) {
      const dropped = Math.min(left, this.#chunks[0]!.length - this.#start);
      this.#advance(dropped);
      left -= dropped;
    }
    return byteCount - left;
  }

  /** @param byteCount at most what is left of the first chunk */
  #advance(byteCount: number): void {
    this.#length -= byteCount;
    this.#start += byteCount;
    if (this.#start < (this.#chunks[0]?.length ?? 0)) return;
    this.#chunks.shift();
    this.#start = 0;
  }
}
