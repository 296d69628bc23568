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

/** Whether the metadata of an image name the size of another one. */
function namesSizeOf(main: FreeImage, { inspection }: FreeImage): boolean {
  return inspection?.mainSectorCount === main.sectorCount;
}

function mayBeSpareOf(main: FreeImage, image: FreeImage): boolean {
  if (image.path === main.path || !isDisk(image)) return false;
  return namesSizeOf(main, image) || (!isSpareWithMetadata(image) && fitsBySize(main, image));
}

/**
 * The images that may be a main image's spare: those whose metadata name its size, then those without metadata that are
 * large enough.
 */
export function sparesFor(main: FreeImage, images: readonly FreeImage[]): FreeImage[] {
  const spares = images.filter((image) => mayBeSpareOf(main, image));
  return [
    ...spares.filter((image) => namesSizeOf(main, image)),
    ...spares.filter((image) => !namesSizeOf(main, image)),
  ];
}

/** Whether one of the images may be this one's spare. Folders hold thousands: looking ends at the first. */
function hasSpare(main: FreeImage, images: readonly FreeImage[]): boolean {
  return isDisk(main) && images.some((image) => mayBeSpareOf(main, image));
}

/** The images that may be the main image of some device, by what the others are. */
export function possibleMains<Image extends FreeImage>(images: readonly Image[]): Image[] {
  return images.filter((image) => !isSpareWithMetadata(image) && hasSpare(image, images));
}

/** Whether two of the images may make a device. */
export function hasPair(images: readonly FreeImage[]): boolean {
  return images.some((image) =>
    isSpareWithMetadata(image) ? mainsFor(image, images).length > 0 : hasSpare(image, images),
  );
}
