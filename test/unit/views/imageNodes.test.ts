import assert from 'node:assert/strict';
import type { FreeImage } from '../../../src/devices/freeImages';
import type { MetadataInspection } from '../../../src/engine';
import { imageNodes } from '../../../src/views/imageNodes';

const copies = (valid: number) =>
  Array.from({ length: 5 }, (_, index) => ({ index, sector: index * 256, valid: index < valid }));

function image(path: string, inspection: Partial<MetadataInspection> | undefined): FreeImage {
  const full =
    inspection &&
    ({ copies: copies(0), winner: null, sequence: 0, remaps: 0, ...inspection } as MetadataInspection);
  return {
    path,
    sectorCount: 204_800,
    inspection: full,
    problem: full ? undefined : new Error('permission denied'),
  };
}

describe('image tree', () => {
  it('shows spares that know their main first, and what is wrong with others', () => {
    const images = [
      image('/w/a.img', { kind: 'blank' }),
      image('/w/b.img', { kind: 'metadata', mainSectorCount: 204_800, remaps: 3, copies: copies(4) }),
      image('/w/c.img', { kind: 'damaged' }),
      image('/w/d.img', { kind: 'foreign' }),
      image('/w/e.img', undefined),
    ];
    const nodes = imageNodes(images, (path) => path.slice(3));
    assert.deepEqual(
      nodes.map((node) => [node.look().label, node.look().description, node.look().contextValue]),
      [
        ['b.img', '100 MiB · spare of 100 MiB, 3 remaps, 4 of 5 copies valid', 'image.spare'],
        ['a.img', '100 MiB', 'image.plain'],
        ['c.img', '100 MiB · spare without a valid metadata copy', 'image.damaged'],
        ['d.img', '100 MiB', 'image.plain'],
        ['e.img', '100 MiB · permission denied', 'image.unreadable'],
      ],
    );
    assert.equal(nodes[0]!.look().icon?.id, 'warning');
    assert.deepEqual(nodes[1]!.look().opens, ['/w/a.img']);
  });
});
