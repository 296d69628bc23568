/** Neighbouring sectors that share a bit. A small request usually lies in one such page, so that one bit decides. */
const PAGE_SECTORS = 8;
const MIN_BITS = 2 ** 16;
const MAX_BITS = 2 ** 30;
/** Bits for each sector: at most one page in sixteen has its bit set by other pages only. */
const BITS_PER_SECTOR = 16;
/** Longer runs contain a sector so often that the filter costs more than it saves. */
const MAX_RUN = 64;

/**
 * Tells quickly that no sector of a short run is in a set. Each page has a bit, which it shares with the pages that are a
 * multiple of the filter's size away. Searching a large index waits for memory several times, the filter once; the filter of
 * a small index stays in the processor's cache.
 */
export class SectorFilter {
  #bits = new Uint32Array(MIN_BITS / 32);
  #mask = MIN_BITS - 1;

  /** Empties the filter, and makes it large enough for so many sectors. */
  reset(sectorCount: number): void {
    let size = MIN_BITS;
    while (size < sectorCount * BITS_PER_SECTOR && size < MAX_BITS) size *= 2;
    this.#bits = new Uint32Array(size / 32);
    this.#mask = size - 1;
  }

  /** Whether the filter is too small to tell much about so many sectors. */
  isOutgrownBy(sectorCount: number): boolean {
    const size = this.#mask + 1;
    return size < MAX_BITS && sectorCount * BITS_PER_SECTOR > 2 * size;
  }

  add(sector: number): void {
    const bit = Math.floor(sector / PAGE_SECTORS) & this.#mask;
    this.#bits[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** False only when no sector of `[first, end)` was added. */
  mayHaveIn(first: number, end: number): boolean {
    if (end - first > MAX_RUN) return true;
    const firstPage = Math.floor(first / PAGE_SECTORS);
    const lastPage = Math.floor((end - 1) / PAGE_SECTORS);
    for (let page = firstPage; page <= lastPage; page++) {
      const bit = page & this.#mask;
      if ((this.#bits[bit >>> 5]! & (1 << (bit & 31))) !== 0) return true;
    }
    return false;
  }
}
