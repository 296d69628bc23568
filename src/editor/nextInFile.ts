import type { FileSectors } from '../engine';

/** The sector that follows another one in the order of its file; null: it is the last, or not of the file. */
export function nextInFile(extents: FileSectors['extents'], sector: number): number | null {
  const ordered = [...extents].sort(([a], [b]) => a - b);
  const at = ordered.findIndex(([, first, count]) => sector >= first && sector < first + count);
  const extent = ordered[at];
  if (!extent) return null;
  const [, first, count] = extent;
  return sector + 1 < first + count ? sector + 1 : (ordered[at + 1]?.[1] ?? null);
}
