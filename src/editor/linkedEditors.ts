import { describeError } from '../contract/errorSentences';
import { printable, type SectorRange } from '../engine';
import {
  type Answers,
  type ComparisonState,
  type Direction,
  SECTOR_SIZE,
  type ViewId,
} from '../shared/protocol';
import { type ComparedView, comparedSectors, compareShown } from './comparedView';
import { ComparisonScan } from './comparisonScan';
import { comparisonWords } from './comparisonWords';
import type { DocumentEvent, SectorDocument } from './document';
import type { DocumentRequest } from './editorRequests';
import { runsEqualOnBothSides } from './equalRuns';
import type { EditorLink, EditorSession } from './session';

/** One of two editors that are compared. */
export interface LinkedSide extends ComparedView {
  readonly session: EditorSession;
  readonly document: SectorDocument;
  /** What it shows, for the other side's status: `pair main`. */
  readonly name: string;
}

/** The pages are told of progress no more often than this. */
const TELL_EVERY_MS = 250;

/**
 * Two editors side by side whose views are compared: both mark what differs and scroll together, sector by sector from where
 * each of the sides begins. Ends when one of them closes.
 */
export class LinkedEditors implements EditorLink {
  readonly scan: ComparisonScan;
  readonly #listeners: readonly { dispose(): void }[];
  #tellTimer: ReturnType<typeof setTimeout> | undefined;
  #isEnded = false;
  /** Where both are scrolled to, from where the sides begin. */
  #place: { readonly sector: number; readonly millionths: number } | null = null;

  /** @param onEnd called once, when it ends */
  constructor(
    readonly sides: readonly [LinkedSide, LinkedSide],
    private readonly onEnd: () => void,
  ) {
    for (const { session } of sides) session.link?.end();
    this.scan = new ComparisonScan(sides, () => this.#tellSoon());
    this.#listeners = sides.map((side) => side.document.onDidChange((event) => this.#follow(side, event)));
    for (const { session } of sides) session.join(this);
    this.scan.restart();
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.scan.stop();
    clearTimeout(this.#tellTimer);
    for (const listener of this.#listeners) listener.dispose();
    for (const { session } of this.sides) session.join(null);
    this.onEnd();
  }

  stateFor(session: EditorSession): ComparisonState {
    const { scan } = this;
    const [own, other] = this.#sidesOf(session);
    const state = scan.state === 'failed' ? 'stopped' : scan.state;
    const words = comparisonWords(scan, printable(other.name), own.firstSector, {
      own: comparedSectors(own),
      other: comparedSectors(other),
    });
    return { side: own === this.sides[0] ? 'first' : 'second', state, words };
  }

  async answer(
    session: EditorSession,
    request: DocumentRequest,
    answer: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    const [own, other] = this.#sidesOf(session);
    if (request.view !== own.view) return answer;
    switch (request.kind) {
      case 'map':
        return [...(answer as Answers<'map'>), this.scan.differences.layer(request, own.firstSector)];
      case 'read': {
        const shown = answer as Answers<'read'>;
        // A side that can't be read for now is no reason to hide the other one's bytes.
        const compared = await compareShown(own, other, shown, signal).catch(() => null);
        return compared ? { ...shown, compared } : shown;
      }
      case 'equalRuns': {
        const { firstSector, sectorCount } = request;
        const shown = await own.document.edits.show(own.view, firstSector, sectorCount, signal);
        const compared = await compareShown(own, other, shown, signal);
        const end = own.firstSector + comparedSectors(own);
        return runsEqualOnBothSides(shown, compared, own.firstSector, end);
      }
      default:
        return answer;
    }
  }

  opened(session: EditorSession): void {
    session.showComparison();
    this.#scroll(this.#sidesOf(session)[0]);
  }

  scrolled(session: EditorSession, view: ViewId, sector: number, millionths: number): void {
    const [own, other] = this.#sidesOf(session);
    if (view !== own.view) return;
    this.#place = { sector: sector - own.firstSector, millionths };
    this.#scroll(other);
  }

  act(act: 'stop' | 'goOn'): void {
    this.scan[act]();
  }

  /** The nearest run of differing sectors after or before the cursor of an editor, counted from where both sides begin. */
  nearest(session: EditorSession, direction: Direction): SectorRange | null {
    const [own] = this.#sidesOf(session);
    const { cursor } = session;
    const from = cursor?.view === own.view ? cursor.sector - own.firstSector : -1;
    return this.scan.differences.nearest(from, direction);
  }

  /** Goes to the first byte that differs in a sector, in both editors; the one of `session` has the focus. */
  async goTo(session: EditorSession, sector: number): Promise<void> {
    const within = await this.#firstDiffering(sector);
    for (const side of this.sides) {
      const byteOffset = (side.firstSector + sector) * SECTOR_SIZE + within;
      side.session.reveal({ view: side.view, byteOffset }, side.session === session);
    }
  }

  #scroll({ session, view, firstSector }: LinkedSide): void {
    if (!this.#place) return;
    const { sector, millionths } = this.#place;
    if (firstSector + sector < 0) session.scrollTo(view, 0, 0);
    else session.scrollTo(view, firstSector + sector, millionths);
  }

  /** Which byte of a sector is the first that differs. */
  async #firstDiffering(sector: number): Promise<number> {
    const [own, other] = this.sides;
    const { signal } = new AbortController();
    try {
      const shown = await own.document.edits.show(own.view, own.firstSector + sector, 1, signal);
      const { differing } = await compareShown(own, other, shown, signal);
      return Math.max(0, differing.indexOf(1));
    } catch (error) {
      this.sides[0].session.say(describeError(error).message);
      return 0;
    }
  }

  #sidesOf(session: EditorSession): readonly [own: LinkedSide, other: LinkedSide] {
    const [one, other] = this.sides;
    return session === one.session ? [one, other] : [other, one];
  }

  /** Compares again what changed on a side, and has the other side's page mark it. */
  #follow(side: LinkedSide, event: DocumentEvent): void {
    if (event.kind === 'opened') this.scan.restart();
    if (event.kind !== 'changed' || (event.view !== null && event.view !== side.view)) return;
    const [, other] = this.#sidesOf(side.session);
    if (event.ranges === null) {
      other.session.readAgain(other.view, null);
      this.scan.restart();
      return;
    }
    const ranges = event.ranges.map(([first, count]) => [first - side.firstSector, count] as const);
    const there = ranges.filter(([first, count]) => first + count + other.firstSector > 0);
    const ofOther = there.map(([first, count]) => [Math.max(0, first + other.firstSector), count] as const);
    if (ofOther.length > 0) other.session.readAgain(other.view, ofOther);
    this.scan.changed(ranges);
  }

  #tellSoon(): void {
    if (this.#isEnded) return;
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = undefined;
      for (const { session } of this.sides) session.showComparison();
    }, TELL_EVERY_MS);
  }
}
