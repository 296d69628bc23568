/** A run of equal sectors that is shown as one row. */
export interface Fold {
  readonly first: number;
  readonly count: number;
  /** What every sector has, in words: `all zeros`. */
  readonly words: string;
}

/**
 * Where folds stand among the rows of a view in which each sector has a heading and some rows of bytes. Every question is
 * answered in O(log folds). *Stops* are the rows without the headings: what the cursor moves by.
 */
export class FoldLayout {
  /** Of each fold: its row, and its stop. */
  readonly #rows: Float64Array;
  readonly #stops: Float64Array;
  /** How many sectors are hidden in the folds before each, and in all. */
  readonly #hidden: Float64Array;

  /** @param folds ascending and disjoint */
  constructor(
    private readonly folds: readonly Fold[],
    private readonly rowsPerSector: number,
  ) {
    this.#rows = new Float64Array(folds.length);
    this.#stops = new Float64Array(folds.length);
    this.#hidden = new Float64Array(folds.length + 1);
    for (const [index, { first, count }] of folds.entries()) {
      const hidden = this.#hidden[index]!;
      this.#rows[index] = (first - hidden) * rowsPerSector + index;
      this.#stops[index] = (first - hidden) * (rowsPerSector - 1) + index;
      this.#hidden[index + 1] = hidden + count;
    }
  }

  get count(): number {
    return this.folds.length;
  }

  /** How many sectors all folds hide. */
  get hiddenSectors(): number {
    return this.#hidden[this.folds.length]!;
  }

  /** The fold that a sector is in. */
  at(sector: number): Fold | undefined {
    const fold = this.folds[this.#countBefore((index) => this.folds[index]!.first <= sector) - 1];
    return fold && sector < fold.first + fold.count ? fold : undefined;
  }

  /** The row at which a sector begins, or that of the fold that it is in. */
  rowOf(sector: number): number {
    const before = this.#countBefore((index) => this.folds[index]!.first <= sector);
    const fold = this.folds[before - 1];
    if (fold && sector < fold.first + fold.count) return this.#rows[before - 1]!;
    return (sector - this.#hidden[before]!) * this.rowsPerSector + before;
  }

  /** What a row shows: a fold, or row `within` of a sector, of which 0 is the heading. */
  ofRow(row: number): Fold | { readonly sector: number; readonly within: number } {
    const before = this.#countBefore((index) => this.#rows[index]! <= row);
    if (this.#rows[before - 1] === row) return this.folds[before - 1]!;
    return this.#place(row - before, before, this.rowsPerSector);
  }

  /** The stop at a row that isn't a heading. */
  stopOfRow(row: number): number {
    const found = this.ofRow(row);
    const before = this.#countBefore((index) => this.#rows[index]! <= row);
    if ('first' in found) return this.#stops[before - 1]!;
    return row - (found.sector - this.#hidden[before]!) - 1;
  }

  /** What a stop shows: a fold, or row `within` of the bytes of a sector, from 0. */
  ofStop(stop: number): Fold | { readonly sector: number; readonly within: number } {
    const before = this.#countBefore((index) => this.#stops[index]! <= stop);
    if (this.#stops[before - 1] === stop) return this.folds[before - 1]!;
    return this.#place(stop - before, before, this.rowsPerSector - 1);
  }

  /** The place of the row (or stop) that `rows` rows of sectors lie before, with the sectors of some folds hidden. */
  #place(rows: number, foldsBefore: number, perSector: number): { sector: number; within: number } {
    const shown = Math.floor(rows / perSector);
    return { sector: shown + this.#hidden[foldsBefore]!, within: rows - shown * perSector };
  }

  /** How many folds there are before the first of which this isn't true; it is true of the first ones only. */
  #countBefore(isBefore: (index: number) => boolean): number {
    let low = 0;
    let high = this.folds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
