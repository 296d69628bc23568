import assert from 'node:assert/strict';
import { parseFileFilter } from '../../../src/contract/fileFilter';
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

function lookAt(bytes: Uint8Array, bad: readonly number[], remapped: readonly number[] = []): VolumeLook {
  const setOf = (sectors: readonly number[]) => {
    const set = new RangeSet();
    for (const sector of sectors) set.add(sector, 1);
    return set;
  };
  return new VolumeLook(async () => ({
    source: {
      sectorCount: bytes.length / 512,
      read: async (sector, buffer) => buffer.set(bytes.subarray(sector * 512, sector * 512 + buffer.length)),
    },
    unreadable: async () => ({ bad: setOf(bad), notRescued: new RangeSet() }),
    remapped: async () => setOf(remapped),
    close: async () => undefined,
  }));
}

const textOf = (node: TreeNode) => [node.look().label, node.look().description].filter(Boolean).join(': ');

async function below(node: TreeNode): Promise<TreeNode[]> {
  return (await node.children?.()) ?? [];
}

describe('The volumes of a disk in the tree', () => {
  it('are its file systems, whose damaged files come first, with what of them is lost', async () => {
    const node = volumesNode(root, { look: async () => lookAt(fat.bytes, [fat.sectorOf(20)]) });
    const [volume] = await below(node);
    assert.match(
      textOf(volume!),
      /^Whole disk: 1 damaged file · fat16 · BOOT LABEL · 1\.5 KiB of 2\.4\d* MiB used$/,
    );
    const files = await below(volume!);
    assert.deepEqual(files.map(textOf), ['PHOTO.JPG: 488 bytes lost', 'ALPHA.TXT']);
    assert.deepEqual(files[0]!.look().tooltip(), ['/PHOTO.JPG', '1 bad sector']);
    assert.deepEqual(
      [files[0]!.file, files[0]!.imagePath],
      [{ path: '/PHOTO.JPG', volume: 0 }, '/w/card.img'],
    );
  });

  it('say which files have remapped sectors, after those that are damaged, and how many a folder has', async () => {
    const card = new FatImage({ bits: 16, clusters: 5000 });
    const folder = card.folder(card.root, 'SUB', [30]);
    card.file(card.root, 'A', [10]);
    card.file(card.root, 'B', [11, 12]);
    card.file(folder, 'C', [13]);
    card.file(folder, 'D', [14]);
    const [b, c, d] = [card.sectorOf(12), card.sectorOf(13), card.sectorOf(14)];
    const [volume] = await below(
      volumesNode(root, { look: async () => lookAt(card.bytes, [d], [b, b - 1, c]) }),
    );
    const files = await below(volume!);
    assert.deepEqual(files.map(textOf), ['SUB: 1 damaged file', 'B: 2 remapped sectors', 'A']);
    assert.deepEqual(files[0]!.look().tooltip(), [
      '/SUB',
      '1 damaged file below',
      '1 file with remapped sectors below',
    ]);
    assert.deepEqual(files[1]!.look().tooltip(), ['/B', '2 sectors remapped: served from a spare, not lost']);
    const inner = await below(files[0]!);
    assert.deepEqual(inner.map(textOf), ['D: all of it lost', 'C: 1 remapped sector']);
  });

  it('are those that fit a filter, of all folders, below what says the filter', async () => {
    const card = new FatImage({ bits: 16, clusters: 5000 });
    card.file(card.root, 'A.JPG', [10]);
    const folder = card.folder(card.root, 'SUB', [30]);
    for (const [i, name] of ['B.JPG', 'C.TXT', 'D.JPG'].entries()) card.file(folder, name, [12 + i]);
    const listed = async (typed: string) => {
      const look = lookAt(card.bytes, [card.sectorOf(14)], [card.sectorOf(12)]);
      const node = volumesNode(root, { look: async () => look, filter: () => parseFileFilter(typed) });
      assert.equal(node.look().contextValue, 'volumes.filtered');
      const [volume] = await below(node);
      assert.equal(volume!.look().contextValue, 'volume.filtered');
      return (await below(volume!)).map(textOf);
    };
    assert.deepEqual(await listed('*.jpg'), [
      '3 files: *.jpg',
      'D.JPG: all of it lost · /SUB',
      'B.JPG: 1 remapped sector · /SUB',
      'A.JPG: /',
    ]);
    assert.deepEqual(await listed('is:damaged'), ['1 file: is:damaged', 'D.JPG: all of it lost · /SUB']);
    assert.deepEqual(await listed('is:remapped sub'), [
      '1 file: is:remapped sub',
      'B.JPG: 1 remapped sector · /SUB',
    ]);
    assert.deepEqual(await listed('none'), ['0 files: none']);
  });

  it('are not all listed where very many fit a filter', async () => {
    const card = new FatImage({ bits: 16, clusters: 5000, rootEntries: 2048 });
    for (let file = 0; file < 1001; file++) card.file(card.root, `F${file}`, []);
    const [volume] = await below(
      volumesNode(root, { look: async () => lookAt(card.bytes, []), filter: () => parseFileFilter('f') }),
    );
    const items = await below(volume!);
    assert.equal(items.length, 1001);
    assert.deepEqual(items[0]!.look().tooltip()[0], 'More than 1,000 files fit the filter f');
  });

  it('say no more of files where nothing is lost', async () => {
    const [volume] = await below(volumesNode(root, { look: async () => lookAt(fat.bytes, []) }));
    assert.deepEqual((await below(volume!)).map(textOf), ['ALPHA.TXT', 'PHOTO.JPG']);
  });

  it('say why they can not be shown', async () => {
    const gone = volumesNode(root, { look: () => Promise.reject(new Error('gone')) });
    assert.deepEqual((await below(gone)).map(textOf), ['gone']);
    const waiting = volumesNode(root, { look: () => assert.fail(), isWaiting: () => true });
    assert.match(textOf((await below(waiting))[0]!), /^suspended/);
    const [blank] = await below(
      volumesNode(root, { look: async () => lookAt(new Uint8Array(512 * 100), []) }),
    );
    assert.match(textOf(blank!), /^Whole disk: unrecognized/);
  });
});
