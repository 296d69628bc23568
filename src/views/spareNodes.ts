import { formatCount, plural } from '../contract/wording';
import { readImageEntries, type SpareEntries } from '../devices/spareEntries';
import type { MetadataInspection } from '../engine';
import { copyLook } from './metadataNodes';
import { type PagedItems, pagedNodes } from './paging';
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
      return pagedNodes(self, pagedEntries(path, entries), { offset: 0, count: entries.length });
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

function pagedEntries(path: string, entries: readonly Entry[]): PagedItems {
  const at = (index: number) => entries[index]?.original;
  return {
    leaves: (self, { offset, count }) =>
      entries.slice(offset, offset + count).map((entry) => entryNode(self, path, entry)),
    pageLook: ({ offset, count }) => ({
      label: `Sectors ${at(offset)} – ${at(offset + count - 1)}`,
      description: plural(count, 'remap'),
      icon: { id: 'list-ordered' },
      tooltip: () => [plural(count, 'remap')],
    }),
  };
}

function entryNode(parent: TreeNode, path: string, { original, spare }: Entry): TreeNode {
  return childOf(parent, `${original}`, {
    label: `${original}`,
    description: `→ spare sector ${spare}`,
    icon: { id: 'arrow-swap' },
    spoken: `Sector ${original}, remapped to spare sector ${spare}`,
    tooltip: () => [`Sector ${original} of main is at spare sector ${spare}`],
    opens: [path, { sector: spare }],
  });
}
