import {
  type Answers,
  type ByteSpan,
  type Direction,
  type GoToTarget,
  type Landmark,
  type Reveal,
  SECTOR_SIZE,
  type ViewId,
  type Wanted,
} from '../../src/shared/protocol';
import type { Connection } from './connection';
import { type Cursor, placedAt, selectionOf } from './cursor';
import type { EditorStatus } from './editorStatus';
import type { Watch } from './findBar';
import type { ScrollModel } from './geometry';
import { sizeText } from './numberTexts';
import type { OpenView } from './openView';
import type { PlaceHistory, Stop } from './placeHistory';

/** What going somewhere needs of the editor. */
export interface NavigationContext {
  readonly open: OpenView | null;
  readonly scroll: ScrollModel;
  readonly status: Pick<EditorStatus, 'say' | 'busy'>;
  readonly history: PlaceHistory;
  setCursor(cursor: Cursor): void;
  hasView(view: ViewId): boolean;
  showView(view: ViewId): void;
  /** Opens the fold that a sector is in. */
  openFold(sector: number): void;
  /** Gives the focus to the bytes. */
  focus(): void;
  /** The places to go back and forward to are others now. */
  historyChanged(): void;
}

/** What is gone to, in words. */
const LANDMARK_WORDS: Record<Landmark, string> = {
  remapped: 'remapped sector',
  bad: 'bad sector',
  notRescued: 'sector that was not rescued',
  marker: 'marker sector',
  unsaved: 'changed sector',
  nonZero: 'non-zero sector',
};

/** Every way of going to a place that isn't in the viewport: by number, by landmark, by content, by origin. */
export class Navigation {
  #seeking: AbortController | null = null;

  constructor(
    private readonly connection: Pick<Connection, 'request'>,
    private readonly context: NavigationContext,
  ) {}

  /** As {@link show}; Go Back returns to where the person was. */
  goTo(byteOffset: number, byteCount = 1): void {
    this.#leaving(() => this.show(byteOffset, byteCount));
  }

  /** As {@link goTo}, in another view too. */
  reveal(reveal: Reveal): void {
    this.#leaving(() => this.showPlace(reveal));
  }

  /** Goes to a bookmark, marker or remap entry. @throws Error with a sentence for people if there is none */
  async goToTarget(target: GoToTarget): Promise<void> {
    const { open } = this.context;
    if (!open) return;
    const place = await this.connection.request('locate', { view: open.info.id, target });
    if (this.context.open === open) this.reveal(place);
  }

  /** Returns to the place that was left last, or from there again to the one after it. */
  step(direction: 'back' | 'forward'): void {
    const here = this.#here;
    if (!here) return;
    const stop = this.context.history.step(direction, here, ({ view }) => this.context.hasView(view));
    if (stop) {
      this.showPlace(stop);
      this.context.focus();
    } else
      this.context.status.say(
        direction === 'back' ? 'No place to go back to.' : 'No place to go forward to.',
      );
    this.context.historyChanged();
  }

  /** Shows a place without keeping the one before. */
  showPlace({ view, byteOffset }: Reveal): void {
    if (view !== null && view !== this.context.open?.info.id) this.context.showView(view);
    if (byteOffset !== null) this.show(byteOffset);
  }

  /**
   * Selects bytes, at most to the end of the view, with the cursor on the first. Scrolls them to the top if their first row isn't in the viewport.
   */
  show(byteOffset: number, byteCount = 1): void {
    const { open, scroll } = this.context;
    if (!open || open.info.byteCount === 0) return;
    const start = Math.min(byteOffset, open.info.byteCount - 1);
    this.context.openFold(Math.floor(start / SECTOR_SIZE));
    const row = open.geometry.rowOfByte(start);
    if (!scroll.isVisible(row)) scroll.top = open.topRow(start) * scroll.rowHeight;
    this.context.setCursor({ ...placedAt(open.cursor, start), anchor: start + byteCount - 1 });
  }

