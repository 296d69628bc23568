import type { SectorRange } from '../../src/engine';
import { DeviceRegistry } from '../../src/devices/registry';
import { Verdicts } from '../../src/devices/verdicts';
import { DeviceTree } from '../../src/views/deviceTree';
import { NodeProvider } from '../../src/views/nodeProvider';
import type { TreeNode } from '../../src/views/treeNode';
import { amount } from './effort';
import { median, timed } from './rounds';
import { atMost, judge, type Row } from './row';
import type { Scene } from './scene';

const DEVICES = amount(50, 3);
const REMAPS = amount(100_000, 3000);
const BAD_RANGES = amount(1000, 10);
const MAIN_SECTORS = 4096;
const ROUNDS = amount(40, 2);

/** How long the Devices view keeps the extension host busy: when it is first shown, and when it is refreshed. */
export async function measureViews(scene: Scene): Promise<Row[]> {
  await addDevices(scene);
  const { machine } = scene;
  const registry = new DeviceRegistry(machine, () => []);
  const tree = new DeviceTree({
    entries: () => registry.entries(),
    entry: (key) => registry.entry(key),
    verdicts: new Verdicts(),
    policy: { isTrusted: true },
  });
  const provider = new NodeProvider(() => tree.roots(), () => tree.isRearranged());
  const first = await timed(async () => show(provider, (await provider.getChildren()) as TreeNode[]));
  const [largest] = tree.roots().filter(({ id }) => id.endsWith('large.img'));
  const expanded = await expand(provider, largest!);
  const refreshes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) refreshes.push(await timed(() => refresh(provider, expanded)));
  provider.dispose();
  return [
    judge(`first children of ${DEVICES} devices`, first, 'ms', atMost(200)),
    judge('refresh of the devices, in the middle', median(refreshes), 'ms', atMost(20)),
    judge('refresh of the devices, at most', Math.max(...refreshes), 'ms', atMost(20)),
  ];
}

async function addDevices(scene: Scene): Promise<void> {
  for (let i = 2; i < DEVICES; i++) await addDevice(scene, `dev${i}`, MAIN_SECTORS, 0);
  await addDevice(scene, 'large', REMAPS * 4, REMAPS);
  const bad = await addDevice(scene, 'bad', BAD_RANGES * 4, 0);
  const ranges = Array.from({ length: BAD_RANGES }, (_, i): SectorRange => [i * 4, 2]);
  await bad.injectErrors({ sectors: ranges });
}

async function addDevice(scene: Scene, name: string, sectors: number, remaps: number) {
  const main = await scene.addImage(`${name}.img`, sectors, true);
  return scene.assemble(name, main, await scene.addSpare(`${name}-spare.img`, sectors, remaps, 64));
}

/** Makes the items as VS Code asks for them. */
function show(provider: NodeProvider, nodes: readonly TreeNode[]): readonly TreeNode[] {
  for (const node of nodes) provider.getTreeItem(node);
  return nodes;
}

/** The items of a device that a person opened: all below it, and the first page of its remaps. */
async function expand(provider: NodeProvider, root: TreeNode): Promise<TreeNode[]> {
  const expanded = [root];
  const children = (await provider.getChildren(root)) as TreeNode[];
  expanded.push(...children.filter((node) => node.children));
  const remaps = children.find(({ id }) => id.endsWith('/remaps'))!;
  const [page] = (await provider.getChildren(remaps)) as TreeNode[];
  return [...expanded, page!];
}

/** What VS Code asks for when the whole view is refreshed: all top items, and what is below those that are expanded. */
async function refresh(provider: NodeProvider, expanded: readonly TreeNode[]): Promise<void> {
  show(provider, (await provider.getChildren()) as TreeNode[]);
  for (const node of expanded) show(provider, (await provider.getChildren(node)) as TreeNode[]);
}
