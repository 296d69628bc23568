import type { ByteRun, Direction, Wanted } from '../shared/protocol';
import type { Found, Haystack, Matcher, Scan } from './matcher';
import type { SearchMemory } from './searchMemory';
import { matcherOf } from './searchPattern';

/** A part of what is searched: matches that begin in `[start, end)` lie in its bytes. */
export interface Part extends Haystack {
  readonly start: number;
  readonly end: number;
  /** Where its bytes begin on the disk. */
  readonly base: number;
  /** The bytes that could not be read, counted from `base`. */
  readonly holes: readonly (readonly [from: number, end: number])[];
}

/** What is looked for in parts that come one after the other. */
export interface PartSearchPlan {
  readonly wanted: Wanted;
  readonly direction: Direction;
  /** Most matches that are wanted. */
  readonly most: number;
}

/** How far a search has come. */
export interface PartSearchState {
  /** How many matches are still wanted. */
  readonly left: number;
  /** Where the next match may begin, since matches don't overlap; of a search backwards 0. */
  readonly next: number;
}

/** Searches part after part, as they come. */
export class PartSearch {
  readonly #matcher: Matcher;
  #left: number;
  #next: number;

  /**
   * @param memory that the bytes of all parts are in
   * @param state of another one, whose search it goes on with
   * @throws RemapError `EINVAL` as {@link matcherOf}
   */
  constructor(
    private readonly plan: PartSearchPlan,
    memory: SearchMemory,
    state: PartSearchState = { left: plan.most, next: 0 },
  ) {
    this.#matcher = matcherOf(plan.wanted, memory);
    this.#left = state.left;
    this.#next = state.next;
  }

  get state(): PartSearchState {
    return { left: this.#left, next: this.#next };
  }

  /** Takes account of matches that were found elsewhere. */
  pass(matches: readonly ByteRun[]): void {
    this.#left -= matches.length;
    const last = matches.at(-1);
    if (last && this.plan.direction === 'next') this.#next = last.byteOffset + last.byteCount;
  }

  /** The matches that begin in a part, in the order of the search, and no more than are still wanted. */
  take(part: Part): ByteRun[] {
    const { direction } = this.plan;
    const scan = this.#matcher.scan(part, direction);
    const found: ByteRun[] = [];
    let from = Math.max(part.start, this.#next) - part.base;
    let to = part.end - part.base;
    while (found.length < this.#left && from < to) {
      const match = findReadable(scan, part, from, to, direction);
      if (!match) break;
      found.push({ byteOffset: part.base + match.at, byteCount: match.length });
      if (direction === 'next') from = match.at + match.length;
      else to = match.at;
    }
    this.pass(found);
    return found;
  }
}

/** The first (or last) match in a part that begins in `[start, end)` and has no byte that could not be read. */
function findReadable(
  scan: Scan,
  { holes }: Part,
  start: number,
  end: number,
  direction: Direction,
): Found | null {
  let from = start;
  let to = end;
  while (from < to) {
    const found = scan.find(from, to);
    if (!found) return null;
    const { at, length } = found;
    const hole = holes.find(([first, last]) => at < last && at + length > first);
    if (!hole) return found;
    if (direction === 'next') from = at < hole[0] ? at + 1 : hole[1];
    else to = Math.min(at, hole[0]);
  }
  return null;
}
