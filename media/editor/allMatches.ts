import type { Answers, ByteRun, ByteSpan, ViewId, Wanted } from '../../src/shared/protocol';
import { SECTOR_SIZE } from '../../src/shared/protocol';
import type { Connection } from './connection';
import type { Watch } from './findBar';
import type { OpenView } from './openView';

/** What a search for all needs of the page. */
export interface AllMatchesContext {
  readonly open: OpenView | null;
  /** Shows matches as a list and on the map; none: hides them. */
  show(matches: readonly ByteRun[]): void;
  focusList(): void;
  say(message: string): void;
}

/** A list that is shown: what it is of, and how it was found. */
interface Listed {
  readonly open: OpenView;
  readonly wanted: Wanted;
  readonly within: ByteSpan | null;
  matches: readonly ByteRun[];
}

type Changes = readonly (readonly [first: number, count: number])[];

/** The longest match of a regular expression. */
const MAX_EXPRESSION_BYTES = 4096;
/** More changes at once than these are not looked through. */
const MAX_CHANGES = 16;

/** The list of all matches: it grows while the search runs, and follows the bytes as they change. */
export class AllMatches {
  #listed: Listed | null = null;

  constructor(
    private readonly connection: Pick<Connection, 'request'>,
    private readonly context: AllMatchesContext,
  ) {}

  /** Searches for all matches and shows them as they are found. */
  async search(wanted: Wanted, within: ByteSpan | null, watch: Watch): Promise<Answers<'searchAll'>> {
    const { open } = this.context;
    if (!open) return { matches: [], isComplete: true, notSearched: { sectorCount: 0, runs: [] } };
    this.hide();
    const listed: Listed = { open, wanted, within, matches: [] };
    const onProgress: Watch['onProgress'] = (done, total, found) => {
      watch.onProgress(done, total, found);
      if (found.length > 0 && this.context.open === open) this.#show(listed, [...listed.matches, ...found]);
    };
    const asks = { view: open.info.id, wanted, within };
    const answer = await this.connection.request('searchAll', asks, { signal: watch.signal, onProgress });
    if (this.context.open === open) {
      this.#show(listed, answer.matches);
      if (answer.isComplete) this.#listed = listed;
      if (answer.matches.length > 0) this.context.focusList();
    }
    return answer;
  }

  hide(): void {
    this.#listed = null;
    this.context.show([]);
  }

  /** Bytes of a view may differ (null: every view, all sectors): looks at these places again. */
  async changed(view: ViewId | null, ranges: Changes | null): Promise<void> {
    const listed = this.#listed;
    if (!listed || (view !== null && view !== listed.open.info.id)) return;
    if (ranges === null || ranges.length > MAX_CHANGES) {
      this.context.say('The bytes changed since all matches were listed: find them again.');
      return;
    }
    for (const [first, count] of ranges) {
      const span = widened(listed, first * SECTOR_SIZE, (first + count) * SECTOR_SIZE);
      if (span.start >= span.end) continue;
      const asks = { view: listed.open.info.id, wanted: listed.wanted, within: span };
      const { matches } = await this.connection.request('searchAll', asks);
      if (this.#listed !== listed) return;
      const others = listed.matches.filter((match) => !isIn(match, span));
      this.#show(
        listed,
        [...others, ...matches].sort((a, b) => a.byteOffset - b.byteOffset),
      );
    }
  }

  #show(listed: Listed, matches: readonly ByteRun[]): void {
    listed.matches = matches;
    this.context.show(matches);
  }
}

/** All places of matches that have a byte of `[start, end)`; matches that are known lie inside it or outside. */
function widened({ open, wanted, within, matches }: Listed, start: number, end: number): ByteSpan {
  const longest = wanted.expression
    ? MAX_EXPRESSION_BYTES
    : Math.max(...wanted.needles.map(({ bytes }) => bytes.length));
  let from = Math.max(start - longest + 1, within?.start ?? 0);
  let to = Math.min(end + longest - 1, within?.end ?? open.info.byteCount);
  for (const { byteOffset, byteCount } of matches) {
    if (byteOffset >= to || byteOffset + byteCount <= from) continue;
    from = Math.min(from, byteOffset);
    to = Math.max(to, byteOffset + byteCount);
  }
  return { start: from, end: to };
}

function isIn({ byteOffset }: ByteRun, { start, end }: ByteSpan): boolean {
  return byteOffset >= start && byteOffset < end;
}
