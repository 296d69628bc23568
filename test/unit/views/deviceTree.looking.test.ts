import assert from 'node:assert/strict';
import { Verdicts } from '../../../src/devices/verdicts';
import { Machine } from '../../../src/engine';
import { DeviceTree } from '../../../src/views/deviceTree';
import type { TreeNode } from '../../../src/views/treeNode';
import { folderState } from '../../support/device/folderState';
import {
  lowEntries,
  type MakeKernelDevice,
  openedReadOnly,
  sharedSector,
} from '../../support/device/kernelDevices';
import { tempFolder } from '../../support/tempFolder';

/** Opens every item and shows what a person sees of it; answers the labels. */
async function openAll(nodes: readonly TreeNode[]): Promise<string[]> {
  const labels: string[] = [];
  for (const node of nodes) {
    const { label, tooltip } = node.look();
    tooltip?.();
    labels.push(label, ...(await openAll((await node.children?.()) ?? [])));
  }
  return labels;
}

describe('R15: the Devices view over a device that is read-only', () => {
  const { path } = tempFolder();

  const DEVICES: Readonly<Record<string, MakeKernelDevice>> = {
    'for remaps inside the metadata area': lowEntries,
    'for two remaps on one spare sector': sharedSector,
    'on request': openedReadOnly,
  };
  for (const [why, make] of Object.entries(DEVICES)) {
    it(`writes nothing when every item is opened: ${why}`, async () => {
      const machine = new Machine();
      const device = await machine.create((await make(path)).spec);
      const before = folderState(path());
      const entry = {
        deviceKey: device.spec.main,
        name: 'disk',
        deviceFile: null,
        content: undefined,
        device,
        problem: undefined,
      };
      const tree = new DeviceTree({
        entries: () => [entry],
        entry: () => entry,
        verdicts: new Verdicts(),
        policy: { isTrusted: true },
      });
      const labels = await openAll(tree.roots());
      assert.ok(
        ['Copy 4', '1001', 'medium'].every((label) => labels.includes(label)),
        labels.join(),
      );
      assert.deepEqual(folderState(path()), before);
      await machine.close();
    });
  }
});
