import { SECTOR_SIZE } from '../../src/shared/protocol';
import type { Connection } from './connection';
import { selectionOf } from './cursor';
import { INSPECTED_BYTES } from './inspectorValues';
import { bucketsFor } from './mapModel';
import type { OpenView } from './openView';
import type { PageLayout } from './pageLayout';
import { SectorOwner } from './sectorOwner';
import { SectorStructures } from './sectorStructures';

/** A burst of changes refreshes the map once. */
const REFRESH_AFTER_MS = 150;

/** Updates the map, the data inspector and the editor status when the view, its bytes or the cursor change. */
export class SidePanels {
  inspectorOpen = false;
  /** Cancels the map's request under way. */
  #mapping: AbortController | null = null;
  #mapTimer: ReturnType<typeof setTimeout> | undefined;
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
    this.layout.showMap({ flags: new Uint8Array(0), bad: 0, notRescued: 0, marker: 0, unsaved: 0 });
    this.layout.showMatches([]);
    this.#fieldOf = null;
    this.layout.inspector.showField(null);
    this.#structures.forget();
    this.layout.inspector.structures.show([]);
    this.#owner.forget();
    void this.#refreshMap();
  }

  /** Bytes or origins changed. */
  bytesChanged(): void {
    this.#fieldOf = null;
    this.#structures.forget();
    this.layout.inspector.checksums.forget();
    this.resized();
  }

  /** The height of the map changed. */
  resized(): void {
    this.#mapTimer ??= setTimeout(() => {
      this.#mapTimer = undefined;
      this.#owner.bytesChanged();
      void this.#refreshMap();
    }, REFRESH_AFTER_MS);
  }

  /** Shows the byte at the cursor in the status and, if it is open, in the inspector. */
  showCursor(): void {
    const open = this.open();
    if (!open) return;
    const { cache, cursor } = open;
    const sector = cache.sector(Math.floor(cursor.byteOffset / SECTOR_SIZE));
    this.layout.status.show(cursor, sector, cache.byte(cursor.byteOffset));
    this.#owner.cursorMoved(open);
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

  async #refreshMap(): Promise<void> {
    const open = this.open();
    this.#mapping?.abort();
    if (!open || this.layout.map.height < 1 || open.info.byteCount === 0) return;
    const mapping = new AbortController();
    this.#mapping = mapping;
    const bucketCount = bucketsFor(this.layout.map.height, open.info.byteCount);
    try {
      const map = await this.connection.request('map', { view: open.info.id, bucketCount }, mapping);
      if (this.open() === open) this.layout.showMap(map);
    } catch (error) {
      if (!mapping.signal.aborted) this.layout.status.say(`No map: ${(error as Error).message}`);
    }
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
