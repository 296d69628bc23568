import type { SectorBytes, ViewId, ViewInfo } from '../../src/shared/protocol';
import type { Connection } from './connection';
import { type Cursor, selectionOf } from './cursor';
import { OpenView } from './openView';
import type { PageLayout } from './pageLayout';
import type { Places } from './places';
import type { SidePanels } from './sidePanels';

/** A read that takes longer than this is shown as failed, with a way to try again. */
const READ_DEADLINE_MS = 30_000;

/** The view that is shown and its cursor: tells the page and the extension when they change, and saves the place. */
export class CurrentView {
  #views: readonly ViewInfo[] = [];
  #open: OpenView | null = null;

  /** @param onLeave called before a view is left */
  constructor(
    private readonly connection: Connection,
    private readonly layout: PageLayout,
    private readonly panels: SidePanels,
    private readonly places: Places,
    private readonly onLeave: () => void,
  ) {}

  /** The view that is shown, or null while there is none. */
  get open(): OpenView | null {
    return this.#open;
  }

  /** Whether the document has a view. */
  has(id: ViewId): boolean {
    return this.#views.some((view) => view.id === id);
  }

  /**
   * The document has these views from now on. Shows the one with the same id as the one that was shown last; if there
   * is none, the first.
   */
  setViews(views: readonly ViewInfo[]): void {
    const last = this.#open?.info.id ?? this.places.view;
    this.close();
    this.#views = views;
    const view = views.find(({ id }) => id === last) ?? views[0];
    if (view) this.show(view.id);
  }

  /** Shows a view, at the place where the user last was in it. */
  show(id: ViewId): void {
    const info = this.#views.find((view) => view.id === id);
    if (!info) return;
    this.close();
    this.layout.showView(this.#views, info);
    const open = new OpenView(
      info,
      this.layout.grid.fittingBytesPerRow,
      (first, count, signal) => this.#read(id, first, count, signal),
      (changed) => {
        this.layout.grid.flash(changed);
        this.#updated();
      },
    );
    this.#open = open;
    const place = this.places.in(id);
    if (place) open.cursor = open.clamp(place.cursor);
    this.layout.relayout(place?.topByte ?? 0);
    this.panels.viewChanged();
    this.#cursorMoved();
  }

  /** Leaves the view, and saves the place in it. */
  close(): void {
    const open = this.#open;
    if (!open) return;
    this.onLeave();
    this.savePlace();
    open.cache.dispose();
    this.#open = null;
  }

  /** Bytes or origins of a view (null: of all) may have changed; null ranges stand for every sector. */
  changed(view: ViewId | null, ranges: readonly (readonly [first: number, count: number])[] | null): void {
    if (!this.#open || (view !== null && view !== this.#open.info.id)) return;
    this.#open.cache.invalidate(ranges);
    this.panels.bytesChanged(ranges);
    this.#updated();
  }

  /** Moves the cursor, and scrolls as little as possible to have it in view. */
  setCursor(cursor: Cursor): void {
    const open = this.#open;
    if (!open || open.info.byteCount === 0) return;
    open.cursor = open.clamp(cursor);
    this.layout.grid.scroll.revealRow(open.geometry.rowOfByte(open.cursor.byteOffset));
    this.layout.grid.tellSectorsShown();
    this.#cursorMoved();
  }

  /** The scroll position changed. */
  scrolled(): void {
    this.layout.grid.refresh();
    this.layout.showPosition();
    this.savePlace();
  }

  /** Saves where the user is, for the next time that the view is shown. */
  savePlace(): void {
    const open = this.#open;
    if (!open) return;
    const topByte = open.topByte(this.layout.grid.scroll.firstRow);
    this.places.save(open.info.id, { cursor: open.cursor, topByte }, this.panels.inspectorOpen);
  }

  /** Ends every read, without saving the place. */
  dispose(): void {
    this.#open?.cache.dispose();
  }

  async #read(
    view: ViewId,
    firstSector: number,
    sectorCount: number,
    signal: AbortSignal,
  ): Promise<SectorBytes> {
    const deadline = AbortSignal.timeout(READ_DEADLINE_MS);
    const options = { signal: AbortSignal.any([signal, deadline]) };
    try {
      return await this.connection.request('read', { view, firstSector, sectorCount }, options);
    } catch (error) {
      if (deadline.aborted && !signal.aborted) throw new Error('No answer for 30 seconds.');
      throw error;
    }
  }

  /** Something that is shown may have arrived or changed. */
  #updated(): void {
    this.layout.grid.refresh();
    this.panels.showCursor();
  }

  #cursorMoved(): void {
    const open = this.#open;
    if (!open) return;
    this.layout.grid.refresh();
    this.layout.showPosition();
    this.panels.showCursor();
    const selection = { view: open.info.id, ...selectionOf(open.cursor) };
    this.connection.send({ type: 'selection', selection });
    this.savePlace();
  }
}
