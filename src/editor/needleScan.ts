import type { Direction, Needle } from '../shared/protocol';
import type { Found, Matcher, Scan } from './matcher';

/** Bytes that a needle has for certain, at `offset` of it. */
interface Anchor {
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * Longest anchor. Buffers look for up to seven bytes by the first of them, in the C library, and for longer ones by a
 * method that takes ten times as long where the bytes are random.
 */
const MAX_ANCHOR_BYTES = 7;
/** Most forms, by the case of its letters, that one anchor is looked for in. */
const MAX_FORMS = 16;

/** Bytes, some of which may be any (by a mask), or letters of any case (ASCII). */
export class NeedleMatcher implements Matcher {
  readonly shortest: number;
  readonly longest: number;
  readonly #needle: Needle;
  /** One of them is at its offset in every match; none: no byte is known. */
  readonly #anchors: readonly Anchor[];

  constructor(needle: Needle) {
    const bytes = needle.anyCase ? needle.bytes.map((byte) => LOWER[byte]!) : needle.bytes;
    this.#needle = { ...needle, bytes };
    this.#anchors = anchorsOf(this.#needle);
    this.shortest = bytes.length;
    this.longest = bytes.length;
  }

  scan(haystack: Buffer, direction: Direction): Scan {
    const lastStart = haystack.length - this.longest;
    const fits = (at: number) => fitsAt(this.#needle, haystack, at);
    const streams =
      this.#anchors.length === 0
        ? [new EveryByte(direction)]
        : this.#anchors.map((anchor) => new AnchorStream(haystack, anchor, direction));
    const find = (from: number, to: number): Found | null => {
      const end = Math.min(to, lastStart + 1);
      const at = direction === 'next' ? first(streams, from, end, fits) : last(streams, from, end, fits);
      return at === null ? null : { at, length: this.longest };
    };
    return { find };
  }
}

/** Places where a needle may begin, in the order of a search. What it found last is kept. */
interface Stream {
  /** The nearest place at or after `bound`, or before it; beyond every place where there is none. */
  from(bound: number): number;
}

class EveryByte implements Stream {
  constructor(private readonly direction: Direction) {}

  from(bound: number): number {
    return this.direction === 'next' ? bound : bound - 1;
  }
}

class AnchorStream implements Stream {
  #place: number;

  constructor(
    private readonly haystack: Buffer,
    private readonly anchor: Anchor,
    private readonly direction: Direction,
  ) {
    this.#place = direction === 'next' ? -1 : Number.POSITIVE_INFINITY;
  }

  from(bound: number): number {
    const { haystack, anchor } = this;
    if (this.direction === 'next' && this.#place < bound) {
      const found = haystack.indexOf(anchor.bytes, bound + anchor.offset);
      this.#place = found < 0 ? Number.POSITIVE_INFINITY : found - anchor.offset;
    } else if (this.direction === 'previous' && this.#place >= bound) {
      const found = bound > 0 ? haystack.lastIndexOf(anchor.bytes, bound - 1 + anchor.offset) : -1;
      this.#place = found < 0 ? Number.NEGATIVE_INFINITY : found - anchor.offset;
    }
    return this.#place;
  }
}

type Fits = (at: number) => boolean;

function first(streams: readonly Stream[], from: number, end: number, fits: Fits): number | null {
  for (let bound = from; bound < end; ) {
    let at = Number.POSITIVE_INFINITY;
    for (const stream of streams) at = Math.min(at, stream.from(bound));
    if (at >= end) return null;
    if (fits(at)) return at;
    bound = at + 1;
  }
  return null;
}

function last(streams: readonly Stream[], from: number, end: number, fits: Fits): number | null {
  for (let bound = end; bound > from; ) {
    let at = Number.NEGATIVE_INFINITY;
    for (const stream of streams) at = Math.max(at, stream.from(bound));
    if (at < from) return null;
    if (fits(at)) return at;
    bound = at;
  }
  return null;
}

function fitsAt({ bytes, mask, anyCase }: Needle, haystack: Buffer, at: number): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = haystack[at + i]!;
    const difference = (anyCase ? LOWER[byte]! : byte) ^ bytes[i]!;
    if ((mask === null ? difference : difference & mask[i]!) !== 0) return false;
  }
  return true;
}

/** The anchors that are the quickest to look for: one, or one for each form that its letters have. */
function anchorsOf({ bytes, mask, anyCase }: Needle): Anchor[] {
  let best: { offset: number; bytes: Uint8Array; cost: number } | null = null;
  for (let offset = 0; offset < bytes.length; offset++) {
    let forms = 1;
    for (let length = 1; length <= MAX_ANCHOR_BYTES && offset + length <= bytes.length; length++) {
      const end = offset + length;
      if (mask !== null && mask[end - 1] !== 0xff) break;
      if (anyCase && isLetter(bytes[end - 1]!)) forms *= 2;
      if (forms > MAX_FORMS) break;
      const cost = forms * costOf(bytes[offset]!, length);
      if (best && (cost > best.cost || (cost === best.cost && length <= best.bytes.length))) continue;
      best = { offset, bytes: bytes.subarray(offset, end), cost };
    }
  }
  if (!best) return [];
  const { offset } = best;
  return formsOf(best.bytes, anyCase).map((form) => ({ offset, bytes: Buffer.from(form) }));
}

/**
 * How long an anchor takes, as multiples of the time for the quickest: each place with its first byte is looked at, and each
 * with all its bytes compared. Disks are zeros, erased flash (0xff) and else like random bytes.
 */
function costOf(firstByte: number, length: number): number {
  const looks = firstByte === 0 ? 100 : firstByte === 0xff ? 10 : 1;
  return looks + (length === 1 ? 9 : 0);
}

function formsOf(bytes: Uint8Array, anyCase: boolean): number[][] {
  let forms: number[][] = [[]];
  for (const byte of bytes) {
    const cases = anyCase && isLetter(byte) ? [byte, byte - 0x20] : [byte];
    forms = forms.flatMap((form) => cases.map((each) => [...form, each]));
  }
  return forms;
}

/** Whether a byte of folded text is a letter. */
function isLetter(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte,
);
