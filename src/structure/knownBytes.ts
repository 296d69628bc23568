/** Bytes of a disk, of which some can't be read. */
export class KnownBytes {
  /** @param unreadable runs of them that can't be read: `[from, to)`; their bytes here mean nothing */
  constructor(
    readonly bytes: Uint8Array,
    private readonly unreadable: readonly (readonly [from: number, to: number])[] = [],
  ) {}

  get length(): number {
    return this.bytes.length;
  }

  /** True if all bytes of `[from, to)` are here and can be read. */
  has(from: number, to: number): boolean {
    const isHere = from >= 0 && from <= to && to <= this.bytes.length;
    return isHere && this.unreadable.every(([first, end]) => to <= first || from >= end);
  }

  /** `[from, to)`, or null where one of them isn't known. */
  get(from: number, to: number): Uint8Array | null {
    return this.has(from, to) ? this.bytes.subarray(from, to) : null;
  }

  /** The same bytes, counted from another one on. */
  from(start: number, end = this.bytes.length): KnownBytes {
    const moved = this.unreadable.map(([first, to]) => [first - start, to - start] as const);
    return new KnownBytes(this.bytes.subarray(start, end), moved);
  }
}
