import { type Slices, STEPS_PER_SLICE } from '../concurrency/slices';
import { type BlockStatus, type RescueBlock, type RescueBlocks, RescueBlocksBuilder } from './rescueBlocks';

/** A rescue map, and how many bytes its image has: what the map calls read beyond them isn't there. */
export interface RescuedImage {
  readonly blocks: RescueBlocks;
  readonly byteLength: number;
}

/** A run of bytes, and what each of two maps says of it. */
export interface BlockPair {
  readonly start: number;
  readonly end: number;
  readonly first: BlockStatus;
  readonly second: BlockStatus;
}

/** The runs of two maps, from byte 0 to where both maps and images end. What a map doesn't reach to was never tried. */
export function* pairedBlocks(first: RescuedImage, second: RescuedImage): Generator<BlockPair> {
  const end = Number(endOf(first, second));
  const [one, other] = [wholeBlocks(first, end), wholeBlocks(second, end)];
  let [a, b] = [one.next(), other.next()];
  for (let at = 0; !a.done && !b.done; ) {
    const to = Math.min(a.value.end, b.value.end);
    yield { start: at, end: to, first: a.value.status, second: b.value.status };
    at = to;
    if (a.value.end === to) a = one.next();
    if (b.value.end === to) b = other.next();
  }
}

/** The map of two rescues as one: read is what either has read, the rest is what the first map says of it. */
export function* mergedBlocks(first: RescuedImage, second: RescuedImage): Slices<RescueBlocks> {
  const merged = new RescueBlocksBuilder();
  let steps = 0;
  for (const { start, end, first: status, second: other } of pairedBlocks(first, second)) {
    merged.append(start, end, other === '+' ? '+' : status);
    if (++steps % STEPS_PER_SLICE === 0) yield;
  }
  return merged.build(endOf(first, second));
}

function endOf(first: RescuedImage, second: RescuedImage): bigint {
  const ends = [first, second].flatMap(({ blocks, byteLength }) => [blocks.exactEnd, BigInt(byteLength)]);
  return ends.reduce((most, end) => (end > most ? end : most));
}

/** The blocks of a map from byte 0 to an end. */
function* wholeBlocks({ blocks, byteLength }: RescuedImage, end: number): Generator<RescueBlock> {
  if (blocks.start > 0) yield { start: 0, end: blocks.start, status: '?' };
  for (const block of blocks) {
    const there = Math.min(Math.max(block.start, byteLength), block.end);
    const isCut = block.status === '+' && there < block.end;
    if (!isCut) yield block;
    else {
      if (there > block.start) yield { ...block, end: there };
      yield { start: there, end: block.end, status: '?' };
    }
  }
  if (blocks.end < end) yield { start: blocks.end, end, status: '?' };
}
