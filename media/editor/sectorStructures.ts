import { type Answers, SECTOR_SIZE } from '../../src/shared/protocol';
import type { Connection } from './connection';
import type { OpenView } from './openView';

/** A structure that was recognised in the sectors around the cursor. */
export type Structure = Answers<'structures'>[number];

/** Asks for the structures at the cursor's sector, once for each sector, and again when bytes changed. */
export class SectorStructures {
  #of: { readonly sector: number; readonly view: OpenView } | null = null;
  /** Cancels the request under way. */
  #asking: AbortController | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly show: (structures: readonly Structure[]) => void,
  ) {}

  cursorMoved(view: OpenView): void {
    const sector = Math.floor(view.cursor.byteOffset / SECTOR_SIZE);
    if (this.#of?.sector === sector && this.#of.view === view) return;
    this.forget();
    this.#of = { sector, view };
    void this.#ask(view, sector);
  }

  /** What is known may not hold any more: the next cursor is asked about. */
  forget(): void {
    this.#of = null;
    this.#asking?.abort();
  }

  async #ask(view: OpenView, sector: number): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    const asks = { view: view.info.id, sector };
    const found = await this.connection.request('structures', asks, asking).catch(() => []);
    if (!asking.signal.aborted) this.show(found);
  }
}
