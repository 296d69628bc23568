/** The most items that are shown below one item: a tree view is slow with more. */
export const PAGE_SIZE = 1000;

/** A run of a long list's items. */
export interface Page {
  readonly offset: number;
  readonly count: number;
}

/**
 * Splits a run into pages: none when it fits one, else at most {@link PAGE_SIZE} of one size (the last may be smaller).
 * A page that is longer than {@link PAGE_SIZE} is to be split again.
 */
export function pagesOf({ offset, count }: Page): Page[] {
  if (count <= PAGE_SIZE) return [];
  let size = PAGE_SIZE;
  while (count > size * PAGE_SIZE) size *= PAGE_SIZE;
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    offset: offset + i * size,
    count: Math.min(size, count - i * size),
  }));
}
