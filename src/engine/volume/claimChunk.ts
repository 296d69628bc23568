/** The claims of a chunk, and the bytes that one takes. */
export const CHUNK_CLAIMS = 65_536;
export const CLAIM_BYTES = 8 + 4 + 8 + 4 + 2;
/** The number of a label fits two bytes. */
export const MAX_LABELS = 65_536;
/** A longer run takes several places. */
export const MAX_RUN_SECTORS = 2 ** 32 - 1;

/** A run of sectors that a file claims. `fileSector` is the place of its first sector. */
export interface ClaimRun {
  readonly sector: number;
  readonly sectorCount: number;
  readonly fileSector: number;
}

/**
 * Up to 65,536 runs in columns. Runs may come in any order and overlap; once it is sorted, those on a sector are found by
 * halving.
 */
export class ClaimChunk {
  #sectors = new Float64Array(CHUNK_CLAIMS);
  #counts = new Uint32Array(CHUNK_CLAIMS);
  #fileSectors = new Float64Array(CHUNK_CLAIMS);
  #files = new Uint32Array(CHUNK_CLAIMS);
  #labels = new Uint16Array(CHUNK_CLAIMS);
  #length = 0;
  /** The largest end up to each place; null where no runs overlap, which is nearly always. */
  #reach: Float64Array | null = null;

  get isFull(): boolean {
    return this.#length === CHUNK_CLAIMS;
  }

  /** Adds a run, of at most `MAX_RUN_SECTORS`, of a file and with a label that are told by their numbers. */
  add({ sector, sectorCount, fileSector }: ClaimRun, file: number, label: number): void {
    const at = this.#length++;
    this.#sectors[at] = sector;
    this.#counts[at] = sectorCount;
    this.#fileSectors[at] = fileSector;
    this.#files[at] = file;
    this.#labels[at] = label;
  }

  /** Sorts the runs by sector. To be called once, when the last one is there. */
  sort(): void {
    const order = this.#order();
    this.#sectors = ordered(this.#sectors, order, this.#length);
    this.#counts = ordered(this.#counts, order, this.#length);
    this.#fileSectors = ordered(this.#fileSectors, order, this.#length);
    this.#files = ordered(this.#files, order, this.#length);
    this.#labels = ordered(this.#labels, order, this.#length);
    this.#reach = reachOf(this.#sectors, this.#counts);
  }

  /** The places of the runs by sector; null where they are in order already, as most disks are written. */
  #order(): Uint32Array | null {
    const sectors = this.#sectors;
    let at = 1;
    while (at < this.#length && sectors[at]! >= sectors[at - 1]!) at += 1;
    if (at >= this.#length) return null;
    const order = new Uint32Array(this.#length);
    for (let i = 0; i < order.length; i++) order[i] = i;
    return order.sort((a, b) => sectors[a]! - sectors[b]!);
  }

  /** Visits the runs that hold a sector: the file and label of each, and the sector's place within the file. */
  visit(sector: number, visit: (file: number, label: number, fileSector: number) => boolean): void {
    for (let at = this.#lastFrom(sector); at >= 0; at--) {
      const end = this.#sectors[at]! + this.#counts[at]!;
      if ((this.#reach?.[at] ?? end) <= sector) return;
      if (end > sector) {
        const within = sector - this.#sectors[at]!;
        if (!visit(this.#files[at]!, this.#labels[at]!, this.#fileSectors[at]! + within)) return;
      }
      if (!this.#reach) return;
    }
  }

  /** The place of the last run that begins at the sector or before; -1: there is none. */
  #lastFrom(sector: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sectors[middle]! <= sector) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function ordered<Column extends Float64Array | Uint32Array | Uint16Array>(
  column: Column,
  order: Uint32Array | null,
  length: number,
): Column {
  if (!order) return column.slice(0, length) as Column;
  const result = new (column.constructor as new (length: number) => Column)(length);
  for (let i = 0; i < length; i++) result[i] = column[order[i]!]!;
  return result;
}

function reachOf(sectors: Float64Array, counts: Uint32Array): Float64Array | null {
  const overlapsNext = (count: number, i: number) =>
    i + 1 < sectors.length && sectors[i]! + count > sectors[i + 1]!;
  if (!counts.some(overlapsNext)) return null;
  const reach = new Float64Array(counts.length);
  for (let i = 0, end = 0; i < counts.length; i++) reach[i] = end = Math.max(end, sectors[i]! + counts[i]!);
  return reach;
}
