import {
  type Direction,
  type FoundPlace,
  type Landmark,
  type Reveal,
  SECTOR_SIZE,
  type ViewId,
} from '../../src/shared/protocol';
import { byteSize } from './byteTexts';
import type { Connection } from './connection';
import { type Cursor, placedAt, selectionOf } from './cursor';
import type { OpenView } from './openView';
import type { Layout } from './pageLayout';

/** What going somewhere reaches of the editor. */
export interface NavigationHost {
  readonly open: OpenView | null;
  setCursor(cursor: Cursor): void;
  reveal(reveal: Reveal): void;
}

const LANDMARK_WORDS: Record<Landmark, string> = { remapped: 'remapped', bad: 'bad', nonZero: 'non-zero' };

/** Every way of going to a place that isn't in view: by number, by landmark, by content, by origin. */
export class Navigation {
  #seeking: AbortController | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly layout: Layout,
    private readonly host: NavigationHost,
  ) {}

  goTo(byteOffset: number, byteCount = 1): void {
    const { open } = this.host;
    if (!open || open.info.byteCount === 0) return;
    const { scroll } = this.layout.grid;
    const start = Math.min(byteOffset, open.info.byteCount - 1);
    const row = open.geometry.rowOfByte(start);
    if (!scroll.isVisible(row)) scroll.top = open.topRow(start) * scroll.rowHeight;
    this.host.setCursor({
      ...placedAt(open.cursor, start),
      byteOffset: start + byteCount - 1,
      anchor: start,
    });
  }

  /** Goes to the nearest such sector; `from` null: not the cursor's own. */
  async seek(landmark: Landmark, direction: Direction, from: number | null = null): Promise<void> {
    const { open } = this.host;
    if (!open) return;
    this.cancel();
    const seeking = new AbortController();
    this.#seeking = seeking;
    const here = Math.floor(open.cursor.byteOffset / SECTOR_SIZE);
    const none = `No ${LANDMARK_WORDS[landmark]} sector ${direction === 'next' ? 'after' : 'before'} sector ${here}.`;
    const fromSector = from ?? (direction === 'next' ? here + 1 : here - 1);
    if (fromSector < 0 || fromSector >= open.geometry.sectorCount) {
      this.layout.status.say(none);
      return;
    }
    const asks = { view: open.info.id, landmark, fromSector, direction };
    const { status } = this.layout;
    const what = `Looking for the ${direction} ${LANDMARK_WORDS[landmark]} sector…`;
    const busy = status.busy(what, () => seeking.abort());
    const onProgress = (done: number, total: number) =>
      busy.progress(`${byteSize(done)} of ${byteSize(total)}`);
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

  async find(
    pattern: Uint8Array,
    direction: Direction,
    signal: AbortSignal,
    onProgress: (doneBytes: number, totalBytes: number) => void,
  ): Promise<FoundPlace | null> {
    const { open } = this.host;
    if (!open) return null;
    const fromByte = selectionOf(open.cursor).start;
    const asks = { view: open.info.id, pattern, fromByte, direction };
    const found = await this.connection.request('find', asks, { signal, onProgress });
    if (found && this.host.open === open) this.goTo(found.byteOffset, found.byteCount);
    return found;
  }

  /** From a remapped sector to its replacement, and back. */
  follow(sector: number): void {
    const counterpart = this.#counterpart(sector);
    if (counterpart) this.host.reveal(counterpart);
  }

  /** Shows another view: at the same place where that means something, else where one was in it last. */
  switchTo(view: ViewId): void {
    const { open } = this.host;
    if (!open || view === open.info.id) return;
    const { byteOffset } = open.cursor;
    const isDisk = (id: ViewId) => id === 'device' || id === 'main';
    const counterpart = this.#counterpart(Math.floor(byteOffset / SECTOR_SIZE));
    const leadsThere =
      counterpart && (counterpart.view === view || (isDisk(counterpart.view) && isDisk(view)));
    if (leadsThere) this.host.reveal({ view, byteOffset: counterpart.byteOffset });
    else this.host.reveal({ view, byteOffset: isDisk(view) && isDisk(open.info.id) ? byteOffset : null });
  }

  /** Where else the bytes of a sector, or those that replace them, are. */
  #counterpart(sector: number): { view: ViewId; byteOffset: number } | null {
    const state = this.host.open?.cache.sector(sector);
    if (state?.state !== 'ready') return null;
    const { origin, originIndex } = state;
    if (origin.kind !== 'spare' && origin.kind !== 'replaced' && origin.kind !== 'replacement') return null;
    const view = origin.kind === 'replacement' ? 'device' : origin.view;
    return { view, byteOffset: (origin.sector + originIndex) * SECTOR_SIZE };
  }

  cancel(): void {
    this.#seeking?.abort();
    this.#seeking = null;
  }
}
