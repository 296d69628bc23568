import { formatCount, plural } from '../contract/wording';
import type { RemapDevice, RemapListing, RemapOrder } from '../engine';
import { uiCommands } from '../manifest';
import { PAGE_SIZE, type Page, type PagedItems, pagedNodes, pageNode, pagesOf } from './paging';
import { describeOrder, type RemapList, type RemapListSettings, type RemapLists } from './remapLists';
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
      shown.map((entry) => ({
        ...childOf(self, `${entry.original}`, strayLook(entry, device, reference)),
        sector: entry.original,
      })),
    ),
  ];
}

/** The remaps of a device, and how its items are made. */
interface ShownRemaps {
  readonly device: RemapDevice;
  readonly reference: string;
  readonly list: RemapList;
}

/** The item of the remap entries, in the order and with the filter that were chosen; in pages where there are many. */
export function remapsNode(
  parent: TreeNode,
  device: RemapDevice,
  reference: string,
  lists: RemapLists,
): TreeNode {
  const deviceKey = parent.deviceKey ?? '';
  const look = () => remapsLook(device.listRemaps({ limit: 0 }).total, lists.settingsOf(deviceKey));
  return childOf(parent, 'remaps', look, async (self) => {
    const shown = { device, reference, list: await lists.listOf(device, deviceKey) };
    const items = pagedNodes(self, pagedEntries(shown), { offset: 0, count: shown.list.total });
    return shown.list.settings.filterText === '' ? items : [filterNode(self, shown), ...items];
  });
}

/** The item of the entry of a sector, below the item of the remaps; undefined: it isn't in the list. */
export async function findRemapNode(
  remaps: TreeNode,
  device: RemapDevice,
  reference: string,
  lists: RemapLists,
  original: number,
): Promise<TreeNode | undefined> {
  const list = await lists.listOf(device, remaps.deviceKey ?? '');
  const place = list.placeOf(original);
  const entry = place === null ? undefined : list.entries(place, 1)[0];
  if (place === null || !entry) return undefined;
  const shown = { device, reference, list };
  const contains = ({ offset, count }: Page) => place >= offset && place < offset + count;
  let node = remaps;
  let page: Page | undefined = { offset: 0, count: list.total };
  for (page = pagesOf(page).find(contains); page; page = pagesOf(page).find(contains))
    node = pageNode(node, pagedEntries(shown), page);
  return entryNode(node, shown, entry);
}

function remapsLook(total: number, settings: RemapListSettings): NodeLook {
  const { filterText } = settings;
  const order = describeOrder(settings);
  const extras = [...(order ? [order] : []), ...(filterText ? [`filter ${filterText}`] : [])];
  return {
    label: 'Remaps',
    description: [formatCount(total), ...extras].join(' · '),
    icon: { id: 'references' },
    contextValue: filterText ? 'remaps.filtered' : 'remaps',
    spoken: [plural(total, 'remap'), ...extras].join(', '),
    tooltip: () => [`${plural(total, 'sector')} served from a spare instead of main`, ...extras],
  };
}

/** What a filter leaves; a click changes it. */
function filterNode(self: TreeNode, { device, list }: ShownRemaps): TreeNode {
  const { total } = device.listRemaps({ limit: 0 });
  const label = `${formatCount(list.total)} of ${plural(total, 'remap')}`;
  const { filterText } = list.settings;
  const { deviceKey } = self;
  return childOf(self, 'filter', {
    label,
    description: filterText,
    icon: { id: 'filter' },
    contextValue: 'remapFilter',
    spoken: `Filter ${filterText}: ${label}`,
    tooltip: () => [`${label} fit the filter ${filterText}`, 'Click to change it'],
    runs: {
      command: uiCommands.filterRemaps,
      title: 'Filter Remaps',
      arguments: [{ treeReference: true, deviceKey }],
    },
  });
}

function pagedEntries(shown: ShownRemaps): PagedItems {
  const { list } = shown;
  return {
    leaves: (self, { offset, count }) =>
      list.entries(offset, count).map((entry) => entryNode(self, shown, entry)),
    pageLook:
      ({ offset, count }) =>
      () => {
        const [first, last] = [offset, offset + count - 1].map((at) => list.entries(at, 1)[0]);
        const label = first && last ? pageLabel(list.settings.order, first, last) : 'Remaps';
        const description = plural(count, 'remap');
        return {
          label,
          description,
          icon: { id: 'list-ordered' },
          tooltip: () => [
            `${description}, from ${formatCount(offset + 1)} to ${formatCount(offset + count)} of the list`,
            label,
          ],
        };
      },
  };
}

function entryNode(self: TreeNode, { device, reference, list }: ShownRemaps, entry: Entry): TreeNode {
  const { original, state } = entry;
  const look =
    state === 'stray'
      ? strayLook(entry, device, reference)
      : entryLook(entry, reference, list.settings.order);
  return { ...childOf(self, `${original}`, look), sector: original };
}

/** From where to where a page goes, in what the list is ordered by. */
function pageLabel(order: RemapOrder, first: Entry, last: Entry): string {
  switch (order) {
    case 'original':
      return `Sectors ${first.original} – ${last.original}`;
    case 'spare':
      return `Spare sectors ${first.spare} – ${last.spare}`;
    case 'time':
      return `${timeText(first)} – ${timeText(last)}`;
    case 'errors':
      return `${plural(first.errors, 'error')} – ${plural(last.errors, 'error')}`;
    case 'member':
      return `Spare ${first.member}, sector ${first.original} – spare ${last.member}, sector ${last.original}`;
  }
}

function timeText({ time }: Entry): string {
  return time === null ? 'unknown time' : new Date(time).toLocaleString();
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

function entryLook(entry: Entry, reference: string, order: RemapOrder): NodeLook {
  const { original, spare, time, errors, state, member } = entry;
  const place = placeText(spare, member);
  const { words, advice } = STATES[state] ?? { words: state };
  const facts = [...(state === 'active' ? [] : [words]), ...orderFact(entry, order)];
  const besides = facts.map((fact) => `, ${fact}`).join('');
  return {
    label: `${original}`,
    description: `→ ${place}${besides}`,
    icon: state === 'active' ? { id: 'arrow-swap' } : icons.warning,
    contextValue: 'remap',
    spoken: `Sector ${original}, remapped to ${place}${besides}`,
    tooltip: () => [
      `Sector ${original} is ${state === 'disputed' ? 'remapped to' : 'served from'} ${place}`,
      time === null ? 'remapped at an unknown time' : `remapped ${timeText(entry)}`,
      plural(errors, 'error'),
      ...(advice ? [advice] : []),
    ],
    opens: [reference, { sector: original, view: 'device' }],
  };
}

/** What the list is ordered by, where an entry's row doesn't say it anyway. */
function orderFact(entry: Entry, order: RemapOrder): string[] {
  if (order === 'time') return [timeText(entry)];
  return order === 'errors' ? [plural(entry.errors, 'error')] : [];
}
