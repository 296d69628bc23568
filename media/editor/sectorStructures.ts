import { SECTOR_SIZE } from '../../src/shared/protocol';
import type { Connection } from './connection';
import type { OpenView } from './openView';
import type { Structure } from './structureFields';

/** The cursor rests: so long after its last move structures are asked for. */
const REST_MS = 100;
/** The answers for so many sectors are kept. */
const KEPT_SECTORS = 64;

/** Asks for the structures at a sector, once for each sector, and again when bytes changed. */
export class SectorStructures {
  #of: { readonly sector: number; readonly view: OpenView } | null = null;
  /** Cancels the request for the cursor's sector. */
  #asking: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #kept = new Map<number, Promise<readonly Structure[]>>();
  #keptOf: OpenView | null = null;

  constructor(
    private readonly connection: Pick<Connection, 'request'>,
    private readonly show: (structures: readonly Structure[]) => void,
  ) {}

  /** The cursor may be on another sector: what is there is shown once it rests, or at once. */
  cursorMoved(view: OpenView, atOnce: boolean): void {
    const sector = Math.floor(view.cursor.byteOffset / SECTOR_SIZE);
    if (this.#of?.sector === sector && this.#of.view === view) return;
    this.#leave();
    if (view.info.byteCount === 0) return;
    this.#of = { sector, view };
    if (atOnce) void this.#showAt(view, sector);
    else this.#timer = setTimeout(() => void this.#showAt(view, sector), REST_MS);
  }

  /** What is known may not hold any more: the next cursor is asked about. */
  forget(): void {
    this.#leave();
    this.#of = null;
    this.#kept.clear();
  }

  /** The structures at a sector; none where they can't be known. */
  at(view: OpenView, sector: number, signal?: AbortSignal): Promise<readonly Structure[]> {
    if (this.#keptOf !== view) this.#kept.clear();
    this.#keptOf = view;
    const kept = this.#kept.get(sector);
    if (kept) return kept;
    const asks = { view: view.info.id, sector };
    const asked = this.connection.request('structures', asks, signal ? { signal } : {}).catch(() => {
      if (this.#kept.get(sector) === asked) this.#kept.delete(sector);
      return [];
    });
    if (this.#kept.size >= KEPT_SECTORS) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(sector, asked);
    return asked;
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  async #showAt(view: OpenView, sector: number): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    const found = await this.at(view, sector, asking.signal);
    if (!asking.signal.aborted) this.show(found);
  }
}