  /**
   * Goes to the nearest sector with a landmark, or says that there is none.
   * @param from the first sector to look at; null: the one after or before the cursor's
   */
  async seek(landmark: Landmark, direction: Direction, from: number | null = null): Promise<void> {
    const { open, status } = this.context;
    if (!open) return;
    this.cancel();
    const seeking = new AbortController();
    this.#seeking = seeking;
    const here = Math.floor(open.cursor.byteOffset / SECTOR_SIZE);
    const kind = LANDMARK_WORDS[landmark];
    const none = `No ${kind} ${direction === 'next' ? 'after' : 'before'} sector ${here}.`;
    const fromSector = from ?? (direction === 'next' ? here + 1 : here - 1);
    if (fromSector < 0 || fromSector >= open.geometry.diskSectorCount) {
      status.say(none);
      return;
    }
    const asks = { view: open.info.id, landmark, fromSector, direction };
    const busy = status.busy(`Looking for the ${direction} ${kind}…`, () => seeking.abort());
    const onProgress = (done: number, total: number) =>
      busy.progress(`${sizeText(done)} of ${sizeText(total)}`);
    try {
      const sector = await this.connection.request('seek', asks, { signal: seeking.signal, onProgress });
      busy.end();
      if (sector !== null) this.goTo(sector * SECTOR_SIZE);
      else status.say(none);
    } catch (error) {
      busy.end();
      if (this.#seeking === seeking)
        status.say(seeking.signal.aborted ? 'Cancelled.' : (error as Error).message);
    }
  }

  /** Searches from the selection on and goes to the match, unless another view was opened meanwhile. */
  async search(
    wanted: Wanted,
    within: ByteSpan | null,
    direction: Direction,
    watch: Watch,
  ): Promise<Answers<'search'>> {
    const { open } = this.context;
    if (!open) return { match: null, notSearched: { sectorCount: 0, runs: [] } };
    const fromByte = selectionOf(open.cursor).start;
    const asks = { view: open.info.id, wanted, within, fromByte, direction };
    const answer = await this.connection.request('search', asks, watch);
    const { match } = answer;
    if (match && this.context.open === open) this.goTo(match.byteOffset, match.byteCount);
    return answer;
  }

  /** Goes from a remapped sector to its replacement, or back. Does nothing for any other sector. */
  follow(sector: number): void {
    const counterpart = this.#counterpart(sector);
    if (counterpart) this.#revealAndFocus(counterpart);
  }

  /** Shows another view: at the counterpart of the cursor's sector if it is there, else where the user last was in it. */
  switchTo(view: ViewId): void {
    const { open } = this.context;
    if (!open || view === open.info.id) return;
    const { byteOffset } = open.cursor;
    // The device and its main image have the same sectors.
    const isDisk = (id: ViewId) => id === 'device' || id === 'main';
    const counterpart = this.#counterpart(Math.floor(byteOffset / SECTOR_SIZE));
    const leadsThere =
      counterpart && (counterpart.view === view || (isDisk(counterpart.view) && isDisk(view)));
    if (leadsThere) this.#revealAndFocus({ view, byteOffset: counterpart.byteOffset });
    else this.#revealAndFocus({ view, byteOffset: isDisk(view) && isDisk(open.info.id) ? byteOffset : null });
  }

  /** Cancels the seek under way, without a word. */
  cancel(): void {
    this.#seeking?.abort();
    this.#seeking = null;
  }

  #revealAndFocus(reveal: Reveal): void {
    this.reveal(reveal);
    this.context.focus();
  }

  get #here(): Stop | null {
    const { open } = this.context;
    return open && { view: open.info.id, byteOffset: open.cursor.byteOffset };
  }

  /** Keeps the place that `go` leaves, unless it stays there. */
  #leaving(go: () => void): void {
    const before = this.#here;
    go();
    const after = this.#here;
    if (!before || !after) return;
    if (before.view === after.view && before.byteOffset === after.byteOffset) return;
    this.context.history.leave(before);
    this.context.historyChanged();
  }

  /** Where else the bytes of a sector, or those that replace them, are. */
  #counterpart(sector: number): { view: ViewId; byteOffset: number } | null {
    const state = this.context.open?.cache.sector(sector);
    if (state?.state !== 'ready') return null;
    const { origin, originIndex } = state;
    if (origin.kind !== 'spare' && origin.kind !== 'replaced' && origin.kind !== 'replacement') return null;
    const view = origin.kind === 'replacement' ? 'device' : origin.view;
    return { view, byteOffset: (origin.sector + originIndex) * SECTOR_SIZE };
  }
}
