import { SECTOR_SIZE } from '../../src/shared/protocol';
import type { Connection } from './connection';
import { selectionOf } from './cursor';
import { INSPECTED_BYTES } from './inspectorValues';
import { MapUpdates } from './mapUpdates';
import type { Match } from './matchList';
import type { OpenView } from './openView';
import type { PageLayout } from './pageLayout';
import { SectorOwner } from './sectorOwner';
import { SectorStructures } from './sectorStructures';

/** A burst of changes asks for the owner once. */
const REFRESH_AFTER_MS = 150;

/** Updates the maps, the data inspector and the editor status when the view, its bytes or the cursor change. */
export class SidePanels {
  inspectorOpen = false;
  mapOpen = false;
  readonly maps: MapUpdates;
  #ownerTimer: ReturnType<typeof setTimeout> | undefined;
  /** The byte whose metadata field is shown or asked for. */
  #fieldOf: { byteOffset: number; view: OpenView } | null = null;
  /** Cancels the field's request under way. */
  #asking: AbortController | null = null;
  readonly #owner: SectorOwner;
  readonly #structures: SectorStructures;

  constructor(
    private readonly connection: Connection,
    private readonly layout: PageLayout,
    private readonly open: () => OpenView | null,
  ) {
    this.maps = new MapUpdates(connection, layout, open);
    this.#structures = new SectorStructures(connection, (structures) =>
      layout.inspector.structures.show(structures),
    );
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

  /** Another view is shown. */
  viewChanged(): void {
    this.layout.matches.show([]);
    this.#fieldOf = null;
    this.layout.inspector.showField(null);
    this.#structures.forget();
    this.layout.inspector.structures.show([]);
    this.#owner.forget();
    this.maps.viewChanged();
  }

  /** Bytes or origins changed. */
  bytesChanged(): void {
    this.#fieldOf = null;
    this.#structures.forget();
    this.layout.inspector.checksums.forget();
    this.maps.bytesChanged();
    this.#ownerTimer ??= setTimeout(() => {
      this.#ownerTimer = undefined;
      this.#owner.bytesChanged();
    }, REFRESH_AFTER_MS);
  }

  /** All matches of a search, as a list and on the maps; none: hides them. */
  showMatches(matches: readonly Match[]): void {
    this.layout.matches.show(matches);
    this.maps.showMatches(matches);
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
    this.layout.status.show(cursor, sector, cache.byte(cursor.byteOffset));
    this.#owner.cursorMoved(open);
    this.layout.mapPanel.showCursor(Math.floor(cursor.byteOffset / SECTOR_SIZE));
    if (!this.inspectorOpen) return;
    const { inspector } = this.layout;
    const isReadOnly = open.info.readOnlyReason !== null;
    inspector.showBytes(cache.bytesFrom(cursor.byteOffset, INSPECTED_BYTES), isReadOnly);
    const { start, end } = selectionOf(cursor);
    inspector.checksums.select(start, end);
    this.#structures.cursorMoved(open);
    const hasFields = sector.state === 'ready' && sector.origin.kind === 'metadata';
    if (hasFields) void this.#showField(open);
    else inspector.showField(null);
  }

  async #showField(open: OpenView): Promise<void> {
    const { byteOffset } = open.cursor;
    if (this.#fieldOf?.byteOffset === byteOffset && this.#fieldOf.view === open) return;
    this.#fieldOf = { byteOffset, view: open };
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const field = await this.connection.request('field', { view: open.info.id, byteOffset }, asking);
      if (!asking.signal.aborted) this.layout.inspector.showField(field);
    } catch {
      if (!asking.signal.aborted) this.layout.inspector.showField(null);
    }
  }
}
