import type { FreeImage } from './freeImages';
import { isDisk, isSpareWithMetadata, mainsFor, possibleMains } from './pairing';
import type { ImageMaps } from './rescueMaps';

/** An image that belongs to no device, and its rescue maps. */
export type MappedImage = FreeImage & { readonly maps: ImageMaps };

/** What images that belong to no device are to each other, and so what can be done with them. */
export type ImageSituation =
  /** A spare with metadata, and the images that have the size of its main. */
  | { readonly kind: 'pair'; readonly spare: MappedImage; readonly mains: readonly FreeImage[] }
  /** By their sizes one of the two can only be the spare. */
  | { readonly kind: 'fits'; readonly main: FreeImage; readonly spare: FreeImage }
  /** Several images that make a device, whichever is main. */
  | { readonly kind: 'choose'; readonly images: readonly FreeImage[] }
  /** A spare whose main isn't there, or that has no valid copy that names one. */
  | { readonly kind: 'spare'; readonly spare: MappedImage }
  /** An image that was not rescued whole, as its map says. */
  | { readonly kind: 'rescue'; readonly image: MappedImage }
  /** One image that nothing is known of. */
  | { readonly kind: 'single'; readonly image: MappedImage };

/** The situations of a workspace's images, those first that make a device. An image may be in several. */
export function situationsOf(images: readonly MappedImage[]): ImageSituation[] {
  const spares = images.filter(isSpareWithMetadata);
  const pairs = spares.map((spare) => ({ kind: 'pair' as const, spare, mains: mainsFor(spare, images) }));
  const mains = new Set(pairs.flatMap((pair) => pair.mains));
  const raw = images.filter((image) => isRaw(image) && !mains.has(image));
  const rescues = images.filter((image) => isDisk(image) && isRescue(image));
  return [
    ...pairs.filter((pair) => pair.mains.length > 0),
    ...rawSituation(raw),
    ...images.filter(isUnpaired(pairs)).map((spare) => ({ kind: 'spare' as const, spare })),
    ...rescues.map((image) => ({ kind: 'rescue' as const, image })),
  ];
}

function rawSituation(raw: readonly MappedImage[]): ImageSituation[] {
  const [first, second] = raw;
  if (!first) return [];
  const mains = possibleMains(raw);
  if (raw.length === 2 && mains.length === 1) {
    const [main] = mains;
    return [{ kind: 'fits', main: main!, spare: main === first ? second! : first }];
  }
  if (mains.length > 0) return [{ kind: 'choose', images: raw }];
  return raw.length === 1 && !isRescue(first) ? [{ kind: 'single', image: first }] : [];
}

function isUnpaired(pairs: readonly { readonly spare: FreeImage; readonly mains: readonly FreeImage[] }[]) {
  const alone = new Set(pairs.filter(({ mains }) => mains.length === 0).map(({ spare }) => spare));
  return (image: FreeImage) => alone.has(image) || image.inspection?.kind === 'damaged';
}

/** Whether nothing on the image says that it was a spare. */
function isRaw(image: FreeImage): boolean {
  const kind = image.inspection?.kind;
  return kind !== undefined && kind !== 'metadata' && kind !== 'damaged';
}

function isRescue({ maps }: MappedImage): boolean {
  const map = maps.used ?? maps.offered;
  return map !== null && map.badSectors + map.notRescued > 0;
}
