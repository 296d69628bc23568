import type { MapPart } from '../../src/shared/sectorMap';

/** How much a step of the zoom shows more or less. */
const STEP = 2;

/** Which part of a view a map of blocks shows, and how many blocks there is room for. */
export class MapZoom {
  #first = 0;
  #count: number;

  /** @param sectorCount those of the view */
  constructor(
    readonly sectorCount: number,
    private capacity: number,
  ) {
    this.#count = sectorCount;
  }

  /** What the blocks show now: none of them has less than a sector. */
  get part(): MapPart {
    const bucketCount = Math.max(1, Math.min(this.capacity, this.#count));
    return { firstSector: this.#first, sectorCount: this.#count, bucketCount };
  }

  get isWhole(): boolean {
    return this.#count === this.sectorCount;
  }

  /** There is room for so many blocks. */
  resize(capacity: number): void {
    this.capacity = capacity;
  }

  /** Shows half of what it shows, or with -1 twice as much, and the sector stays where it is on the map, as far as it can. */
  zoom(direction: 1 | -1, sector: number): void {
    const least = Math.min(this.sectorCount, this.capacity);
    const wanted = direction > 0 ? Math.ceil(this.#count / STEP) : this.#count * STEP;
    const count = Math.min(Math.max(wanted, least), this.sectorCount);
    const share = (sector - this.#first) / this.#count;
    this.#count = count;
    this.#moveTo(sector - Math.floor(share * count));
  }

  showAll(): void {
    this.#count = this.sectorCount;
    this.#moveTo(0);
  }

  /** Moves as little as possible so that a sector is shown. */
  reveal(sector: number): void {
    if (sector < this.#first) this.#moveTo(sector);
    else if (sector >= this.#first + this.#count) this.#moveTo(sector - this.#count + 1);
  }

  #moveTo(first: number): void {
    this.#first = Math.min(Math.max(0, first), this.sectorCount - this.#count);
  }
}
