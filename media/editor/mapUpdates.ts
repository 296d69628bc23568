import { SECTOR_SIZE } from '../../src/shared/protocol';
import type { MapLayer, MapPart } from '../../src/shared/sectorMap';
import type { Connection } from './connection';
import { bucketsFor, MapKnowledge, NO_MAP, totalOf } from './mapModel';
import { MapOwners } from './mapOwners';
import type { OpenView } from './openView';
import type { PageLayout } from './pageLayout';

/** A burst of changes refreshes the maps once. */
const REFRESH_AFTER_MS = 150;
/** To ask a file system for its holes may take seconds for a large file: not more often than this. */
const HOLES_AFTER_MS = 2000;

/** What is asked for one of the two maps. */
interface Asked {
  readonly part: MapPart;
  readonly layers: readonly MapLayer[];
}

/** Keeps the map beside the grid and the large map up to date: what the extension counts, holes, and matches. */
export class MapUpdates {
  readonly #knowledge = new MapKnowledge();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #holesTimer: ReturnType<typeof setTimeout> | undefined;
  #holesAt = Number.NEGATIVE_INFINITY;
  /** Cancels the requests under way. */
  #asking: AbortController | null = null;
  #strip: Asked | null = null;
  #panel: Asked | null = null;
  #changes = 0;
  readonly #owners: MapOwners;

  /** @param holesFound told firsts and counts by turns of what is empty, unless it changed meanwhile; null: not known */
  constructor(
    private readonly connection: Pick<Connection, 'request'>,
    private readonly layout: PageLayout,
    private readonly open: () => OpenView | null,
    private readonly holesFound: (runs: Float64Array | null) => void,
  ) {
    this.#owners = new MapOwners(connection, {
      changed: () => this.#show(),
      failed: (message) => {
        layout.mapPanel.showsOwners = false;
        layout.status.say(message);
        this.#show();
      },
    });
  }

  /** Another view is shown. */
  viewChanged(): void {
    this.#asking?.abort();
    this.#knowledge.empty = null;
    this.#knowledge.matches = null;
    this.#strip = null;
    this.#panel = null;
    this.#owners.forget();
    this.layout.map.show(NO_MAP);
    this.layout.toolbar.showCounts({ bad: 0, notRescued: 0, marker: 0, unsaved: 0 });
    this.layout.mapPanel.viewChanged(this.open()?.geometry.diskSectorCount ?? 0);
    this.#holesAt = Number.NEGATIVE_INFINITY;
    void this.#refresh();
    this.#askForHoles();
  }

  /** Bytes or origins changed. */
  bytesChanged(): void {
    this.#changes++;
    this.partChanged();
    this.#askForHoles();
  }

  /** There is room for another number of buckets, or another part is to be shown. */
  partChanged(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, REFRESH_AFTER_MS);
  }

  showMatches(matches: readonly { readonly byteOffset: number }[]): void {
    this.#knowledge.matches = matches.length === 0 ? null : matches;
    this.#show();
  }

  /** Marks these bookmarks of the view. */
  showBookmarks(bookmarks: readonly { readonly byteOffset: number }[]): void {
    this.#knowledge.bookmarks = bookmarks;
    this.#show();
  }

  async #refresh(): Promise<void> {
    const open = this.open();
    this.#asking?.abort();
    if (!open || this.layout.map.height < 1 || open.info.byteCount === 0) return;
    const asking = new AbortController();
    this.#asking = asking;
    const sectorCount = open.geometry.diskSectorCount;
    const bucketCount = bucketsFor(this.layout.map.height, open.info.byteCount);
    const ask = async (part: MapPart | null): Promise<Asked | null> => {
      if (!part) return null;
      const layers = await this.connection.request('map', { view: open.info.id, ...part }, asking);
      return { part, layers };
    };
    try {
      const strip = ask({ firstSector: 0, sectorCount, bucketCount });
      const [shown, panel] = await Promise.all([strip, ask(this.layout.mapPanel.wanted)]);
      if (this.open() !== open) return;
      this.#strip = shown;
      this.#panel = panel;
      if (panel && this.layout.mapPanel.showsOwners) this.#owners.want(open.info.id, panel.part);
      else this.#owners.forget();
      this.#show();
    } catch (error) {
      if (!asking.signal.aborted) this.layout.status.say(`No map: ${(error as Error).message}`);
    }
  }

  #show(): void {
    const { layout } = this;
    if (this.#strip) {
      const map = this.#knowledge.mapOf(this.#strip.part, this.#strip.layers);
      layout.map.show(map);
      const total = (kind: 'bad' | 'notRescued' | 'marker' | 'unsaved') => totalOf(map.layers, kind) ?? 0;
      layout.toolbar.showCounts({
        bad: total('bad'),
        notRescued: total('notRescued'),
        marker: total('marker'),
        unsaved: total('unsaved'),
      });
    }
    if (!this.#panel) return;
    const { part, layers } = this.#panel;
    layout.mapPanel.show(this.#knowledge.mapOf(part, [...layers, ...this.#owners.layersOf(part)]));
  }

  /** Asks for the holes of the file now, or once the last answer is old enough. */
  #askForHoles(): void {
    const wait = Math.max(0, this.#holesAt + HOLES_AFTER_MS - performance.now());
    clearTimeout(this.#holesTimer);
    this.#holesTimer = setTimeout(() => void this.#findHoles(), wait);
  }

  async #findHoles(): Promise<void> {
    const open = this.open();
    if (!open || open.info.byteCount < SECTOR_SIZE) return;
    this.#holesAt = performance.now();
    const changes = this.#changes;
    const empty = await this.connection.request('emptyRuns', { view: open.info.id }).catch(() => null);
    if (this.open() !== open) return;
    this.#knowledge.empty = empty;
    this.#show();
    if (changes === this.#changes) this.holesFound(empty);
  }
}
