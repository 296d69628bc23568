import { SECTOR_SIZE } from '../../src/shared/protocol';
import type { Connection } from './connection';
import type { OpenView } from './openView';

/** The cursor rests: the layout is asked, which is quick. */
const REST_MS = 250;
/** The person stays on the sector: the files are looked at. */
const STAY_MS = 1000;

/** Asks for the owner of the sector under the cursor once the cursor rests on it. */
export class SectorOwner {
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Cancels the request under way. */
  #asking: AbortController | null = null;
  #asked: { readonly view: OpenView; readonly sector: number } | null = null;

  /** @param show shows an owner in words; empty: none is known */
  constructor(
    private readonly connection: Pick<Connection, 'request'>,
    private readonly show: (view: OpenView, sector: number, words: string) => void,
  ) {}

  /** The cursor may be on another sector. */
  cursorMoved(view: OpenView): void {
    const sector = Math.floor(view.cursor.byteOffset / SECTOR_SIZE);
    if (this.#asked?.view === view && this.#asked.sector === sector) return;
    this.forget();
    if (view.info.byteCount === 0) return;
    this.#asked = { view, sector };
    this.show(view, sector, '');
    this.#askSoon(view, sector);
  }

  /** Bytes changed, and with them maybe the owner; the one that is shown stays until the answer. */
  bytesChanged(): void {
    const asked = this.#asked;
    if (!asked) return;
    this.forget();
    this.#asked = asked;
    this.#askSoon(asked.view, asked.sector);
  }

  /** Ends what is asked. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.#asked = null;
  }

  #askSoon(view: OpenView, sector: number): void {
    const asking = new AbortController();
    this.#asking = asking;
    this.#timer = setTimeout(() => void this.#ask(view, sector, asking, false), REST_MS);
  }

  async #ask(view: OpenView, sector: number, asking: AbortController, waits: boolean): Promise<void> {
    const asks = { view: view.info.id, sector, waits };
    // A disk that can't be looked into has no owners to show; why is told where its bytes are.
    const owner = await this.connection.request('owner', asks, asking).catch(() => null);
    if (asking.signal.aborted) return;
    this.show(view, sector, owner?.words ?? '');
    if (!owner || owner.isFinal || waits) return;
    this.#timer = setTimeout(() => void this.#ask(view, sector, asking, true), STAY_MS);
  }
}
