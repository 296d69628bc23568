import assert from 'node:assert/strict';
import type { ImageMaps } from '../../../src/devices/rescueMaps';
import type { MetadataInspection } from '../../../src/engine';
import { imageNodes } from '../../../src/views/imageNodes';

const copies = (valid: number) =>
  Array.from({ length: 5 }, (_, index) => ({ index, sector: index * 256, valid: index < valid }));

function image(
  path: string,
  inspection: Partial<MetadataInspection> | undefined,
  maps: Partial<ImageMaps> = {},
) {
  const full =
    inspection &&
    ({ copies: copies(0), winner: null, sequence: 0, remaps: 0, ...inspection } as MetadataInspection);
  return {
    path,
    sectorCount: 204_800,
    inspection: full,
    problem: full ? undefined : new Error('permission denied'),
    maps: { used: null, offered: null, problem: null, ...maps },
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

  it('shows no image as healthy whose rescue map says otherwise, or can not be used', () => {
    const counts = { badSectors: 2, notRescued: 1000 };
    const plain = { kind: 'blank' } as const;
    const nodes = imageNodes(
      [
        image('/w/a.img', plain, { used: { path: '/w/a.img.map', ...counts } }),
        image('/w/b.img', plain, { offered: { path: '/w/b.log', ...counts } }),
        image('/w/c.img', plain, { problem: 'c.img.map: is UTF-16 text' }),
        image('/w/e.img', plain, {
          used: {
            path: '/w/e.img.map',
            badSectors: 0,
            notRescued: 0,
            sizeNote: 'e.img.map: the map is longer.',
          },
        }),
        image('/w/d.img', plain, { used: { path: '/w/d.img.map', badSectors: 0, notRescued: 0 } }),
      ],
      (path) => path,
    );
    assert.deepEqual(
      nodes.map((node) => [node.look().description, node.look().icon?.id, node.look().contextValue]),
      [
        ['2 bad sectors, 1,000 not rescued · 100 MiB', 'warning', 'image.plain'],
        ['b.log fits, not used · 100 MiB', 'warning', 'image.plain.map'],
        ['c.img.map: is UTF-16 text · 100 MiB', 'warning', 'image.plain'],
        ['e.img.map has another size · 100 MiB', 'warning', 'image.plain'],
        ['100 MiB', 'file-binary', 'image.plain'],
      ],
    );
    assert.equal(
      nodes[1]!.look().tooltip!().at(-1),
      'b.log fits b.img and says: 2 bad sectors, 1,000 not rescued. It isn’t used as its rescue map.',
    );
  });
});
