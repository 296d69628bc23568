const PAGE_SECTORS = 64;

/** A page whose sectors don't all have the same value. */
class MixedPage<T> {
  readonly values: (T | undefined)[];
  used: number;

  constructor(value: T | undefined) {
    this.values = new Array<T | undefined>(PAGE_SECTORS).fill(value);
    this.used = value === undefined ? 0 : PAGE_SECTORS;
  }

  has(start: number, end: number): boolean {
    for (let i = start; i < end; i++) if (this.values[i] !== undefined) return true;
    return false;
  }
}

/** A run of sectors that have the same value. */
export type Piece<T> = readonly [first: number, sectorCount: number, value: T];

/**
 * A value for each sector of a sparse set. Kept in pages; a page in which all sectors have the same value is kept as that
 * value, so that a long run costs a few steps, not one for each sector.
 */
export class RangeMap<T extends object> {
  readonly #pages = new Map<number, T | MixedPage<T>>();
  #size = 0;

  /** How many sectors have a value. */
  get size(): number {
    return this.#size;
  }

  get(sector: number): T | undefined {
    const page = this.#pages.get(Math.floor(sector / PAGE_SECTORS));
    return page instanceof MixedPage ? page.values[sector % PAGE_SECTORS] : page;
  }

  /** Gives a run a value. `replaced` is called with each value that sectors had before, and how many sectors had it. */
  set(first: number, sectorCount: number, value: T, replaced?: (old: T, sectorCount: number) => void): void {
    forEachPage(first, sectorCount, (pageNumber, start, end) => {
      for (const [, count, old] of this.#piecesOf(pageNumber, start, end)) {
        replaced?.(old, count);
        this.#size -= count;
      }
      this.#size += end - start;
      if (end - start === PAGE_SECTORS) {
        this.#pages.set(pageNumber, value);
        return;
      }
      const page = this.#mixedPage(pageNumber);
      for (let i = start; i < end; i++) {
        if (page.values[i] === undefined) page.used++;
        page.values[i] = value;
      }
    });
  }

  /** Removes the value from those sectors of a run that still have it. Answers how many there were. */
  delete(first: number, sectorCount: number, value: T): number {
    const before = this.#size;
    forEachPage(first, sectorCount, (pageNumber, start, end) => {
      const page = this.#pages.get(pageNumber);
      if (page === undefined || (page !== value && !(page instanceof MixedPage))) return;
      if (page === value && end - start === PAGE_SECTORS) {
        this.#pages.delete(pageNumber);
        this.#size -= PAGE_SECTORS;
        return;
      }
      const mixed = this.#mixedPage(pageNumber);
      for (let i = start; i < end; i++) {
        if (mixed.values[i] !== value) continue;
        mixed.values[i] = undefined;
        mixed.used--;
        this.#size--;
      }
      if (mixed.used === 0) this.#pages.delete(pageNumber);
    });
    return before - this.#size;
  }

  /** Whether any sector of a run has a value. */
  touches(first: number, sectorCount: number): boolean {
    for (let done = 0; done < sectorCount; ) {
      const start = (first + done) % PAGE_SECTORS;
      const end = Math.min(PAGE_SECTORS, start + sectorCount - done);
      const page = this.#pages.get(Math.floor((first + done) / PAGE_SECTORS));
      if (page instanceof MixedPage ? page.has(start, end) : page !== undefined) return true;
      done += end - start;
    }
    return false;
  }

  /** The sectors of a run that have a value, ascending; neighbours with the same value are one piece. */
  pieces(first: number, sectorCount: number): Piece<T>[] {
    const pieces: [number, number, T][] = [];
    const collect = (pageNumber: number, start: number, end: number): void => {
      for (const [sector, count, value] of this.#piecesOf(pageNumber, start, end)) {
        const last = pieces[pieces.length - 1];
        if (last && last[2] === value && last[0] + last[1] === sector) last[1] += count;
        else pieces.push([sector, count, value]);
      }
    };
    // If the run is longer than all that is stored, the stored pages are the shorter list.
    if (sectorCount / PAGE_SECTORS <= this.#pages.size) forEachPage(first, sectorCount, collect);
    else {
      for (const pageNumber of [...this.#pages.keys()].sort((a, b) => a - b)) {
        const base = pageNumber * PAGE_SECTORS;
        collect(pageNumber, Math.max(first - base, 0), Math.min(first + sectorCount - base, PAGE_SECTORS));
      }
    }
    return pieces;
  }

  /** The pieces within the part `[start, end)` of a page. */
  #piecesOf(pageNumber: number, start: number, end: number): [number, number, T][] {
    const page = this.#pages.get(pageNumber);
    if (page === undefined || start >= end) return [];
    const base = pageNumber * PAGE_SECTORS;
    if (!(page instanceof MixedPage)) return [[base + start, end - start, page]];
    const pieces: [number, number, T][] = [];
    let last: [number, number, T] | undefined;
    for (let i = start; i < end; i++) {
      const value = page.values[i];
      if (value === undefined) last = undefined;
      else if (last && last[2] === value) last[1]++;
      else {
        last = [base + i, 1, value];
        pieces.push(last);
      }
    }
    return pieces;
  }

  #mixedPage(pageNumber: number): MixedPage<T> {
    const page = this.#pages.get(pageNumber);
    if (page instanceof MixedPage) return page;
    const mixed = new MixedPage(page);
    this.#pages.set(pageNumber, mixed);
    return mixed;
  }
}

/** Calls `visit` with the part `[start, end)` of each page that a run touches. */
function forEachPage(
  first: number,
  sectorCount: number,
  visit: (pageNumber: number, start: number, end: number) => void,
): void {
  for (let done = 0; done < sectorCount; ) {
    const start = (first + done) % PAGE_SECTORS;
    const end = Math.min(PAGE_SECTORS, start + sectorCount - done);
    visit(Math.floor((first + done) / PAGE_SECTORS), start, end);
    done += end - start;
  }
}
