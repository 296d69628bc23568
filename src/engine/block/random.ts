/** A source of numbers in `[0, 1)`, as `Math.random`. Injected wherever chance decides, so that a seed repeats a run. */
export type Random = () => number;

/**
 * A deterministic {@link Random}: equal seeds give equal sequences, on every platform and in every release.
 *
 * The generator is xoshiro128** (Blackman and Vigna), its state filled from the seed by SplitMix32, so that near seeds
 * (1, 2, 3…) give unrelated sequences. Each number carries 32 random bits. Not for secrets.
 *
 * @param seed any integer; its lower 32 bits count
 */
export function seededRandom(seed: number): Random {
  let mix = seed | 0;
  const nextState = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let s0 = nextState();
  let s1 = nextState();
  let s2 = nextState();
  let s3 = nextState();
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9);
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return (result >>> 0) / 2 ** 32;
  };
}

/** An integer in `[0, bound)`, drawn from `random`. */
export function randomInteger(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
