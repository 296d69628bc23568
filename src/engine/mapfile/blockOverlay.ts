import { type Slices, STEPS_PER_SLICE } from '../concurrency/slices';
import { type RescueBlock, type RescueBlocks, RescueBlocksBuilder } from './rescueBlocks';

/**
 * A rescue map with other statuses in some runs; the others keep theirs, byte by byte. Where the map doesn't reach to a
 * run, the bytes between were never tried.
 * @param runs ascending and disjoint
 */
export function* overlayBlocks(blocks: RescueBlocks, runs: readonly RescueBlock[]): Slices<RescueBlocks> {
  const result = new RescueBlocksBuilder();
  let next = 0;
  let steps = 0;
  for (const { start, end, status } of coveringBlocks(blocks, runs)) {
    let at = start;
    for (let run = runs[next]; run && run.start < end; run = runs[next]) {
      const from = Math.max(run.start, at);
      const to = Math.min(run.end, end);
      result.append(at, from, status);
      result.append(from, to, run.status);
      at = to;
      if (run.end > end) break;
      next++;
    }
    result.append(at, end, status);
    if (++steps % STEPS_PER_SLICE === 0) yield;
  }
  return result.build(Number.isSafeInteger(blocks.end) ? undefined : blocks.exactEnd);
}

/** The blocks of a map, with untried ones before and after them so that all runs lie in blocks. */
function* coveringBlocks(blocks: RescueBlocks, runs: readonly RescueBlock[]): Generator<RescueBlock> {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first && first.start < blocks.start) yield { start: 0, end: blocks.start, status: '?' };
  yield* blocks;
  if (last && last.end > blocks.end) yield { start: blocks.end, end: last.end, status: '?' };
}
