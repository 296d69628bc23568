import type { FreeImage } from './freeImages';

/** True for a spare that dm-remap wrote: it says to which size of main image it belongs. */
export function isSpareWithMetadata(image: FreeImage): boolean {
  return image.inspection?.kind === 'metadata';
}

/** The images that may be a spare's main image: of the size that its metadata name, and no spare themselves. */
export function mainsFor(spare: FreeImage, images: readonly FreeImage[]): FreeImage[] {
  const wanted = spare.inspection?.mainSectorCount;
  return images.filter(
    (image) => image.path !== spare.path && image.sectorCount === wanted && !isSpareWithMetadata(image),
  );
}

/** The images that may serve a main image as spare: those whose metadata name its size, then all others. */
export function sparesFor(main: FreeImage, images: readonly FreeImage[]): FreeImage[] {
  const others = images.filter((image) => image.path !== main.path);
  const fits = (image: FreeImage) => image.inspection?.mainSectorCount === main.sectorCount;
  return [...others.filter(fits), ...others.filter((image) => !fits(image) && !isSpareWithMetadata(image))];
}
