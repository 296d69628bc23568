/** Clusters of an attribute that lie together. Cluster numbers of an attribute are VCNs, those of the volume LCNs. */
export interface Run {
  readonly vcn: number;
  readonly lcn: number;
  readonly clusterCount: number;
}

/** The clusters of one attribute record. */
export interface RunList {
  /** Ascending by VCN, without holes. */
  readonly runs: readonly Run[];
  /** With the holes. */
  readonly clusterCount: number;
}

/**
 * Decodes a run list.
 * @param firstVcn the VCN of its first cluster
 * @param volumeClusters the clusters of the volume: a run beyond them is damage
 * @returns null for a damaged list
 */
export function decodeRuns(bytes: Uint8Array, firstVcn: number, volumeClusters: number): RunList | null {
  const runs: Run[] = [];
  let vcn = firstVcn;
  let lcn = 0;
  for (let at = 0; at < bytes.length; ) {
    const header = bytes[at]!;
    if (header === 0) return { runs, clusterCount: vcn - firstVcn };
    const lengthSize = header & 15;
    const offsetSize = header >> 4;
    const next = at + 1 + lengthSize + offsetSize;
    if (lengthSize === 0 || lengthSize > 8 || offsetSize > 8 || next > bytes.length) return null;
    const clusterCount = unsigned(bytes, at + 1, lengthSize);
    if (!(clusterCount > 0) || !Number.isSafeInteger(vcn + clusterCount)) return null;
    if (offsetSize > 0) {
      lcn += signed(bytes, at + 1 + lengthSize, offsetSize);
      if (!(lcn >= 0 && lcn + clusterCount <= volumeClusters)) return null;
      addRun(runs, { vcn, lcn, clusterCount });
    }
    vcn += clusterCount;
    at = next;
  }
  return null;
}

/** Runs that follow one another in both numberings are one. */
export function addRun(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  const follows =
    last && last.vcn + last.clusterCount === run.vcn && last.lcn + last.clusterCount === run.lcn;
  if (follows) runs[runs.length - 1] = { ...last, clusterCount: last.clusterCount + run.clusterCount };
  else runs.push(run);
}

/** The run that holds a VCN, or the first after it. */
export function runIndexAt(runs: readonly Run[], vcn: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (runs[middle]!.vcn + runs[middle]!.clusterCount <= vcn) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Up to 8 bytes; not exact beyond 2^53, where every check of a range fails all the same. */
function unsigned(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}

/** Up to 8 bytes with a sign, exact where the value is: a small negative number may be written in 8 bytes. */
function signed(bytes: Uint8Array, at: number, size: number): number {
  if (size < 7) {
    const value = unsigned(bytes, at, size);
    return bytes[at + size - 1]! < 128 ? value : value - 256 ** size;
  }
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
  return Number(BigInt.asIntN(size * 8, value));
}
