import * as vscode from 'vscode';
import { plural } from '../contract/wording';
import type { DevicesEvent } from '../devices/devicesEvent';
import type { DevicesService } from '../devices/devicesService';
import { severityOf } from '../devices/trouble';
import { troublesOf } from '../devices/troublesOf';
import { volumeLooksOf } from '../devices/volumeLooks';
import { isTreeReference } from '../frame/treeReference';
import { uiCommands, views } from '../manifest';
import { DeviceArrangement } from './arrangementCommands';
import { DeviceTree } from './deviceTree';
import { offerSaving } from './displacedOffer';
import { FileFilters, fileFilterCommands } from './fileFilterCommands';
import { GuidanceSource } from './guidanceSource';
import { imageNodes } from './imageNodes';
import { moduleMessage, moduleNodes } from './moduleNodes';
import { NodeProvider } from './nodeProvider';
import { offerReassembly } from './reassemblyOffer';
import { remapCommands } from './remapCommands';
import { RemapLists } from './remapLists';
import { offerResuming } from './resumeOffer';
import { Soon } from './soon';
import { StatusBar } from './statusBar';
import type { TreeNode } from './treeNode';

/** Events come in bursts: what they change in the view's badge is shown this soon. */
const CALM_MS = 150;

/** Registers the side bar's three views and the status bar item. */
export function register(context: vscode.ExtensionContext, devices: DevicesService): void {
  const lists = new RemapLists();
  const arrangement = new DeviceArrangement(devices);
  const volumes = volumeLooksOf(devices);
  const filters = new FileFilters();
  const diskOf = (disk: string) => ({ look: () => volumes.at(disk), filter: () => filters.of(disk) });
  const source = {
    entries: () => devices.entries(),
    entry: (key: string) => devices.entry(key),
    verdicts: devices.verdicts,
    policy: devices.policy,
    exports: devices.exports,
    diskOf,
  };
  const tree = new DeviceTree(source, () => arrangement.current(), lists);
  const guidance = new GuidanceSource(devices, () => deviceProvider.refresh());
  const deviceProvider: NodeProvider = new NodeProvider(
    afterStart(devices, async () => [...(await guidance.items()), ...tree.roots()]),
    () => tree.isRearranged(),
  );
  const moduleProvider = new NodeProvider(afterStart(devices, () => moduleNodes(devices.shownModules())));
  const imageProvider = new NodeProvider(
    afterStart(devices, async () =>
      imageNodes(await devices.freeImages(), vscode.workspace.asRelativePath, diskOf),
    ),
  );
  const deviceView = vscode.window.createTreeView(views.devices, {
    treeDataProvider: deviceProvider,
    showCollapseAll: true,
  });
  const commandsOfRemaps = remapCommands(devices, {
    tree,
    lists,
    provider: deviceProvider,
    view: deviceView,
  });
  const commandsOfFiles = fileFilterCommands(devices, filters, (disk) => {
    const node = tree.find(disk);
    if (node) deviceProvider.refresh(node);
    else imageProvider.refresh();
  });
  const moduleView = vscode.window.createTreeView(views.modules, { treeDataProvider: moduleProvider });
  /** Devices whose items are refreshed soon: there may be thousands of events until then. */
  const due = new Set<string>();
  const badge = new Soon(() => updateBadge(deviceView, devices), CALM_MS);
  const refresh = (event: DevicesEvent) => {
    if (event.kind === 'modules') {
      const message = moduleMessage(devices.shownModules());
      if (moduleView.message !== message) moduleView.message = message;
      moduleProvider.refresh();
    }
    if (event.kind === 'images') {
      guidance.imagesChanged();
      imageProvider.refresh();
    }
    if (event.kind === 'images' || event.kind === 'modules') deviceProvider.refresh();
    if ('device' in event && !isStillListed(event)) deviceProvider.refresh();
    else if ('device' in event && !due.has(event.device)) {
      due.add(event.device);
      deviceProvider.refresh(tree.find(event.device));
    }
    if (event.kind === 'registry') deviceProvider.refresh();
    badge.ask();
  };
  context.subscriptions.push(
    arrangement,
    arrangement.onDidChange(() => deviceProvider.refresh()),
    badge,
    deviceProvider.onDidChangeTreeData(() => due.clear()),
    deviceProvider,
    moduleProvider,
    imageProvider,
    deviceView,
    moduleView,
    vscode.window.createTreeView(views.images, { treeDataProvider: imageProvider }),
    new StatusBar(devices),
    devices.onDidChange(refresh),
    offerReassembly(devices),
    offerSaving(devices),
    offerResuming(devices),
    deviceView.onDidChangeSelection(({ selection: [node] }) => {
      if (node?.deviceKey !== undefined) devices.setFocus(node.deviceKey);
    }),
    ...Object.entries({ ...commandsOfRemaps, ...commandsOfFiles }).map(([id, handle]) =>
      vscode.commands.registerCommand(id, (...args: unknown[]) => handle(devices, args)),
    ),
    vscode.commands.registerCommand(uiCommands.showDevice, async (origin: unknown) => {
      await devices.ready();
      const key = isTreeReference(origin) ? origin.deviceKey : devices.focus()?.deviceKey;
      const node = key === undefined ? undefined : tree.find(key);
      if (node && tree.hides(node)) arrangement.clearFilter();
      // Without this, a refresh that is due would close again what is expanded here.
      deviceProvider.flush();
      await reveal(deviceView, node);
    }),
  );
}

/** Answers the items when the workspace was searched: an empty view before that would say that there is nothing. */
function afterStart(devices: DevicesService, roots: () => TreeNode[] | Promise<TreeNode[]>) {
  return async () => {
    await devices.ready();
    return roots();
  };
}

/** Whether the device's item is in the list before and after: one without a file appears and goes with its device. */
function isStillListed({ kind }: DevicesEvent): boolean {
  return kind !== 'created' && kind !== 'removed';
}

function updateBadge(view: vscode.TreeView<TreeNode>, devices: DevicesService): void {
  const severities = devices.entries().map((entry) => severityOf(troublesOf(entry)));
  const troubled = severities.filter((severity) => severity === 'error' || severity === 'warning').length;
  if (view.badge?.value === troubled || (!view.badge && troubled === 0)) return;
  const tooltip = `${plural(troubled, 'device needs', 'devices need')} attention`;
  view.badge = troubled > 0 ? { value: troubled, tooltip } : undefined;
}

async function reveal(view: vscode.TreeView<TreeNode>, node: TreeNode | undefined): Promise<void> {
  try {
    if (node) return await view.reveal(node, { expand: true, focus: true });
  } catch {
    // VS Code rejects when a refresh comes between; the view still shows the device.
  }
  await vscode.commands.executeCommand(`${views.devices}.focus`);
}
