/**
 * A disk cut into equal buckets of sectors, for maps of a whole disk. Multiplies before it divides: dividing by the
 * length of a bucket, which is seldom whole, rounds now and then into the neighbour bucket. Exact while
 * `sectorCount * bucketCount` is below 2^53.
 */

/** The bucket that a sector of the disk lies in. */
export function bucketOf(sector: number, sectorCount: number, bucketCount: number): number {
  return Math.min(bucketCount - 1, Math.floor((sector * bucketCount) / sectorCount));
}

/** The first sector that lies in a bucket or in one after it. */
export function firstSectorOf(bucket: number, sectorCount: number, bucketCount: number): number {
  return Math.ceil((bucket * sectorCount) / bucketCount);
}
