import type { Direction, Needle } from '../shared/protocol';
import type { Find } from './findProgram';
import type { Found, Haystack, Matcher, Scan } from './matcher';
import type { SearchMemory } from './searchMemory';

/** How many bytes of the search's memory it takes to look for a needle. */
export function patternBytesOf({ bytes }: Needle): number {
  return 2 * bytes.length;
}

/** Bytes of which those bits count that are 1 in the mask. */
interface Pattern {
  readonly bytes: Uint8Array;
  readonly mask: Uint8Array;
}

/** Bytes, some of which may be any (by a mask), or letters of any case (ASCII). */
export class NeedleMatcher implements Matcher {
  readonly #byteCount: number;
  readonly #findIn: (from: number, end: number) => number;

  constructor(needle: Needle, memory: SearchMemory) {
    const pattern = patternOf(needle);
    const [first, second] = rarestOf(pattern);
    const isExact = pattern.mask[first] === 0xff && pattern.mask[second] === 0xff;
    const { exact, masked } = memory.functions;
    const find: Find = isExact ? exact : masked;
    const bytes = memory.keep(pattern.bytes);
    const mask = memory.keep(pattern.mask);
    this.#byteCount = needle.bytes.length;
    this.#findIn = (from, end) => find(from, end, first, second, bytes, mask, this.#byteCount);
  }

  scan({ place, byteCount }: Haystack, direction: Direction): Scan {
    const bounds = { start: place, end: place + byteCount - this.#byteCount + 1 };
    const scan =
      direction === 'next' ? new Forwards(this.#findIn, bounds) : new Backwards(this.#findIn, bounds);
    const find = (from: number, to: number): Found | null => {
      const at = scan.find(place + from, Math.min(place + to, bounds.end));
      return at === null ? null : { at: at - place, length: this.#byteCount };
    };
    return { find };
  }
}

/** Where in the memory matches may begin. */
interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** Finds the first match in `[from, to)`. The one that it found last is kept: with other needles it is asked for again. */
class Forwards {
  #place = -1;

  constructor(
    private readonly findIn: (from: number, end: number) => number,
    private readonly bounds: Bounds,
  ) {}

  find(from: number, to: number): number | null {
    if (this.#place < from) {
      const found = this.findIn(from, this.bounds.end);
      this.#place = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    return this.#place < to ? this.#place : null;
  }
}

/** How many places are looked at from their first one on, to find the last match in them. */
const PIECE_BYTES = 65_536;

/** As {@link Forwards}, the last match. */
class Backwards {
  #place = Number.POSITIVE_INFINITY;

  constructor(
    private readonly findIn: (from: number, end: number) => number,
    private readonly bounds: Bounds,
  ) {}

  find(from: number, to: number): number | null {
    if (this.#place >= to) this.#place = this.#lastBefore(to);
    return this.#place >= from ? this.#place : null;
  }

  #lastBefore(to: number): number {
    for (let end = to; end > this.bounds.start; end -= PIECE_BYTES) {
      let last = -1;
      let from = Math.max(this.bounds.start, end - PIECE_BYTES);
      for (let found = this.findIn(from, end); found >= 0; found = this.findIn(from, end)) {
        last = found;
        from = found + 1;
      }
      if (last >= 0) return last;
    }
    return Number.NEGATIVE_INFINITY;
  }
}

/** Letters of any case are those without the bit that tells the case. A byte that isn't given whole is no letter. */
function patternOf({ bytes, mask, anyCase }: Needle): Pattern {
  const masks = bytes.map((byte, i) => {
    const given = mask?.[i] ?? 0xff;
    return anyCase && given === 0xff && isLetter(byte) ? 0xdf : given;
  });
  return { bytes: bytes.map((byte, i) => byte & masks[i]!), mask: masks };
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** The offsets of two bytes that are rare on disks, of different ones if there are; the same twice if there is one byte. */
function rarestOf({ bytes, mask }: Pattern): [first: number, second: number] {
  const costs = Array.from(bytes, (byte, i) => costOf(byte, mask[i]!));
  const first = costs.indexOf(Math.min(...costs));
  const beside = costs.map((cost, i) => {
    if (i === first) return Number.POSITIVE_INFINITY;
    return bytes[i] === bytes[first] ? cost + SAME_COST : cost;
  });
  return [first, bytes.length === 1 ? first : beside.indexOf(Math.min(...beside))];
}

/** Disks are zeros, erased flash (0xff) and else like random bytes: this is about how many of 256 are taken for the byte. */
function costOf(byte: number, mask: number): number {
  const zeros = byte === 0 ? 100 : 0;
  const erased = byte === mask ? 10 : 0;
  return zeros + erased + 2 ** countZeroBits(mask);
}

/** Where a byte is, the same one beside it is no surprise. */
const SAME_COST = 50;

function countZeroBits(mask: number): number {
  let count = 0;
  for (let bit = 0; bit < 8; bit++) if (((mask >> bit) & 1) === 0) count++;
  return count;
}
