import { childOf, type NodeLook, type TreeNode } from './treeNode';

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

/** A long list of items below one item. */
export interface PagedItems {
  /** The items of a page that fits one. */
  leaves(self: TreeNode, page: Page): TreeNode[];
  /** What the item of a page looks like, below which its items are. */
  pageLook(page: Page): NodeLook | (() => NodeLook);
}

/** The items of a page, or those of the pages that it is split into. */
export function pagedNodes(self: TreeNode, items: PagedItems, page: Page): TreeNode[] {
  const pages = pagesOf(page);
  return pages.length > 0 ? pages.map((each) => pageNode(self, items, each)) : items.leaves(self, page);
}

/** The item of a page. */
export function pageNode(parent: TreeNode, items: PagedItems, page: Page): TreeNode {
  return childOf(parent, `page${page.offset}+${page.count}`, items.pageLook(page), (self) =>
    pagedNodes(self, items, page),
  );
}
