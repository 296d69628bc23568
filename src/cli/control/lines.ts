import type { Readable } from 'node:stream';

/** Whole lines of a stream, without their ends; what comes after the last line end is dropped. */
export class LineReader {
  #pieces: Buffer[] = [];
  #byteCount = 0;

  /** @param onLine hears of each line */
  constructor(
    private readonly stream: Readable,
    private readonly onLine: (line: string) => void,
    /** Asked before so many more bytes are kept; false: the reader stops, and drops what it has. */
    private readonly mayKeep: (byteCount: number) => boolean,
  ) {
    stream.on('data', this.#take);
  }

  /** Bytes of a line that isn't whole yet. */
  get byteCount(): number {
    return this.#byteCount;
  }

  /** Takes no more, and forgets what it has. */
  stop(): void {
    this.stream.off('data', this.#take);
    this.#pieces = [];
    this.#byteCount = 0;
  }

  readonly #take = (bytes: Buffer): void => {
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      if (!this.#keep(bytes.subarray(start, end))) return;
      const line = Buffer.concat(this.#pieces).toString('utf8');
      this.#pieces = [];
      this.#byteCount = 0;
      start = end + 1;
      this.onLine(line);
    }
    this.#keep(bytes.subarray(start));
  };

  #keep(piece: Buffer): boolean {
    if (piece.length === 0) return true;
    if (!this.mayKeep(piece.length)) {
      this.stop();
      return false;
    }
    this.#pieces.push(piece);
    this.#byteCount += piece.length;
    return true;
  }
}
