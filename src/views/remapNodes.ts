import { formatCount, plural } from '../contract/wording';
import type { RemapDevice, RemapListing } from '../engine';
import { PAGE_SIZE, type Page, pagesOf } from './paging';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

type Entry = RemapListing['remaps'][number];

/** How states are said that need more than their name (KERNEL.md, section 6). */
const STATES: { readonly [State in Entry['state']]?: { readonly words: string; readonly advice: string } } = {
  pending: {
    words: 'pending: the kernel served main',
    advice:
      'The kernel served the main image when it made this entry: what was written to the sector then is there, and the spare sector may hold older data. Compare the two in the sector editor.',
  },
  disputed: {
    words: "disputed: can't be read until written",
    advice:
      'A kernel that was given one spare of the pool remapped this sector there, or wrote over its place: which data are right is not known. The sector editor shows both spares; write the sector with what is right.',
  },
};

/** The item of the remaps that lead nowhere, and what can be done about them. Absent when there are none. */
export function strayNodes(parent: TreeNode, device: RemapDevice, reference: string): TreeNode[] {
  const strays = device.strays();
  if (strays.length === 0) return [];
  const label =
    strays.length === 1 ? '1 remap leads nowhere' : `${formatCount(strays.length)} remaps lead nowhere`;
  const advice =
    strays.length === 1
      ? 'write its sector, relocate or drop it'
      : 'write their sectors, relocate or drop them';
  const look = {
    label,
    description: advice,
    icon: icons.warning,
    contextValue: 'strays',
    spoken: `${label}: ${advice}`,
    tooltip: () => [device.symptoms().reasons.find(({ kind }) => kind === 'stray')?.text ?? label],
  };
  const shown = strays.slice(0, PAGE_SIZE);
  return [
    childOf(parent, 'strays', look, (self) =>
      shown.map((entry) => entryNode(self, device, reference, entry)),
    ),
  ];
}

/** The item of the remap entries, in the order of their original sectors; in pages where there are many. */
export function remapsNode(parent: TreeNode, device: RemapDevice, reference: string): TreeNode {
  const total = () => device.listRemaps({ limit: 0 }).total;
  const look = () => ({
    label: 'Remaps',
    description: formatCount(total()),
    icon: { id: 'references' },
    contextValue: 'remaps',
    spoken: plural(total(), 'remap'),
    tooltip: () => [`${plural(total(), 'sector')} served from a spare instead of main`],
  });
  return childOf(parent, 'remaps', look, (self) =>
    nodesOf(self, device, reference, { offset: 0, count: total() }),
  );
}

function nodesOf(self: TreeNode, device: RemapDevice, reference: string, page: Page): TreeNode[] {
  const pages = pagesOf(page);
  if (pages.length > 0) return pages.map((each) => pageNode(self, device, reference, each));
  const { remaps } = device.listRemaps({ offset: page.offset, limit: PAGE_SIZE });
  return remaps.map((entry) => entryNode(self, device, reference, entry));
}

function entryNode(self: TreeNode, device: RemapDevice, reference: string, entry: Entry): TreeNode {
  const { original, state } = entry;
  const look = state === 'stray' ? strayLook(entry, device, reference) : entryLook(entry, reference);
  return { ...childOf(self, `${original}`, look), sector: original };
}

function pageNode(parent: TreeNode, device: RemapDevice, reference: string, page: Page): TreeNode {
  const at = (offset: number) => device.listRemaps({ offset, limit: 1 }).remaps[0]?.original;
  const look = () => ({
    label: `Sectors ${at(page.offset)} – ${at(page.offset + page.count - 1)}`,
    description: plural(page.count, 'remap'),
    icon: { id: 'list-ordered' },
    tooltip: () => [plural(page.count, 'remap')],
  });
  return childOf(parent, `page${page.offset}+${page.count}`, look, (self) =>
    nodesOf(self, device, reference, page),
  );
}

function strayLook({ original, spare, member }: Entry, device: RemapDevice, reference: string): NodeLook {
  const place = placeText(spare, member);
  const isOfDevice = original < device.sectorCount;
  return {
    label: `${original}`,
    description: `→ ${place}, leads nowhere`,
    icon: icons.warning,
    contextValue: 'remap.stray',
    spoken: `Sector ${original}, whose remap to ${place} leads nowhere`,
    tooltip: () =>
      isOfDevice
        ? [
            `Sector ${original} can't be read: its remap leads to ${place}, which holds no data of the device.`,
            'Write the sector to give it new data, or drop the remap to read the main image again.',
          ]
        : [`The device has no sector ${original}. Drop the remap, or leave it: it does no harm.`],
    ...(isOfDevice && { opens: [reference, { sector: original, view: 'device' }] as const }),
  };
}

function placeText(spare: number, member: number): string {
  return member > 0 ? `spare ${member}, sector ${spare}` : `spare sector ${spare}`;
}

function entryLook({ original, spare, time, errors, state, member }: Entry, reference: string): NodeLook {
  const place = placeText(spare, member);
  const isActive = state === 'active';
  const { words, advice } = STATES[state] ?? { words: state };
  return {
    label: `${original}`,
    description: isActive ? `→ ${place}` : `→ ${place}, ${words}`,
    icon: isActive ? { id: 'arrow-swap' } : icons.warning,
    contextValue: 'remap',
    spoken: `Sector ${original}, remapped to ${place}${isActive ? '' : `, ${words}`}`,
    tooltip: () => [
      `Sector ${original} is ${state === 'disputed' ? 'remapped to' : 'served from'} ${place}`,
      time === null ? 'remapped at an unknown time' : `remapped ${new Date(time).toLocaleString()}`,
      plural(errors, 'error'),
      ...(advice ? [advice] : []),
    ],
    opens: [reference, { sector: original, view: 'device' }],
  };
}
