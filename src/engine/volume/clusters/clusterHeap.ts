/** The space for files of a FAT or exFAT volume: clusters of equal size, numbered from 2. Sectors are of 512 bytes. */
export class ClusterHeap {
  /**
   * @param firstSector where cluster 2 begins, from the start of the volume
   * @param clusterSectors the sectors of a cluster
   */
  constructor(
    readonly firstSector: number,
    readonly clusterSectors: number,
    readonly clusterCount: number,
  ) {}

  /** The first sector after the last cluster. */
  get endSector(): number {
    return this.firstSector + this.clusterCount * this.clusterSectors;
  }

  /** Whether a number that was read from the volume names a cluster of it. */
  contains(cluster: number): boolean {
    return cluster >= 2 && cluster < this.clusterCount + 2;
  }

  sectorOf(cluster: number): number {
    return this.firstSector + (cluster - 2) * this.clusterSectors;
  }

  /** The cluster that holds a sector, or null for a sector outside of the space for files. */
  clusterAt(sector: number): number | null {
    if (sector < this.firstSector || sector >= this.endSector) return null;
    return Math.floor((sector - this.firstSector) / this.clusterSectors) + 2;
  }
}
