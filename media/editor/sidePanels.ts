import type { NamedPlace } from '../../src/shared/bookmarks';
import type { Display } from '../../src/shared/display';
import { type ByteRun, SECTOR_SIZE } from '../../src/shared/protocol';
import type { Checksum } from './checksumPane';
import type { Connection } from './connection';
import { selectionOf } from './cursor';
import type { Watch } from './findBar';
import { FoldUpdates } from './foldUpdates';
import { INSPECTED_BYTES } from './inspectorValues';
import { MapUpdates } from './mapUpdates';
import type { OpenView } from './openView';
import type { PageLayout } from './pageLayout';
import { SectorOwner } from './sectorOwner';
import { SectorStructures } from './sectorStructures';
import { FieldMarks, fieldAt, type Structure } from './structureFields';
import { ViewBookmarks } from './viewBookmarks';

/** A burst of changes asks for the owner once. */
const REFRESH_AFTER_MS = 150;

/** Updates the maps, the data inspector, fields of structures and the status when the view, its bytes or the cursor change. */
export class SidePanels {
  inspectorOpen = false;
  mapOpen = false;
  readonly maps: MapUpdates;
  readonly folds: FoldUpdates;
  #ownerTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #owner: SectorOwner;
  readonly #structures: SectorStructures;
  /** The structures that were found last: those at the cursor, or at where it was a moment ago. */
  #found: readonly Structure[] = [];
  /** Those of the document. */
  #bookmarks: readonly NamedPlace[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly layout: PageLayout,
    private readonly open: () => OpenView | null,
  ) {
    this.folds = new FoldUpdates(connection, open, () => layout.refold());
    // In a comparison sectors are folded that are the same on both sides: a hole may be data on the other one.
    const holesFound = (runs: Float64Array | null) =>
      this.folds.holesFound(layout.comparison.isOn ? null : runs);
    this.maps = new MapUpdates(connection, layout, open, holesFound);
    this.#structures = new SectorStructures(connection, (structures) => {
      this.#found = structures;
      layout.inspector.structures.show(structures);
      const view = open();
      if (view) {
        view.fields = new FieldMarks(structures);
        this.#showField(view);
      }
    });
    this.#owner = new SectorOwner(connection, (view, sector, words) => {
      view.owner = words === '' ? null : { sector, words };
      if (open() !== view) return;
      layout.status.showOwner(words);
      layout.grid.refresh();
    });
  }

  toggleInspector(): void {
    this.inspectorOpen = !this.inspectorOpen;
    this.layout.inspector.root.hidden = !this.inspectorOpen;
    this.layout.toolbar.showInspector(this.inspectorOpen);
    this.showCursor();
  }

  /** The structures at a sector of a view, for the hover. */
  structuresAt(view: OpenView, sector: number, signal: AbortSignal): Promise<readonly Structure[]> {
    return this.#structures.at(view, sector, signal);
  }

  /** Bytes are shown in another way. */
  displayChanged({ folds, sectorSize }: Display): void {
    this.folds.turn(folds);
    const { map, mapPanel, matches } = this.layout;
    for (const part of [map, mapPanel, matches]) part.showSectorSize(sectorSize);
    this.showCursor();
  }

  /** The document has these bookmarks from now on. */
  showBookmarks(bookmarks: readonly NamedPlace[]): void {
    this.#bookmarks = bookmarks;
    this.#markBookmarks();
    this.layout.grid.refresh();
    this.showCursor();
  }

  /** Another view is shown. */
  viewChanged(): void {
    this.layout.matches.show([]);
    this.#structures.forget();
    this.#found = [];
    this.layout.inspector.structures.show([]);
    this.layout.status.showField('');
    this.#owner.forget();
    this.folds.viewChanged();
    this.maps.viewChanged();
    this.#markBookmarks();
  }

  /** Bytes or origins of these sectors changed; null: of any. */
  bytesChanged(ranges: readonly (readonly [first: number, count: number])[] | null): void {
    this.folds.bytesChanged(ranges);
    this.#structures.forget();
    this.layout.inspector.checksums.forget();
    this.maps.bytesChanged();
    this.#ownerTimer ??= setTimeout(() => {
      this.#ownerTimer = undefined;
      this.#owner.bytesChanged();
    }, REFRESH_AFTER_MS);
  }

  /** All matches of a search, as a list and on the maps; none: hides them. */
  showMatches(matches: readonly ByteRun[]): void {
    this.layout.matches.show(matches);
    this.maps.showMatches(matches);
  }

  /** The checksums of the selection. */
  async checksums(watch: Watch): Promise<readonly Checksum[]> {
    const open = this.open();
    if (!open) return [];
    const asks = { view: open.info.id, ...selectionOf(open.cursor) };
    return this.connection.request('checksums', asks, watch);
  }

  toggleMap(): void {
    this.mapOpen = !this.mapOpen;
    this.layout.showMapPanel(this.mapOpen);
    if (!this.mapOpen) return;
    this.maps.partChanged();
    this.layout.mapPanel.focus();
  }

  /** Shows the byte at the cursor in the status and, if it is open, in the inspector. */
  showCursor(): void {
    const open = this.open();
    if (!open) return;
    const { cache, cursor } = open;
    const sector = cache.sector(Math.floor(cursor.byteOffset / SECTOR_SIZE));
    const { sectorSize } = this.layout.grid.display;
    const bookmark = open.bookmarks.at(cursor.byteOffset);
    this.layout.status.show(cursor, sector, cache.byte(cursor.byteOffset), { sectorSize, bookmark });
    this.#owner.cursorMoved(open);
    this.#structures.cursorMoved(open, this.inspectorOpen);
    this.#showField(open);
    this.layout.mapPanel.showCursor(Math.floor(cursor.byteOffset / SECTOR_SIZE));
    if (!this.inspectorOpen) return;
    const { inspector } = this.layout;
    const isReadOnly = open.info.readOnlyReason !== null;
    inspector.showBytes(cache.bytesFrom(cursor.byteOffset, INSPECTED_BYTES), isReadOnly);
    const { start, end } = selectionOf(cursor);
    inspector.checksums.select(start, end);
  }

  #markBookmarks(): void {
    const open = this.open();
    if (!open) return;
    open.bookmarks = new ViewBookmarks(this.#bookmarks, open.info.id);
    this.maps.showBookmarks(open.bookmarks.places);
  }

  /** Tells the field under the cursor: in the grid, in the tree and in words. */
  #showField(open: OpenView): void {
    const { byteOffset } = open.cursor;
    const field = fieldAt(this.#found, byteOffset);
    open.fields.current = field?.index == null ? null : field;
    this.layout.inspector.structures.showCursor(field);
    const words = field && [field.name, field.value].filter(Boolean).join(': ');
    this.layout.status.showField(words ?? '');
    this.layout.grid.refresh();
  }
}
