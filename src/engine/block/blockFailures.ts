import { BlockError, type SectorRange } from '../errors';
import { mergeRanges } from './range';

/** What became of the parts of a request. */
export interface PartsOutcome {
  /** The sectors that failed below, ascending and merged. */
  readonly failed: readonly SectorRange[];
  /** The first error; one with another code than `EIO` comes first, since only `EIO` may be repaired by a remap. */
  readonly cause?: BlockError;
}

/**
 * Waits for all parts of a request and merges their failures.
 * @throws the first error that names no failed sectors, once every part is answered
 */
export async function outcomeOfParts(requests: readonly Promise<void>[]): Promise<PartsOutcome> {
  const failed: SectorRange[] = [];
  let cause: BlockError | undefined;
  let unknown: { error: unknown } | undefined;
  for (const result of await Promise.allSettled(requests)) {
    if (result.status === 'fulfilled') continue;
    const error: unknown = result.reason;
    if (!(error instanceof BlockError) || error.failed.length === 0) {
      unknown ??= { error };
      continue;
    }
    for (const run of error.failed) failed.push(run);
    if (!cause || (cause.code === 'EIO' && error.code !== 'EIO')) cause = error;
  }
  if (unknown) throw unknown.error;
  return cause ? { failed: mergeRanges(failed), cause } : { failed: [] };
}

/** Runs of sectors in words, the first four by number: `sector 5`, `sectors 5 to 9, 20 and 3 more runs`. */
export function describeSectors(runs: readonly SectorRange[]): string {
  const shown = runs
    .slice(0, 4)
    .map(([first, count]) => (count === 1 ? `${first}` : `${first} to ${first + count - 1}`));
  const more = runs.length - shown.length;
  const isOne = runs.length === 1 && runs[0]![1] === 1;
  const rest = more > 0 ? ` and ${more} more run${more === 1 ? '' : 's'}` : '';
  return `${isOne ? 'sector' : 'sectors'} ${shown.join(', ')}${rest}`;
}
