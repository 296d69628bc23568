import { formatCount, plural } from '../contract/wording';
import { readImageEntries, type SpareEntries } from '../devices/spareEntries';
import type { MetadataInspection } from '../engine';
import { copyLook } from './metadataNodes';
import { PAGE_SIZE, type Page, pagesOf } from './paging';
import { childOf, icons, type TreeNode } from './treeNode';

/** The items of a spare by itself: its metadata copies, and its remap entries, which are read when they are opened. */
export function spareNodes(parent: TreeNode, path: string, inspection: MetadataInspection): TreeNode[] {
  const { remaps, mainSectorCount } = inspection;
  const look = {
    label: 'Remaps',
    description: formatCount(remaps),
    icon: { id: 'references' },
    contextValue: 'spare.remaps',
    spoken: plural(remaps, 'remap'),
    tooltip: () => [`${plural(remaps, 'sector')} of main whose data this spare holds`],
  };
  return [
    copiesNode(parent, path, inspection),
    childOf(parent, 'remaps', look, async (self) => {
      const entries = sorted(await readImageEntries(path, mainSectorCount));
      return entryNodes(self, path, entries, { offset: 0, count: entries.length });
    }),
  ];
}

function copiesNode(parent: TreeNode, path: string, { copies, winner }: MetadataInspection): TreeNode {
  const valid = copies.filter((copy) => copy.valid).length;
  const look = {
    label: 'Metadata',
    description: `${valid} of ${copies.length} copies valid`,
    icon: valid < copies.length ? icons.warning : { id: 'copy' },
    contextValue: 'spare.copies',
    tooltip: () => [`The remap table is kept in ${copies.length} copies; one that is valid is enough.`],
  };
  return childOf(parent, 'copies', look, (self) =>
    copies.map((copy) => {
      const { index, sector, sequence = null } = copy;
      return childOf(self, `${index}`, copyLook({ ...copy, sequence }, index === winner, [path, { sector }]));
    }),
  );
}

interface Entry {
  readonly original: number;
  readonly spare: number;
}

function sorted({ spares, originals }: SpareEntries): Entry[] {
  const entries = spares.map((spare, slot) => ({ spare, original: originals[slot]! }));
  return entries.sort((a, b) => a.original - b.original);
}

function entryNodes(parent: TreeNode, path: string, entries: readonly Entry[], page: Page): TreeNode[] {
  const pages = pagesOf(page);
  if (pages.length > 0) return pages.map((each) => pageNode(parent, path, entries, each));
  return entries.slice(page.offset, page.offset + PAGE_SIZE).map(({ original, spare }) =>
    childOf(parent, `${original}`, {
      label: `${original}`,
      description: `→ spare sector ${spare}`,
      icon: { id: 'arrow-swap' },
      spoken: `Sector ${original}, remapped to spare sector ${spare}`,
      tooltip: () => [`Sector ${original} of main is at spare sector ${spare}`],
      opens: [path, { sector: spare }],
    }),
  );
}

function pageNode(parent: TreeNode, path: string, entries: readonly Entry[], page: Page): TreeNode {
  const at = (index: number) => entries[index]?.original;
  const look = {
    label: `Sectors ${at(page.offset)} – ${at(page.offset + page.count - 1)}`,
    description: plural(page.count, 'remap'),
    icon: { id: 'list-ordered' },
    tooltip: () => [plural(page.count, 'remap')],
  };
  return childOf(parent, `page${page.offset}+${page.count}`, look, (self) =>
    entryNodes(self, path, entries, page),
  );
}
