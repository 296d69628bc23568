import { type Random, randomInteger, seededRandom } from '../../../src/engine/block/random';

/** Random numbers by `REMAP_FUZZ_SEED`, or by another seed each time; the seed is printed. */
export function printedRandom(): Random {
  const seed = Number(process.env.REMAP_FUZZ_SEED) || Math.floor(Math.random() * 2 ** 31) + 1;
  console.log(`      REMAP_FUZZ_SEED=${seed}`);
  return seededRandom(seed);
}

/** Random subsets: mostly of a few members, some of many. */
export function* randomSets(members: readonly number[], count: number): Generator<number[]> {
  const random = printedRandom();
  for (let set = 0; set < count; set++) {
    const size = Math.ceil(members.length ** (random() ** 2 * 0.8));
    yield Array.from({ length: size }, () => members[randomInteger(random, members.length)]!);
  }
}
