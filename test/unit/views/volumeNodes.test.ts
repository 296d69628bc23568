import assert from 'node:assert/strict';
import { VolumeLook } from '../../../src/devices/volumeLook';
import { RangeSet } from '../../../src/engine';
import type { TreeNode } from '../../../src/views/treeNode';
import { volumesNode } from '../../../src/views/volumeNodes';
import { FatImage, shortSlot } from '../../support/volume/fatImage';

const fat = new FatImage({ bits: 16, clusters: 5000 });
fat.chain([10, 20]);
fat.chain([30]);
fat.slot(fat.root, shortSlot('ALPHA   TXT', 0x20, 30, 300));
fat.slot(fat.root, shortSlot('PHOTO   JPG', 0x20, 10, 1000));

const root: TreeNode = {
  treeReference: true,
  imagePath: '/w/card.img',
  id: '/w/card.img',
  parent: undefined,
  look: () => ({ label: '', tooltip: () => [] }),
};

function lookAt(bytes: Uint8Array, bad: readonly number[]): VolumeLook {
  const bads = new RangeSet();
  for (const sector of bad) bads.add(sector, 1);
  return new VolumeLook(async () => ({
    source: {
      sectorCount: bytes.length / 512,
      read: async (sector, buffer) => buffer.set(bytes.subarray(sector * 512, sector * 512 + buffer.length)),
    },
    unreadable: async () => ({ bad: bads, notRescued: new RangeSet() }),
    close: async () => undefined,
  }));
}

const textOf = (node: TreeNode) => [node.look().label, node.look().description].filter(Boolean).join(': ');

async function below(node: TreeNode): Promise<TreeNode[]> {
  return (await node.children?.()) ?? [];
}

describe('The volumes of a disk in the tree', () => {
  it('are its file systems, whose damaged files come first, with what of them is lost', async () => {
    const node = volumesNode(root, async () => lookAt(fat.bytes, [fat.sectorOf(20)]));
    const [volume] = await below(node);
    assert.match(
      textOf(volume!),
      /^Whole disk: 1 damaged file · fat16 · BOOT LABEL · 1\.5 KiB of 2\.4\d* MiB used$/,
    );
    const files = await below(volume!);
    assert.deepEqual(files.map(textOf), ['PHOTO.JPG: 488 bytes lost', 'ALPHA.TXT']);
    assert.deepEqual(files[0]!.look().tooltip(), ['/PHOTO.JPG', '/PHOTO.JPG: 1 bad sector']);
    assert.deepEqual(
      [files[0]!.file, files[0]!.imagePath],
      [{ path: '/PHOTO.JPG', volume: 0 }, '/w/card.img'],
    );
  });

  it('say no more of files where nothing is lost', async () => {
    const [volume] = await below(volumesNode(root, async () => lookAt(fat.bytes, [])));
    assert.deepEqual((await below(volume!)).map(textOf), ['ALPHA.TXT', 'PHOTO.JPG']);
  });

  it('say why they can not be shown', async () => {
    const gone = volumesNode(root, async () => {
      throw new Error('gone');
    });
    assert.deepEqual((await below(gone)).map(textOf), ['gone']);
    const waiting = volumesNode(
      root,
      () => assert.fail(),
      () => true,
    );
    assert.match(textOf((await below(waiting))[0]!), /^suspended/);
    const [blank] = await below(volumesNode(root, async () => lookAt(new Uint8Array(512 * 100), [])));
    assert.match(textOf(blank!), /^Whole disk: unrecognized/);
  });
});
