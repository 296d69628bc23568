import { setImmediate as nextTurn } from 'node:timers/promises';
import { DeviceRegistry } from '../../src/devices/registry';
import { Verdicts } from '../../src/devices/verdicts';
import type { SectorRange } from '../../src/engine';
import { DeviceTree } from '../../src/views/deviceTree';
import { NodeProvider } from '../../src/views/nodeProvider';
import type { TreeNode } from '../../src/views/treeNode';
import { longestTurn } from '../support/longestTurn';
import { amount } from './effort';
import { timed } from './rounds';
import { atMost, judge, type Row } from './row';
import type { Scene } from './scene';

const DEVICES = amount(50, 3);
const REMAPS = amount(100_000, 3000);
const BAD_RANGES = amount(1000, 10);
const MAIN_SECTORS = 4096;
const ROUNDS = amount(60, 2);
/** Not counted: in these the compiler warms up, and the metadata copies that are open are read once. */
const WARM_UP_ROUNDS = 5;

/**
 * How long the Devices view keeps the extension host busy: when it is first shown, and in one turn of the event loop while it
 * is refreshed with all open below a device of very many remaps.
 */
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
  const provider = new NodeProvider(() => tree.roots());
  const first = await timed(async () => show(provider, await itemsOf(provider)));
  const large = tree.find('large') ?? fail('the large device');
  const opened = await open(provider, large);
  for (let round = 0; round < WARM_UP_ROUNDS; round++) await refresh(provider, opened);
  globalThis.gc?.();
  const turns: number[] = [];
  for (let round = 0; round < ROUNDS; round++) turns.push(await longestTurn(() => refresh(provider, opened)));
  provider.dispose();
  return [
    judge(`first items of the Devices view, ${DEVICES} devices`, first, 'ms', atMost(200)),
    judge('longest turn in 9 of 10 refreshes of that view', ninth(turns), 'ms', atMost(20)),
  ];
}

/** What nine of ten values don't exceed: the others met a collection of garbage. */
function ninth(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.9)]!;
}

async function addDevices(scene: Scene): Promise<void> {
  for (let i = 2; i < DEVICES; i++) await addDevice(scene, `dev${i}`, MAIN_SECTORS, 0);
  await addDevice(scene, 'large', REMAPS * 4, REMAPS);
  const bad = await addDevice(scene, 'bad', MAIN_SECTORS, 0);
  const ranges = Array.from({ length: BAD_RANGES }, (_, i): SectorRange => [i * 4, 2]);
  await bad.injectErrors({ sectors: ranges });
}

async function addDevice(scene: Scene, name: string, sectors: number, remaps: number) {
  const main = await scene.addImage(`${name}.img`, sectors, true);
  return scene.assemble(name, main, await scene.addSpare(`${name}-spare.img`, sectors, remaps, 64));
}

async function itemsOf(provider: NodeProvider, node?: TreeNode): Promise<TreeNode[]> {
  return provider.getChildren(node);
}

function show(provider: NodeProvider, nodes: readonly TreeNode[]): void {
  for (const node of nodes) provider.getTreeItem(node);
}

/** What is open below a device, level by level: itself, each item below it, and the first page of its remaps. */
async function open(provider: NodeProvider, device: TreeNode): Promise<TreeNode[][]> {
  const below = (await itemsOf(provider, device)).filter((node) => node.children);
  const remaps = below.find(({ id }) => id.endsWith('/remaps')) ?? fail('its remaps');
  const [page] = await itemsOf(provider, remaps);
  return [[device], below, [page ?? fail('a page of them')]];
}

/** What VS Code asks for when the whole view is refreshed: the top items, then those of one level after the other. */
async function refresh(provider: NodeProvider, levels: readonly (readonly TreeNode[])[]): Promise<void> {
  show(provider, await itemsOf(provider));
  for (const level of levels) {
    await nextTurn();
    for (const node of level) show(provider, await itemsOf(provider, node));
  }
}

function fail(what: string): never {
  throw new Error(`the view doesn't show ${what}`);
}
