/** The clusters of one small page: a chain is mostly one run, so that a page costs little for what it holds. */
const PAGE_CLUSTERS = 2048;

/** A set of cluster numbers, up to 2^32: a bit for each, in pages that exist only where the set has members. */
export class ClusterSet {
  readonly #pages = new Map<number, Uint8Array>();

  /** Adds a cluster; false when it was a member already. */
  add(cluster: number): boolean {
    const number = Math.floor(cluster / PAGE_CLUSTERS);
    let page = this.#pages.get(number);
    if (!page) {
      page = new Uint8Array(PAGE_CLUSTERS / 8);
      this.#pages.set(number, page);
    }
    const at = cluster % PAGE_CLUSTERS;
    const bit = 1 << (at & 7);
    if (page[at >> 3]! & bit) return false;
    page[at >> 3]! |= bit;
    return true;
  }
}
