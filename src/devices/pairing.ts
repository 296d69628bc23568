import { FIRST_DATA_SECTOR, MINIMUM_MAIN_SECTORS, minimumSpareSectors, RemapError } from '../engine';
import type { FreeImage } from './freeImages';

/** Whether an image is a spare with valid metadata; these name the size of the main image. */
export function isSpareWithMetadata(image: FreeImage): boolean {
  return image.inspection?.kind === 'metadata';
}

/** Whether an image can be a disk at all: it can be read, and isn't packed in another format. */
export function isDisk(image: FreeImage): boolean {
  return image.inspection !== undefined;
}

/** A main whose clients wrote to its first sector what a container begins with; assembling finds out whether it is one. */
function looksPacked({ problem }: FreeImage): boolean {
  return problem instanceof RemapError && problem.details.container !== undefined;
}

/** The images that may be a spare's main image: they have the size that its metadata name, and hold no metadata. */
export function mainsFor(spare: FreeImage, images: readonly FreeImage[]): FreeImage[] {
  const wanted = spare.inspection?.mainSectorCount;
  return images.filter(
    (image) =>
      image.path !== spare.path &&
      image.sectorCount === wanted &&
      (isDisk(image) || looksPacked(image)) &&
      !isSpareWithMetadata(image),
  );
}

/** Whether an image is large enough to be the spare of another, and that one to be main. */
function fitsBySize(main: FreeImage, spare: FreeImage): boolean {
  const least = Math.max(minimumSpareSectors(main.sectorCount), FIRST_DATA_SECTOR + 1);
  return main.sectorCount >= MINIMUM_MAIN_SECTORS && spare.sectorCount >= least;
}

/**
 * The images that may be a main image's spare: those whose metadata name its size, then those without metadata that are
 * large enough.
 */
export function sparesFor(main: FreeImage, images: readonly FreeImage[]): FreeImage[] {
  const others = images.filter((image) => image.path !== main.path && isDisk(image));
  const named = (image: FreeImage) => image.inspection?.mainSectorCount === main.sectorCount;
  const fits = (image: FreeImage) => !isSpareWithMetadata(image) && fitsBySize(main, image);
  return [...others.filter(named), ...others.filter((image) => !named(image) && fits(image))];
}

/** The images that may be the main image of some device, by what the others are. */
export function possibleMains<Image extends FreeImage>(images: readonly Image[]): Image[] {
  return images.filter(
    (image) => isDisk(image) && !isSpareWithMetadata(image) && sparesFor(image, images).length > 0,
  );
}

/** Whether two of the images may make a device. */
export function hasPair(images: readonly FreeImage[]): boolean {
  return images.some((image) =>
    isSpareWithMetadata(image)
      ? mainsFor(image, images).length > 0
      : isDisk(image) && sparesFor(image, images).length > 0,
  );
}
