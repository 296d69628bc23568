/** A run of equal bits. */
export interface BitRun {
  readonly first: number;
  readonly count: number;
  readonly isSet: boolean;
}

/** The runs of equal bits among the first `bitCount` of some bytes, the lowest bit of a byte first. */
export function* bitRuns(bytes: Uint8Array, bitCount: number): Generator<BitRun> {
  let first = 0;
  let isSet = ((bytes[0] ?? 0) & 1) === 1;
  for (let bit = 0; bit < bitCount; ) {
    const byte = bytes[bit >> 3]!;
    if ((bit & 7) === 0 && byte === (isSet ? 0xff : 0)) {
      bit += 8;
      continue;
    }
    const here = ((byte >> (bit & 7)) & 1) === 1;
    if (here !== isSet) {
      yield { first, count: bit - first, isSet };
      first = bit;
      isSet = here;
    }
    bit++;
  }
  if (bitCount > first) yield { first, count: bitCount - first, isSet };
}
