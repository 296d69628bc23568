/** Numbers from 0 to 1 by a seed (xorshift32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** The seed of a run: `REMAP_FUZZ_SEED`, or another one each time; the test prints it. */
export function fuzzSeed(): number {
  const seed = Number(process.env.REMAP_FUZZ_SEED) || Math.floor(Math.random() * 2 ** 31) + 1;
  console.log(`      REMAP_FUZZ_SEED=${seed}`);
  return seed;
}

/** Random subsets: mostly of a few members, some of many. */
export function* randomSets(members: readonly number[], count: number): Generator<number[]> {
  const random = randomFrom(fuzzSeed());
  for (let set = 0; set < count; set++) {
    const size = Math.ceil(members.length ** (random() ** 2 * 0.8));
    yield Array.from({ length: size }, () => members[Math.floor(random() * members.length)]!);
  }
}
