import { EQUAL_ON_BOTH_SIDES, type EqualRun } from '../../src/shared/protocol';
import type { Fold } from './foldLayout';
import { decimal, sectorName, sizeNote } from './numberTexts';

/** Fewer equal sectors than this are shown. */
const LEAST_SECTORS = 4;
/** So many places that were opened are remembered. */
const MOST_OPENED = 256;
const ZEROS = '00';

/**
 * The runs of equal sectors of a view, as far as they are known: from the holes of its file, and from what was read. One is
 * a fold unless a place in it was opened.
 */
export class Folds {
  /** Both ascending, disjoint, and joined where equal ones touch. */
  #holes: readonly EqualRun[] = [];
  #found: readonly EqualRun[] = [];
  /** Sectors at which a person opened a fold, or to which they went. */
  #opened: number[] = [];
  /** Made anew when they are asked for after a change. */
  #runs: readonly EqualRun[] | null = null;
  #closed: readonly Fold[] | null = null;

  /** The folds, ascending and disjoint. */
  get closed(): readonly Fold[] {
    this.#closed ??= this.#longRuns.filter((run) => !this.#isOpened(run)).map(foldOf);
    return this.#closed;
  }

  /** Takes the runs of empty sectors: firsts and counts by turns, ascending. */
  setHoles(runs: Float64Array): void {
    const holes: EqualRun[] = [];
    for (let at = 0; at < runs.length; at += 2)
      holes.push({ first: runs[at]!, count: runs[at + 1]!, content: ZEROS });
    this.#holes = holes;
    this.#runs = null;
    this.#closed = null;
  }

  /** Takes runs that were found by reading. */
  add(runs: readonly EqualRun[]): void {
    this.#found = joined([...this.#found, ...runs]);
    this.#runs = null;
    this.#closed = null;
  }

  /** Sectors changed (null: all may have): nothing is known of them any more. */
  forget(ranges: readonly (readonly [first: number, count: number])[] | null): void {
    this.#holes = ranges ? without(this.#holes, ranges) : [];
    this.#found = ranges ? without(this.#found, ranges) : [];
    this.#runs = null;
    this.#closed = null;
  }

  /** Whether a sector is empty by the holes of the file. */
  isHole(sector: number): boolean {
    return runAt(this.#holes, sector) !== undefined;
  }

  /** The run of equal sectors that a sector is in, open or not. */
  runAt(sector: number): EqualRun | undefined {
    return runAt(this.#longRuns, sector);
  }

  /** From now on the fold of this sector is open, also one that is found later. */
  open(sector: number): void {
    this.#opened = [...this.#opened.filter((other) => other !== sector), sector].slice(-MOST_OPENED);
    this.#closed = null;
  }

  /** Folds the run of a sector again. @returns false if it is in none that was opened */
  close(sector: number): boolean {
    const run = this.runAt(sector);
    if (!run || !this.#isOpened(run)) return false;
    this.#opened = this.#opened.filter((other) => !isIn(run, other));
    this.#closed = null;
    return true;
  }

  /** Folds everything again. */
  closeAll(): void {
    this.#opened = [];
    this.#closed = null;
  }

  get #longRuns(): readonly EqualRun[] {
    this.#runs ??= joined([...this.#holes, ...this.#found]).filter(({ count }) => count >= LEAST_SECTORS);
    return this.#runs;
  }

  #isOpened(run: EqualRun): boolean {
    return this.#opened.some((sector) => isIn(run, sector));
  }
}

function isIn({ first, count }: EqualRun, sector: number): boolean {
  return sector >= first && sector < first + count;
}

function runAt(runs: readonly EqualRun[], sector: number): EqualRun | undefined {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (runs[middle]!.first <= sector) low = middle + 1;
    else high = middle;
  }
  const run = runs[low - 1];
  return run && isIn(run, sector) ? run : undefined;
}

/** The runs in order; equal ones that touch or overlap are one, and of others that overlap the first has the sectors. */
function joined(runs: EqualRun[]): EqualRun[] {
  const result: { first: number; count: number; content: string }[] = [];
  for (const run of runs.sort((a, b) => a.first - b.first)) {
    const last = result[result.length - 1];
    const end = run.first + run.count;
    const lastEnd = last ? last.first + last.count : 0;
    if (last && run.content === last.content && run.first <= lastEnd)
      last.count = Math.max(end, lastEnd) - last.first;
    else if (end > lastEnd) {
      const first = Math.max(run.first, lastEnd);
      result.push({ first, count: end - first, content: run.content });
    }
  }
  return result;
}

/** What is left of the runs outside of some ranges. */
function without(
  runs: readonly EqualRun[],
  ranges: readonly (readonly [first: number, count: number])[],
): EqualRun[] {
  return ranges.reduce<EqualRun[]>(
    (left, [from, count]) =>
      left.flatMap((run) => {
        const [end, to] = [run.first + run.count, from + count];
        if (end <= from || run.first >= to) return [run];
        const before = { ...run, count: from - run.first };
        const after = { ...run, first: to, count: end - to };
        return [before, after].filter((part) => part.count > 0);
      }),
    [...runs],
  );
}

function foldOf({ first, count, content }: EqualRun): Fold {
  return { first, count, words: contentWords(content) };
}

/** What every sector of a run has, in words. */
function contentWords(content: string): string {
  if (content === ZEROS) return 'all zeros';
  if (content === EQUAL_ON_BOTH_SIDES) return 'the same on both sides';
  return content.length === ZEROS.length ? `all 0x${content.toUpperCase()}` : 'all equal';
}

/**
 * A fold in words: `Sectors 2,048 to 10,239: all zeros, 8,192 sectors`. One that isn't counted in the sectors that are shown
 * says where it begins.
 * @param ofBytes in sectors of how many bytes the fold is counted
 */
export function foldText({ first, count, words }: Fold, ofBytes: number, sectorSize: number): string {
  const all = `${words}, ${decimal(count)} ${count === 1 ? 'sector' : 'sectors'}`;
  if (sectorSize !== ofBytes)
    return `From ${sectorName(first * ofBytes, sectorSize)}: ${all} of ${ofBytes} bytes`;
  const last = first + count - 1;
  const sectors = count === 1 ? `Sector ${decimal(first)}` : `Sectors ${decimal(first)} to ${decimal(last)}`;
  return `${sectors}${sizeNote(sectorSize)}: ${all}`;
}
