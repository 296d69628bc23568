import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { shortReason } from '../contract/displacedTexts';
import { countUnreadable, describeOffer, plural } from '../contract/wording';
import type { DeviceEntry } from '../devices/deviceEntry';
import type { DeviceExports } from '../devices/deviceExports';
import { troublesOf } from '../devices/troublesOf';
import type { Verdicts } from '../devices/verdicts';
import type { WritePolicy } from '../devices/writePolicy';
import type { RemapDevice } from '../engine';
import { builtIn, uiCommands } from '../manifest';
import { actionNode } from './actionNode';
import { deviceLook } from './deviceLook';
import { type Arrangement, arrange } from './deviceOrder';
import { exportNodes } from './exportNodes';
import { healthNode } from './healthNodes';
import { layersNode } from './layerNodes';
import { markersNode } from './markerNodes';
import { metadataNode } from './metadataNodes';
import { RemapLists } from './remapLists';
import { findRemapNode, remapsNode, strayNodes } from './remapNodes';
import { statisticsNode } from './statisticsNodes';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';
import { type ShownDisk, volumesNode } from './volumeNodes';

/** What the Devices view needs of the devices. */
export interface DeviceSource {
  entries(): readonly DeviceEntry[];
  /** The device of a key; undefined: it isn't known any more. */
  entry(deviceKey: string): DeviceEntry | undefined;
  readonly verdicts: Verdicts;
  readonly policy: Pick<WritePolicy, 'isTrusted'>;
  /** Absent: nothing is exported. */
  readonly exports?: Pick<DeviceExports, 'of'>;
  /** The disk that a device is, by its key, to look at its file systems. Absent: they are not shown. */
  readonly diskOf?: (deviceKey: string) => ShownDisk;
}

/** Says why all devices are read-only; a click goes to where that can be changed. */
const RESTRICTED_MODE: TreeNode = {
  treeReference: true,
  id: 'restricted mode',
  parent: undefined,
  look: () => ({
    label: 'Restricted Mode',
    description: 'Manage Trust',
    icon: { id: 'workspace-untrusted', color: 'list.warningForeground' },
    contextValue: 'restricted',
    spoken: 'Restricted Mode: devices are open read-only and nothing is written. Manage Trust',
    tooltip: () => ['Devices and images are open read-only, without locks.', 'Click to manage trust.'],
    runs: { command: builtIn.manageTrust, title: 'Manage Trust' },
  }),
};

/** Says above the devices that not all of them are listed; a click lists all. */
function filterNode(filter: string, shown: number, total: number): TreeNode {
  const label = `${shown} of ${plural(total, 'device')}`;
  return {
    treeReference: true,
    id: 'filter',
    parent: undefined,
    look: () => ({
      label,
      description: `match “${filter}” · Clear Filter`,
      icon: { id: 'filter-filled' },
      contextValue: 'filter',
      spoken: `Filter: ${label} match ${filter}. Clear Filter`,
      tooltip: () => ['Click to list all devices.'],
      runs: { command: uiCommands.clearDeviceFilter, title: 'Clear Filter' },
    }),
  };
}

/** The items of the Devices view. Its top items stay the same objects for as long as their devices are known. */
export class DeviceTree {
  readonly #roots = new Map<string, TreeNode>();
  /** The keys of the devices as they were listed last. */
  #listed: readonly string[] = [];
  /** Whether there was one device alone then, filtered or not. */
  #isOnly = false;

  constructor(
    private readonly source: DeviceSource,
    private readonly arrangement: () => Arrangement = () => ({ order: 'trouble', filter: '' }),
    private readonly lists = new RemapLists(),
  ) {}

