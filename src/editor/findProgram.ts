import {
  block,
  branch,
  branchIf,
  type Code,
  get,
  int,
  loadVector,
  loop,
  moduleOf,
  op,
  set,
  tee,
  type WasmFunction,
} from './wasmCode';

/**
 * The first place in `[from, end)` of the memory where a pattern of `length` bytes begins, or -1: for each of them
 * `(byte ^ wanted) & mask` is 0. `bytes` and `mask` say where the pattern stands in the memory; `first` and `second` are
 * the offsets of the two bytes of it that are looked for. Up to `LOOKS_BEYOND` bytes beyond the last match are read.
 */
export type Find = (
  from: number,
  end: number,
  first: number,
  second: number,
  bytes: number,
  mask: number,
  length: number,
) => number;

/** `exact` takes the two bytes that it looks for as they are, `masked` with their masks: it does a quarter less in a second. */
export interface FindFunctions {
  readonly exact: Find;
  readonly masked: Find;
}

/** Bytes of a vector, and how many of them are looked at before the processor has to choose a way. */
const VECTOR_BYTES = 16;
const VECTORS_AT_ONCE = 8;

export const LOOKS_BEYOND = VECTOR_BYTES * VECTORS_AT_ONCE;

/** The parameters, by their numbers: `at` begins as `from`. Then what the functions keep. */
const [at, end, first, second, bytes, mask, length] = [0, 1, 2, 3, 4, 5, 6];
const [hits, place, index, firstAt, secondAt] = [7, 8, 9, 10, 11];
const [firstByte, firstMask, secondByte, secondMask] = [12, 13, 14, 15];

let program: WebAssembly.Module | undefined;

/**
 * WebAssembly, because nothing else that runs in Node compares as many bytes at once: `Buffer.indexOf` looks for a single
 * byte in vectors, and stops at each, which is every 256th one of random bytes. See test/BENCHMARKS.md.
 */
export function findFunctions(shared: WebAssembly.Memory): FindFunctions {
  program ??= new WebAssembly.Module(moduleOf({ exact: findFunction(false), masked: findFunction(true) }));
  const { exports } = new WebAssembly.Instance(program, { memory: { shared } });
  return exports as unknown as FindFunctions;
}

/**
 *     while (at < end) {
 *       skip 128 places at a time while none of them has both bytes; return -1 at the end
 *       for (place of those of the next 16 that have both bytes) if (place < end && all bytes fit) return place
 *       at += 16
 *     }
 *     return -1
 */
function findFunction(isMasked: boolean): WasmFunction {
  const body = [
    fill(firstByte, bytes, first),
    fill(firstMask, mask, first),
    fill(secondByte, bytes, second),
    fill(secondMask, mask, second),
    block(
      loop(
        [get(at), get(end), op.notLessUnsigned, branchIf(1)],
        [get(at), get(first), op.add, set(firstAt)],
        [get(at), get(second), op.add, set(secondAt)],
        skip(isMasked),
        [hasBoth(0, isMasked), op.highBits, set(hits)],
        returnIfOneFits(),
        [get(at), int(VECTOR_BYTES), op.add, set(at), branch(0)],
      ),
    ),
    int(-1),
  ];
  return { paramCount: 7, intCount: 5, vectorCount: 4, body };
}

/** A vector of the byte that the pattern has at an offset. */
function fill(vector: number, pattern: number, offset: number): Code {
  return [get(pattern), get(offset), op.add, op.loadByte, op.fillVector, set(vector)];
}

/** All ones for each of 16 places that has both bytes. */
function hasBoth(offset: number, isMasked: boolean): Code {
  const has = (where: number, byte: number, mask: number): Code => [
    [get(where), loadVector(offset)],
    isMasked ? [get(mask), op.andVectors] : [],
    [get(byte), op.equalBytes],
  ];
  return [has(firstAt, firstByte, firstMask), has(secondAt, secondByte, secondMask), op.andVectors];
}

function skip(isMasked: boolean): Code {
  const step = VECTORS_AT_ONCE * VECTOR_BYTES;
  const vectors = Array.from({ length: VECTORS_AT_ONCE }, (_, i) => [
    hasBoth(i * VECTOR_BYTES, isMasked),
    i === 0 ? [] : op.orVectors,
  ]);
  const advance = (local: number): Code => [get(local), int(step), op.add, set(local)];
  return block(
    loop(
      [vectors, op.anyBit, branchIf(1)],
      [advance(firstAt), advance(secondAt), advance(at)],
      [get(at), get(end), op.lessUnsigned, branchIf(0)],
    ),
    [int(-1), op.return],
  );
}

function returnIfOneFits(): Code {
  const nextHit = [get(hits), get(hits), int(1), op.subtract, op.and, set(hits), branch(0)];
  return block(
    loop(
      [get(hits), op.isZero, branchIf(1)],
      [get(at), get(hits), op.countTrailingZeros, op.add, tee(place)],
      [get(end), op.notLessUnsigned, branchIf(1)],
      block([int(0), set(index)], loop(differs(), branchIf(1), nextIndex()), [get(place), op.return]),
      nextHit,
    ),
  );
}

/** Whether the byte at `index` of the pattern is another one at this place. */
function differs(): Code {
  const byteOf = (base: number): Code => [get(base), get(index), op.add, op.loadByte];
  return [byteOf(place), byteOf(bytes), op.xor, byteOf(mask), op.and];
}

/** Goes back to the start of the loop while the pattern has a byte more. */
function nextIndex(): Code {
  return [get(index), int(1), op.add, tee(index), get(length), op.lessUnsigned, branchIf(0)];
}
