/** As many items as a tree shows well below one item. */
export const PAGE_SIZE = 1000;

/** A run of the positions of a long list. */
export interface Page {
  readonly offset: number;
  readonly count: number;
}

/**
 * The pages that a run of positions is shown as: none when it fits one, else at most {@link PAGE_SIZE} equal ones (the
 * last may be smaller), each again of pages where it is too long itself.
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
