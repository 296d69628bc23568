import { formatCount, plural } from '../contract/wording';
import type { RemapDevice, RemapListing } from '../engine';
import { PAGE_SIZE, type Page, pagesOf } from './paging';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

type Entry = RemapListing['remaps'][number];

/** The item of the remap entries, in the order of their original sectors; in pages where there are many. */
export function remapsNode(parent: TreeNode, device: RemapDevice, reference: string): TreeNode {
  const total = () => device.listRemaps({ limit: 0 }).total;
  const look = () => ({
    label: 'Remaps',
    description: formatCount(total()),
    icon: { id: 'references' },
    contextValue: 'remaps',
    spoken: plural(total(), 'remap'),
  });
  return childOf(parent, 'remaps', look, (self) =>
    nodesOf(self, device, reference, { offset: 0, count: total() }),
  );
}

function nodesOf(self: TreeNode, device: RemapDevice, reference: string, page: Page): TreeNode[] {
  const pages = pagesOf(page);
  if (pages.length > 0) return pages.map((each) => pageNode(self, device, reference, each));
  const { remaps } = device.listRemaps({ offset: page.offset, limit: PAGE_SIZE });
  return remaps.map((entry) => childOf(self, `${entry.original}`, () => entryLook(entry, reference)));
}

function pageNode(parent: TreeNode, device: RemapDevice, reference: string, page: Page): TreeNode {
  const at = (offset: number) => device.listRemaps({ offset, limit: 1 }).remaps[0]?.original;
  const look = () => ({
    label: `Sectors ${at(page.offset)} – ${at(page.offset + page.count - 1)}`,
    description: plural(page.count, 'remap'),
    icon: { id: 'list-ordered' },
  });
  return childOf(parent, `page${page.offset}+${page.count}`, look, (self) =>
    nodesOf(self, device, reference, page),
  );
}

function entryLook({ original, spare, time, errors, state, member }: Entry, reference: string): NodeLook {
  const place = member > 0 ? `spare ${member}, sector ${spare}` : `spare sector ${spare}`;
  const isActive = state === 'active';
  return {
    label: `${original}`,
    description: isActive ? `→ ${place}` : `→ ${place}, ${state}`,
    icon: isActive ? { id: 'arrow-swap' } : icons.warning,
    contextValue: 'remap',
    spoken: `Sector ${original}, remapped to ${place}${isActive ? '' : `, ${state}`}`,
    tooltip: () =>
      [
        `Sector **${original}** is served from ${place}`,
        time === null ? 'remapped at an unknown time' : `remapped ${new Date(time).toLocaleString()}`,
        plural(errors, 'error'),
      ].join('\n\n'),
    opens: [reference, { sector: original, view: 'device' }],
  };
}
