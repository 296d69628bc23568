import type { ViewId } from '../../src/shared/protocol';
import type { MapLayer, MapPart } from '../../src/shared/sectorMap';
import type { Connection } from './connection';

/** After a change all files may have to be looked at: not more often than this, and than ten times as long as it took. */
const AGAIN_AFTER_MS = 2000;

const NO_VOLUMES = 'No file system was found here: it isn’t known whose the sectors are.';

interface MapOwnersActions {
  /** What {@link MapOwners.layersOf} gives is other than before. */
  changed(): void;
  /** They can't be shown, by a sentence for people. */
  failed(message: string): void;
}

interface Wanted {
  readonly view: ViewId;
  readonly part: MapPart;
}

/** Whose the sectors of the large map are, asked for while the person wants to see it. */
export class MapOwners {
  #wanted: Wanted | null = null;
  #known: { readonly part: MapPart; readonly layers: readonly MapLayer[] } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Cancels the request under way. */
  #asking: AbortController | null = null;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connection: Pick<Connection, 'request'>,
    private readonly actions: MapOwnersActions,
  ) {}

  /** What is known of a part; none while it isn't. */
  layersOf(part: MapPart): readonly MapLayer[] {
    return this.#known && isSame(this.#known.part, part) ? this.#known.layers : [];
  }

  /** Asks for the owners of a part; of one that was asked for before, as its bytes may have changed, a little later. */
  want(view: ViewId, part: MapPart): void {
    const isNew = this.#wanted?.view !== view || !isSame(this.#wanted.part, part);
    this.#wanted = { view, part };
    clearTimeout(this.#timer);
    if (isNew) this.#asking?.abort();
    const wait = isNew ? 0 : Math.max(AGAIN_AFTER_MS, this.#nextAt - performance.now());
    this.#timer = setTimeout(() => void this.#ask({ view, part }), wait);
  }

  /** Ends what is asked. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.#wanted = null;
    this.#known = null;
  }

  async #ask({ view, part }: Wanted): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const start = performance.now();
    try {
      const layers = await this.connection.request('owners', { view, ...part }, asking);
      if (asking.signal.aborted) return;
      if (layers === null) throw new Error(NO_VOLUMES);
      this.#known = { part, layers };
      this.#asking = null;
      this.#nextAt = performance.now() + Math.max(AGAIN_AFTER_MS, 10 * (performance.now() - start));
      this.actions.changed();
    } catch (error) {
      if (asking.signal.aborted) return;
      this.forget();
      this.actions.failed((error as Error).message);
    }
  }
}

function isSame(a: MapPart, b: MapPart): boolean {
  return (
    a.firstSector === b.firstSector && a.sectorCount === b.sectorCount && a.bucketCount === b.bucketCount
  );
}
