import { MAX_EQUAL_SECTORS, SECTOR_SIZE } from '../../src/shared/protocol';
import type { Connection } from './connection';
import type { Folds } from './folds';
import type { OpenView } from './openView';

/** So many sectors are looked through at once: 4 MiB. */
const WINDOW_SECTORS = MAX_EQUAL_SECTORS;
/** A run that goes on beyond what was looked through is followed so far: 128 MiB. */
const MOST_FOLLOWED = 32;
/** So many windows are looked through again when sectors changed. */
const AFTER_CHANGE = 2;

/**
 * Finds the folds of the view that is shown: holes as the file system tells them, and equal sectors by looking through what
 * is near the viewport. A run that goes on is followed in steps, never through the whole of a disk at once.
 */
export class FoldUpdates {
  #isOn = false;
  /** Windows that were looked through, or are now. */
  readonly #known = new Set<number>();
  #asking = new AbortController();
  /** How many more windows may be looked through before a person moves the viewport. */
  #budget = 0;
  #shown = '';
  #isRefolding = false;

  /** @param refold called when the folds of the view that is open are others */
  constructor(
    private readonly connection: Pick<Connection, 'request'>,
    private readonly open: () => OpenView | null,
    private readonly refold: () => void,
  ) {}

  /** Folds equal sectors from now on, or shows them all; what was opened is folded again. */
  turn(isOn: boolean): void {
    if (this.#isOn === isOn) return;
    this.#isOn = isOn;
    this.#folds?.closeAll();
    this.viewChanged();
  }

  /** Another view is shown. */
  viewChanged(): void {
    this.#forgetWindows();
    this.#budget = MOST_FOLLOWED;
    const open = this.open();
    if (open) open.isFolded = this.#isOn;
    this.#changed();
  }

  /** What is empty by the holes of the file: firsts and counts by turns; null: not known. */
  holesFound(runs: Float64Array | null): void {
    this.#folds?.setHoles(runs ?? new Float64Array(0));
    if (this.#isOn) this.#changed();
  }

  /** Sectors changed; null: all may have. */
  bytesChanged(ranges: readonly (readonly [first: number, count: number])[] | null): void {
    if (!this.#folds) return;
    this.#folds.forget(ranges);
    this.#budget = Math.max(this.#budget, AFTER_CHANGE);
    if (ranges === null) this.#forgetWindows();
    for (const [first, count] of ranges ?? []) {
      const last = windowOf(first + count - 1);
      for (const window of this.#known)
        if (window >= windowOf(first) && window <= last) this.#known.delete(window);
    }
    if (this.#isOn) this.#changed();
  }

  /** These sectors are in view: runs `[first, end)`. */
  shown(runs: readonly (readonly [first: number, end: number])[]): void {
    if (!this.#isOn) return;
    const shown = String(runs);
    // What comes into view because something else was folded is no reason to read on and on.
    if (shown !== this.#shown && !this.#isRefolding) this.#budget = MOST_FOLLOWED;
    this.#shown = shown;
    for (const [first, end] of runs) {
      for (let window = windowOf(first); window <= windowOf(end - 1); window++) this.#lookThrough(window);
    }
  }

  /** Opens the fold of a sector, and keeps one open that is found there later. @returns true if one was closed there */
  openAt(sector: number): boolean {
    const open = this.open();
    if (!open || !this.#isOn) return false;
    const wasClosed = open.geometry.foldOfSector(sector) !== undefined;
    open.folds.open(sector);
    if (wasClosed) this.#changed();
    return wasClosed;
  }

  /** Folds the run that begins at a sector again. @returns false if there is none that was opened */
  closeAt(sector: number): boolean {
    const folds = this.#folds;
    const isStart = this.#isOn && folds?.runAt(sector)?.first === sector;
    if (!isStart || !folds?.close(sector)) return false;
    this.#changed();
    return true;
  }

  get #folds(): Folds | undefined {
    return this.open()?.folds;
  }

  #changed(): void {
    this.#isRefolding = true;
    this.refold();
    this.#isRefolding = false;
  }

  #forgetWindows(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#known.clear();
  }

  #lookThrough(window: number): void {
    const open = this.open();
    const first = window * WINDOW_SECTORS;
    if (!open || window < 0 || this.#known.has(window) || this.#budget === 0) return;
    const wholeSectors = Math.floor(open.info.byteCount / SECTOR_SIZE);
    const count = Math.min(WINDOW_SECTORS, wholeSectors - first);
    if (count <= 0) return;
    this.#known.add(window);
    this.#budget--;
    void this.#find(open, window, first, count);
  }

  async #find(open: OpenView, window: number, first: number, count: number): Promise<void> {
    const asking = this.#asking;
    const asks = { view: open.info.id, firstSector: first, sectorCount: count };
    try {
      const runs = await this.connection.request('equalRuns', asks, { signal: asking.signal });
      if (asking.signal.aborted || this.open() !== open || !this.#known.has(window)) return;
      open.folds.add(runs);
      if (runs.length > 0) this.#changed();
      const end = first + count;
      if (runs.some((run) => run.first + run.count === end) && !open.folds.isHole(end))
        this.#lookThrough(window + 1);
      if (runs.some((run) => run.first === first) && !open.folds.isHole(first - 1))
        this.#lookThrough(window - 1);
    } catch {
      // What can't be read has no folds; it is tried again when it is in view again.
      this.#known.delete(window);
    }
  }
}

function windowOf(sector: number): number {
  return Math.floor(sector / WINDOW_SECTORS);
}
