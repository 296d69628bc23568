/** What a rescue knows of a block: not tried, not trimmed, not scraped, bad, or read. */
export type BlockStatus = '?' | '*' | '/' | '-' | '+';

const STATUSES: readonly BlockStatus[] = ['?', '*', '/', '-', '+'];

export function isBlockStatus(word: string | undefined): word is BlockStatus {
  return (STATUSES as readonly (string | undefined)[]).includes(word);
}

/** A run of bytes of one status; `end` is exclusive. */
export interface RescueBlock {
  readonly start: number;
  readonly end: number;
  readonly status: BlockStatus;
}

/**
 * The blocks of a rescue map: contiguous runs of bytes, each with what a rescue knows of it. Compact: neighbours differ
 * in status, and a block takes nine bytes of memory. Positions are bytes and exact, except that the last block may end
 * anywhere below 2^63, since a tool that doesn't know the size of its disk gives it the largest size there is.
 * Immutable.
 */
export class RescueBlocks {
  readonly #starts: Float64Array;
  readonly #statuses: Uint8Array;
  /** Where the last block ends, exactly. */
  readonly exactEnd: bigint;

  constructor(starts: Float64Array, statuses: Uint8Array, exactEnd: bigint) {
    this.#starts = starts;
    this.#statuses = statuses;
    this.exactEnd = exactEnd;
  }

  get length(): number {
    return this.#starts.length;
  }

  /** Where the first block starts. */
  get start(): number {
    return this.#starts[0] ?? 0;
  }

  /** Where the last block ends; rounded if that is beyond 2^53. */
  get end(): number {
    return Number(this.exactEnd);
  }

  startOf(index: number): number {
    return this.#starts[index]!;
  }

  endOf(index: number): number {
    return this.#starts[index + 1] ?? this.end;
  }

  statusOf(index: number): BlockStatus {
    return STATUSES[this.#statuses[index]!]!;
  }

  *[Symbol.iterator](): Iterator<RescueBlock> {
    for (let i = 0; i < this.length; i++) {
      yield { start: this.startOf(i), end: this.endOf(i), status: this.statusOf(i) };
    }
  }
}

/** Builds {@link RescueBlocks} from its blocks in order, merging neighbours of one status. */
export class RescueBlocksBuilder {
  #starts = new Float64Array(64);
  #statuses = new Uint8Array(64);
  #length = 0;
  #end = 0;

  /** Adds a block; `start` must be where the last one ended. An empty block adds nothing. */
  append(start: number, end: number, status: BlockStatus): void {
    if (end <= start) return;
    this.#end = end;
    const code = STATUSES.indexOf(status);
    if (this.#length > 0 && this.#statuses[this.#length - 1] === code) return;
    if (this.#length === this.#starts.length) this.#grow();
    this.#starts[this.#length] = start;
    this.#statuses[this.#length] = code;
    this.#length++;
  }

  /** @param exactEnd where the last block ends, if that isn't a safe integer */
  build(exactEnd?: bigint): RescueBlocks {
    const starts = this.#starts.slice(0, this.#length);
    return new RescueBlocks(starts, this.#statuses.slice(0, this.#length), exactEnd ?? BigInt(this.#end));
  }

  #grow(): void {
    const starts = new Float64Array(this.#length * 2);
    const statuses = new Uint8Array(this.#length * 2);
    starts.set(this.#starts);
    statuses.set(this.#statuses);
    this.#starts = starts;
    this.#statuses = statuses;
  }
}

const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

/** A position or size as ddrescue writes it: at least eight hexadecimal digits. */
export function formatPosition(value: number | bigint): string {
  if (typeof value === 'bigint' || value > Number.MAX_SAFE_INTEGER) {
    return `0x${value.toString(16).toUpperCase().padStart(8, '0')}`;
  }
  const high = Math.floor(value / 2 ** 32);
  const low =
    HEX_PAIRS[(value / 2 ** 24) & 0xff]! +
    HEX_PAIRS[(value >>> 16) & 0xff]! +
    HEX_PAIRS[(value >>> 8) & 0xff]! +
    HEX_PAIRS[value & 0xff]!;
  return high === 0 ? `0x${low}` : `0x${high.toString(16).toUpperCase()}${low}`;
}
