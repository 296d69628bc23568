import { type ComparedBytes, type Origin, SECTOR_SIZE, type SectorBytes } from '../../src/shared/protocol';

/** The unit of fetching: 64 KiB, aligned. */
export const CHUNK_SECTORS = 128;
/** At most 16 MiB are kept. */
const MAX_CHUNKS = 256;

/** How a sector compares with another view's: its bytes may differ, the other side may not have it, or it isn't known. */
interface ComparedSector {
  readonly kind: 'both' | 'alone' | 'unknown';
  /** For each byte 1 where the other side has another one, else 0. */
  readonly differing: Uint8Array;
}

/** What is known of a sector now. */
export type SectorState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | {
      readonly state: 'ready';
      /** The sector's bytes; fewer than 512 at the end of a file that isn't whole sectors. */
      readonly bytes: Uint8Array;
      readonly origin: Origin;
      /** The sector's place in the run that `origin` describes. */
      readonly originIndex: number;
      /** Why the bytes can't be read, or null. */
      readonly unreadable: string | null;
      /** The unsaved runs of the sector's chunk, `[byteOffset, count]` of the view. */
      readonly unsaved: SectorBytes['unsaved'];
      /** How it compares with the other side's sector, while the view is compared. */
      readonly compared?: ComparedSector;
    };

type Fetch = (firstSector: number, sectorCount: number, signal: AbortSignal) => Promise<SectorBytes>;

/** Called when something arrived or failed; `changed` lists the bytes that had another value before. */
type OnUpdate = (changed: readonly (readonly [byteOffset: number, count: number])[]) => void;

interface Chunk {
  readonly index: number;
  data: SectorBytes | null;
  /** `data`, or the fetch under way, may be outdated. The data are shown until newer ones are here. */
  stale: boolean;
  /** Why the last fetch failed. */
  failure: string | null;
  /** Ends the fetch under way. */
  pending: AbortController | null;
}

const LOADING: SectorState = { state: 'loading' };
const PLAIN: Origin = { kind: 'plain' };

/**
 * The sectors of one view that the page holds, in aligned chunks; the least recently wanted are dropped first. Fetches
 * only what `want` asked for last, and cancels older fetches that are no longer wanted.
 */
export class SectorCache {
  /** In order of use, the most recently wanted last. */
  readonly #chunks = new Map<number, Chunk>();
  #wanted: readonly number[] = [];
  #disposed = false;

  constructor(
    private readonly byteCount: number,
    private readonly fetch: Fetch,
    private readonly onUpdate: OnUpdate,
    private readonly maxChunks = MAX_CHUNKS,
  ) {}

  get chunkCount(): number {
    return Math.ceil(this.byteCount / (CHUNK_SECTORS * SECTOR_SIZE));
  }

