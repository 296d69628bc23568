import type * as vscode from 'vscode';
import { FILTER_HINT, parseRemapFilter } from '../contract/remapFilter';
import { parseSector } from '../contract/typedInput';
import type { DeviceEntry } from '../devices/deviceEntry';
import type { DevicesService } from '../devices/devicesService';
import type { RemapDevice } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandHandler, type CommandOrigin, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { inform } from '../frame/notifications';
import { isTreeReference } from '../frame/treeReference';
import { uiCommands } from '../manifest';
import type { DeviceTree } from './deviceTree';
import type { NodeProvider } from './nodeProvider';
import { ORDERS, type RemapListSettings, type RemapLists } from './remapLists';
import type { TreeNode } from './treeNode';

/** The Devices view, as far as these commands change it. */
export interface RemapView {
  readonly tree: DeviceTree;
  readonly lists: RemapLists;
  readonly provider: NodeProvider;
  readonly view: vscode.TreeView<TreeNode>;
}

const CLEAR_FILTER = 'Clear Filter';
/** VS Code rejects a reveal when a refresh comes between. */
const REVEAL_ATTEMPTS = 3;

/** Commands for the list of a device's remaps: its order, its filter, and the entry of a sector. */
export function remapCommands(devices: DevicesService, shown: RemapView): Record<string, CommandHandler> {
  return {
    [uiCommands.sortRemaps]: defineAction('Sort Remaps', async (origin, dialog) => {
      const { deviceKey } = await askEntry(devices, origin, dialog);
      const current = shown.lists.settingsOf(deviceKey);
      const choices = ORDERS.map(({ order, isDescending, label }) => ({
        label,
        ...(isSame(current, { order, isDescending }) && { description: 'current' }),
        value: { order, isDescending },
      }));
      change(shown, deviceKey, await dialog.choice('Which remaps come first?', choices));
    }),
    [uiCommands.filterRemaps]: defineAction('Filter Remaps', async (origin, dialog) => {
      const { deviceKey } = await askEntry(devices, origin, dialog);
      const now = Date.now();
      const filter = await dialog.text({
        prompt: `Original sectors, spare:, errors:, member:, since: and until:, ${FILTER_HINT}. Empty: all remaps`,
        value: shown.lists.settingsOf(deviceKey).filterText,
        placeHolder: FILTER_HINT,
        read: (typed) => ({ filter: parseRemapFilter(typed, now), filterText: typed.trim() }),
      });
      change(shown, deviceKey, filter);
    }),
    [uiCommands.clearRemapFilter]: defineAction('Show All Remaps', async (origin, dialog) => {
      clearFilter(shown, (await askEntry(devices, origin, dialog)).deviceKey);
    }),
    [uiCommands.showRemap]: defineAction('Go to Remap', async (origin, dialog) => {
      const { device, deviceKey } = await askEntry(devices, origin, dialog);
      const sector =
        isTreeReference(origin) && origin.sector !== undefined
          ? origin.sector
          : await dialog.text({
              prompt: 'Remapped sector to show in the list of remaps',
              read: (typed) => parseSector(typed, device.sectorCount),
            });
      void showRemap(shown, { device, deviceKey, sector });
    }),
  };
}

async function askEntry(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<{ readonly device: RemapDevice; readonly deviceKey: DeviceEntry['deviceKey'] }> {
  const device = await askAssembled(devices, origin, dialog);
  const entry = devices.entries().find((each) => each.device === device);
  return { device, deviceKey: entry?.deviceKey ?? device.name };
}

function isSame(
  a: Pick<RemapListSettings, 'order' | 'isDescending'>,
  b: Pick<RemapListSettings, 'order' | 'isDescending'>,
): boolean {
  return a.order === b.order && a.isDescending === b.isDescending;
}

function change(
  { lists, tree, provider }: RemapView,
  deviceKey: string,
  settings: Partial<RemapListSettings>,
): void {
  lists.change(deviceKey, settings);
  provider.refresh(tree.find(deviceKey));
}

function clearFilter(shown: RemapView, deviceKey: string): void {
  change(shown, deviceKey, { filter: {}, filterText: '' });
}

interface RemapToShow {
  readonly device: RemapDevice;
  readonly deviceKey: string;
  readonly sector: number;
}

/** Selects the entry of a sector in the view; says so where there is none, or the filter hides it. */
async function showRemap(shown: RemapView, remap: RemapToShow): Promise<void> {
  const { device, deviceKey, sector } = remap;
  if (device.details.remapRank(sector) === null) {
    await inform(`Sector ${sector} of ${device.name} is not remapped: main serves it.`);
    return;
  }
  const node = await shown.tree.findRemap(deviceKey, sector);
  if (node) return reveal(shown, node);
  const answer = await inform(
    `Sector ${sector} of ${device.name} is remapped, but the filter of the list hides it.`,
    CLEAR_FILTER,
  );
  if (answer !== CLEAR_FILTER) return;
  clearFilter(shown, deviceKey);
  await showRemap(shown, remap);
}

async function reveal({ view, provider }: RemapView, node: TreeNode): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    provider.flush();
    try {
      return await view.reveal(node, { select: true, focus: true });
    } catch (error) {
      if (attempt === REVEAL_ATTEMPTS) throw error;
    }
  }
}