  roots(): TreeNode[] {
    const entries = this.source.entries();
    const known = new Set(entries.map(({ deviceKey }) => deviceKey));
    for (const key of this.#roots.keys()) if (!known.has(key)) this.#roots.delete(key);
    this.#listed = this.#arranged(entries);
    this.#isOnly = entries.length === 1;
    const isRestricted = entries.length > 0 && !this.source.policy.isTrusted;
    const { filter } = this.arrangement();
    return [
      ...(isRestricted ? [RESTRICTED_MODE] : []),
      ...(filter === '' ? [] : [filterNode(filter, this.#listed.length, entries.length)]),
      ...this.#listed.map((deviceKey) => this.#root(deviceKey)),
    ];
  }

  /** Whether other devices are to be listed than were, or in another order. */
  isRearranged(): boolean {
    return !isDeepStrictEqual(this.#arranged(this.source.entries()), this.#listed);
  }

  /** The top item of a device by its key, or of an assembled one by its name: several device files may have that name. */
  find(device: string): TreeNode | undefined {
    const entry =
      this.source.entry(device) ?? this.source.entries().find((each) => each.device?.name === device);
    return entry && this.#root(entry.deviceKey);
  }

  /** The item of the remap of a sector; undefined where the sector isn't remapped, or the filter hides it. */
  async findRemap(deviceKey: string, sector: number): Promise<TreeNode | undefined> {
    const entry = this.source.entry(deviceKey);
    if (!entry?.device) return undefined;
    const { device, deviceFile, name } = entry;
    const reference = deviceFile ?? name;
    const remaps = remapsNode(this.#root(deviceKey), device, reference, this.lists);
    return findRemapNode(remaps, device, reference, this.lists, sector);
  }

  /** Whether a filter hides the device. */
  hides({ deviceKey }: TreeNode): boolean {
    return !this.#arranged(this.source.entries()).some((key) => key === deviceKey);
  }

  #arranged(entries: readonly DeviceEntry[]): string[] {
    return arrange(entries, this.arrangement()).map(({ deviceKey }) => deviceKey);
  }

  #root(deviceKey: string): TreeNode {
    const known = this.#roots.get(deviceKey);
    if (known) return known;
    const entry = () => this.source.entry(deviceKey);
    const root: TreeNode = {
      treeReference: true,
      deviceKey,
      id: deviceKey,
      parent: undefined,
      isOpen: () => this.#isOnly || entry()?.scenario !== undefined,
      look: () => deviceLook(entry()),
      children: () => childrenOf(root, entry(), this.source, this.lists),
    };
    this.#roots.set(deviceKey, root);
    return root;
  }
}
/** The line of a displaced image has the same menu as its device. */
function reasonLook(device: RemapDevice, reason: string): NodeLook {
  const displaced = device.displaced.find((image) => image.reason === reason);
  if (!displaced) return { label: reason, icon: icons.warning, tooltip: () => [reason] };
  return {
    label: shortReason(displaced),
    icon: icons.warning,
    contextValue: 'displaced',
    tooltip: () => [reason],
  };
}

function childrenOf(
  root: TreeNode,
  entry: DeviceEntry | undefined,
  { verdicts, exports, diskOf }: DeviceSource,
  lists: RemapLists,
): TreeNode[] {
  if (!entry) return [];
  const { device, content } = entry;
  if (!device) {
    const images = content ? [content.main, ...content.spares] : [];
    return [
      ...problemNodes(root, entry),
      ...offerNodes(root, entry),
      ...images.map((path, i) =>
        childOf(root, i === 0 ? 'main' : `spare ${i}`, {
          label: i === 0 ? 'main' : `spare ${i}`,
          description: basename(path),
          icon: { id: 'file-binary' },
          tooltip: () => [path],
        }),
      ),
    ];
  }
  const reference = entry.deviceFile ?? entry.name;
  const { notes = [] } = device.info();
  return [
    ...device
      .symptoms()
      .reasons.filter(({ kind }) => kind !== 'stray')
      .map(({ text }, i) => childOf(root, `reason${i}`, reasonLook(device, text))),
    ...offerNodes(root, entry),
    ...notes.map((note, i) =>
      childOf(root, `note${i}`, { label: note, icon: { id: 'info' }, tooltip: () => [note] }),
    ),
    ...strayNodes(root, device, reference),
    ...exportNodes(root, () => exports?.of(device) ?? []),
    layersNode(root, device, reference),
    ...(diskOf ? [volumesNode(root, { ...diskOf(entry.deviceKey), isWaiting: () => device.suspended })] : []),
    remapsNode(root, device, reference, lists),
    markersNode(root, device, verdicts, reference),
    metadataNode(root, device, verdicts, reference),
    healthNode(root, device),
    statisticsNode(root, device),
  ];
}

/** Why a device isn't assembled, and what is to be done about it. */
function problemNodes(root: TreeNode, entry: DeviceEntry): TreeNode[] {
  const problem = troublesOf(entry).find(({ kind }) => kind === 'problem');
  if (!problem) return [];
  const { text, cure } = problem;
  const look = { label: text, icon: icons.bad, contextValue: 'problem', tooltip: () => [text] };
  const action = { title: cure.title, command: cure.command, arguments: cure.args, icon: 'arrow-right' };
  return [childOf(root, 'problem', look), actionNode(root, action)];
}

/** The line of a rescue map under another name that fits main and isn't used; a menu uses it. */
function offerNodes(root: TreeNode, { offeredMap, device, content }: DeviceEntry): TreeNode[] {
  const main = (device?.spec ?? content)?.main;
  if (!offeredMap || main === undefined) return [];
  const sentence = describeOffer(basename(main), offeredMap);
  const look: NodeLook = {
    label: `${basename(offeredMap.path)} fits`,
    description: `${countUnreadable(offeredMap).join(', ')}, not used`,
    icon: icons.warning,
    contextValue: 'offeredMap',
    spoken: sentence,
    tooltip: () => [sentence],
  };
  return [childOf(root, 'offeredMap', look)];
}