  /**
   * Fetches the sectors of these runs `[first, end)` and, as a guess at what is wanted next, the chunk on the side of
   * `towards`.
   * @param cursorSector also fetched, wherever it is
   */
  want(
    runs: readonly (readonly [first: number, end: number])[],
    towards: 1 | -1,
    cursorSector?: number,
  ): void {
    if (this.#disposed) return;
    const wanted = new Set<number>();
    for (const [first, end] of runs) {
      const last = Math.floor((end - 1) / CHUNK_SECTORS);
      for (let index = Math.floor(first / CHUNK_SECTORS); index <= last; index++) wanted.add(index);
    }
    if (wanted.size > 0) wanted.add(towards > 0 ? Math.max(...wanted) + 1 : Math.min(...wanted) - 1);
    if (cursorSector !== undefined) wanted.add(Math.floor(cursorSector / CHUNK_SECTORS));
    this.#wanted = [...wanted].filter((index) => index >= 0 && index < this.chunkCount);

    for (const chunk of this.#chunks.values()) {
      if (chunk.pending && !this.#wanted.includes(chunk.index)) this.#giveUp(chunk);
    }
    for (const index of this.#wanted) this.#touch(index);
    this.#evict();
  }

  /** What is known of a sector now. Never fetches. */
  sector(sector: number): SectorState {
    const chunk = this.#chunks.get(Math.floor(sector / CHUNK_SECTORS));
    if (!chunk) return LOADING;
    if (!chunk.data) return chunk.failure === null ? LOADING : { state: 'failed', message: chunk.failure };
    const { data } = chunk;
    const start = (sector - data.firstSector) * SECTOR_SIZE;
    const run = data.origins.find((r) => sector >= r.first && sector < r.first + r.count);
    const bad = data.unreadable.find((r) => sector >= r.first && sector < r.first + r.count);
    return {
      state: 'ready',
      bytes: data.bytes.subarray(start, start + SECTOR_SIZE),
      origin: run?.origin ?? PLAIN,
      originIndex: run ? sector - run.first : 0,
      unreadable: bad?.message ?? null,
      unsaved: data.unsaved,
      ...(data.compared ? { compared: comparedSector(data.compared, sector, start) } : {}),
    };
  }

  /** The value of a byte, or null if it isn't here or can't be read. */
  byte(byteOffset: number): number | null {
    const sector = this.sector(Math.floor(byteOffset / SECTOR_SIZE));
    if (sector.state !== 'ready' || sector.unreadable !== null) return null;
    return sector.bytes[byteOffset % SECTOR_SIZE] ?? null;
  }

  /** The bytes from `byteOffset` on, at most `count`, up to the first that isn't here or can't be read. */
  bytesFrom(byteOffset: number, count: number): Uint8Array {
    const values: number[] = [];
    for (let at = byteOffset; at < byteOffset + count; at++) {
      const value = this.byte(at);
      if (value === null) break;
      values.push(value);
    }
    return Uint8Array.from(values);
  }

  /**
   * Sectors of these ranges (null: all) may have changed. They are fetched again, and shown as they were until then. A
   * fetch under way is awaited first: sectors that change all the time would otherwise never be shown.
   */
  invalidate(ranges: readonly (readonly [first: number, count: number])[] | null): void {
    for (const chunk of [...this.#chunks.values()]) {
      const first = chunk.index * CHUNK_SECTORS;
      const hit =
        ranges === null ||
        ranges.some(([from, count]) => from < first + CHUNK_SECTORS && from + count > first);
      if (!hit) continue;
      if (!this.#wanted.includes(chunk.index)) {
        this.#giveUp(chunk);
        this.#chunks.delete(chunk.index);
      }
      chunk.stale = true;
      chunk.failure = null;
    }
    for (const index of this.#wanted) this.#touch(index);
  }

  /** Fetches again what failed. */
  retry(): void {
    for (const chunk of this.#chunks.values()) chunk.failure = null;
    for (const index of this.#wanted) this.#touch(index);
    this.onUpdate([]);
  }

  /** Shows an edit at once, before the extension has said that the bytes changed. */
  patch(byteOffset: number, bytes: Uint8Array): void {
    for (const chunk of this.#chunks.values()) {
      if (!chunk.data) continue;
      const start = byteOffset - chunk.data.firstSector * SECTOR_SIZE;
      if (start >= chunk.data.bytes.length || start + bytes.length <= 0) continue;
      // A fetch under way may not have the edit; the extension's `changed` message will bring one that has.
      this.#giveUp(chunk);
      const patched = chunk.data.bytes.slice();
      const from = Math.max(0, -start);
      const part = bytes.subarray(from, Math.min(bytes.length, patched.length - start));
      patched.set(part, start + from);
      const unsaved = [...chunk.data.unsaved, [byteOffset + from, part.length] as const];
      chunk.data = { ...chunk.data, bytes: patched, unsaved };
    }
  }

  /** Cancels every fetch and forgets every sector. */
  dispose(): void {
    this.#disposed = true;
    for (const chunk of this.#chunks.values()) chunk.pending?.abort();
    this.#chunks.clear();
  }

  #touch(index: number): void {
    const chunk = this.#chunks.get(index) ?? { index, data: null, stale: true, failure: null, pending: null };
    this.#chunks.delete(index);
    this.#chunks.set(index, chunk);
    if (chunk.stale && !chunk.pending && chunk.failure === null) void this.#load(chunk);
  }

  async #load(chunk: Chunk): Promise<void> {
    const controller = new AbortController();
    chunk.pending = controller;
    chunk.stale = false;
    const first = chunk.index * CHUNK_SECTORS;
    const byteCount = Math.min(CHUNK_SECTORS * SECTOR_SIZE, this.byteCount - first * SECTOR_SIZE);
    try {
      const data = await this.fetch(first, Math.ceil(byteCount / SECTOR_SIZE), controller.signal);
      if (chunk.pending !== controller) return;
      if (data.firstSector !== first || data.bytes.length !== byteCount) {
        throw new Error(`The answer for sector ${first} has ${data.bytes.length} bytes, not ${byteCount}.`);
      }
      const changed = chunk.data ? differences(chunk.data, data) : [];
      chunk.data = data;
      chunk.pending = null;
      this.onUpdate(changed);
    } catch (error) {
      if (chunk.pending !== controller) return;
      chunk.pending = null;
      chunk.data = null;
      if (!chunk.stale) chunk.failure = error instanceof Error ? error.message : String(error);
      chunk.stale = true;
      this.onUpdate([]);
    }
    if (this.#wanted.includes(chunk.index) && !this.#disposed) this.#touch(chunk.index);
  }

  #giveUp(chunk: Chunk): void {
    const controller = chunk.pending;
    if (!controller) return;
    chunk.pending = null;
    chunk.stale = true;
    controller.abort();
    if (!chunk.data) this.#chunks.delete(chunk.index);
  }

  #evict(): void {
    for (const index of this.#chunks.keys()) {
      if (this.#chunks.size <= this.maxChunks) return;
      if (!this.#wanted.includes(index)) this.#chunks.delete(index);
    }
  }
}

function comparedSector(
  { differing, unknown, alone }: ComparedBytes,
  sector: number,
  start: number,
): ComparedSector {
  const isIn = (runs: ComparedBytes['alone']) =>
    runs.some(([first, count]) => sector >= first && sector < first + count);
  const kind = isIn(unknown) ? 'unknown' : isIn(alone) ? 'alone' : 'both';
  return { kind, differing: differing.subarray(start, start + SECTOR_SIZE) };
}

/** The runs of bytes that differ between two states of a chunk. */
function differences(before: SectorBytes, after: SectorBytes): [byteOffset: number, count: number][] {
  const runs: [number, number][] = [];
  const base = after.firstSector * SECTOR_SIZE;
  for (let i = 0; i < after.bytes.length; i++) {
    if (before.bytes[i] === after.bytes[i]) continue;
    const last = runs[runs.length - 1];
    if (last && last[0] + last[1] === base + i) last[1]++;
    else runs.push([base + i, 1]);
  }
  return runs;
}
