import type { MappedImage } from '../../../src/devices/imageSituations';
import type { ImageMaps } from '../../../src/devices/rescueMaps';
import type { MetadataInspection } from '../../../src/engine';

const NO_MAPS: ImageMaps = { used: null, offered: null, problem: null };

/** An image that belongs to no device; with `mainSectorCount` a spare whose copies name a main of that size. */
export function freeImage(
  path: string,
  sectorCount: number,
  more: {
    readonly kind?: MetadataInspection['kind'];
    readonly mainSectorCount?: number;
    readonly maps?: Partial<ImageMaps>;
  } = {},
): MappedImage {
  const { mainSectorCount, kind = mainSectorCount === undefined ? 'blank' : 'metadata', maps } = more;
  const copies = [0, 1, 2, 3, 4].map((index) => ({
    index,
    sector: index * 256,
    valid: kind === 'metadata',
    sequence: 7,
  }));
  const winner = kind === 'metadata' ? 0 : null;
  const inspection = {
    kind,
    copies,
    winner,
    sequence: 7,
    remaps: 3,
    ...(mainSectorCount && { mainSectorCount }),
  };
  return {
    path,
    sectorCount,
    inspection: inspection as MetadataInspection,
    problem: undefined,
    maps: { ...NO_MAPS, ...maps },
  };
}
