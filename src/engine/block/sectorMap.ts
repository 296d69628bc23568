const PAGE_SECTORS = 64;

interface Page<T> {
  readonly values: (T | undefined)[];
  used: number;
}

/** A run of sectors that have the same value. */
export type Piece<T> = readonly [first: number, sectorCount: number, value: T];

/**
 * A value for each sector of a sparse set. Kept in pages, so that a run of sectors costs few lookups, and not one for
 * each sector.
 */
export class SectorMap<T extends object> {
  readonly #pages = new Map<number, Page<T>>();
  #size = 0;

  /** How many sectors have a value. */
  get size(): number {
    return this.#size;
  }

  get(sector: number): T | undefined {
    return this.#pages.get(Math.floor(sector / PAGE_SECTORS))?.values[sector % PAGE_SECTORS];
  }

  /** Gives a run a value; `replaced` hears of the value that a sector had before. */
  set(first: number, sectorCount: number, value: T, replaced?: (old: T) => void): void {
    forEachPage(first, sectorCount, (pageNumber, start, end) => {
      let page = this.#pages.get(pageNumber);
      if (!page) {
        page = { values: new Array<T | undefined>(PAGE_SECTORS).fill(undefined), used: 0 };
        this.#pages.set(pageNumber, page);
      }
      for (let i = start; i < end; i++) {
        const old = page.values[i];
        page.values[i] = value;
        if (old) replaced?.(old);
        else {
          page.used++;
          this.#size++;
        }
      }
    });
  }

  /** Forgets those sectors of a run that still have this value, and says how many they were. */
  delete(first: number, sectorCount: number, value: T): number {
    const before = this.#size;
    forEachPage(first, sectorCount, (pageNumber, start, end) => {
      const page = this.#pages.get(pageNumber);
      if (!page) return;
      for (let i = start; i < end; i++) {
        if (page.values[i] !== value) continue;
        page.values[i] = undefined;
        page.used--;
        this.#size--;
      }
      if (page.used === 0) this.#pages.delete(pageNumber);
    });
    return before - this.#size;
  }

  /** The sectors of a run that have a value, ascending, merged where they touch and have the same one. */
  pieces(first: number, sectorCount: number): Piece<T>[] {
    const pieces: [number, number, T][] = [];
    // A run may be far larger than what is stored, and then the stored pages are the shorter list.
    if (sectorCount / PAGE_SECTORS > this.#pages.size) {
      for (const pageNumber of [...this.#pages.keys()].sort((a, b) => a - b)) {
        const base = pageNumber * PAGE_SECTORS;
        const start = Math.max(first - base, 0);
        const end = Math.min(first + sectorCount - base, PAGE_SECTORS);
        this.#collect(pieces, pageNumber, start, end);
      }
    } else {
      forEachPage(first, sectorCount, (pageNumber, start, end) =>
        this.#collect(pieces, pageNumber, start, end),
      );
    }
    return pieces;
  }

  #collect(pieces: [number, number, T][], pageNumber: number, start: number, end: number): void {
    const page = this.#pages.get(pageNumber);
    if (!page) return;
    let last = pieces[pieces.length - 1];
    for (let i = start; i < end; i++) {
      const value = page.values[i];
      if (!value) continue;
      const sector = pageNumber * PAGE_SECTORS + i;
      if (last && last[2] === value && last[0] + last[1] === sector) last[1]++;
      else {
        last = [sector, 1, value];
        pieces.push(last);
      }
    }
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
